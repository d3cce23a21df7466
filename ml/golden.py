"""Golden texts: what every holder of a model must reproduce before it serves, ids exactly and scores closely.

python -m ml.golden MODEL_DIR     # with the artifact's own code on the path: PYTHONPATH=MODEL_DIR/code
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ml import artifact, inference
from ml.errors import GoldenError
from ml.vocabulary import Vocabulary, pad

COUNT = 20
TOLERANCE = 1e-4
HARD_CASES = (
    "<p>An <b>utterly</b> charming film.<br/>Go &amp; see it!</p><!-- posted from a phone -->",
    "It isn&#39;t bad &mdash; it&rsquo;s &quot;wonderful&quot;, 5&lt;10 &nbsp; stars",
    "Not good at all: I couldn't like it, it wasn’t funny, and nobody cared. Never again.",
    "Ein großartiger Film, sehr berührend. 素晴らしい映画でした。 Очень скучно и длинно.",
    "THE WORST. Dull, dull, dull… 🙁👎 a<b and 1 < 2",
)


def choose(held_out: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Up to 20 texts: hard cases, one longer than the model reads, held-out ones from short to long."""
    by_length = sorted(set(held_out), key=lambda text: (len(text), text))
    wanted = COUNT - len(HARD_CASES) - 1
    last = len(by_length) - 1
    spread = [by_length[round(step * last / (wanted - 1))] for step in range(wanted)] if by_length else []
    too_long = " ".join(["A remarkable film, with a remarkably poor ending."] * vocabulary.preprocessing.length)
    return [*HARD_CASES, too_long, *(text for text in dict.fromkeys(spread) if vocabulary.encode(text).ids)]


def write(folder: Path, texts: Sequence[str]) -> None:
    """Record the ids and scores that the model in `folder` gives now."""
    model = inference.model_fn(str(folder))
    entries = []
    for text in texts:
        ids = model.vocabulary.encode(text).ids
        entries.append({"text": text, "ids": ids, "score": _score_ids([ids], model)[0]})
    artifact.write_json(folder / artifact.GOLDEN, entries)


def check(folder: Path) -> None:
    """Serve the golden texts both ways, as ids and as texts. Raises GoldenError."""
    model = inference.model_fn(str(folder))
    golden = artifact.read_json(folder / artifact.GOLDEN)
    for entry in golden:
        if model.vocabulary.encode(entry["text"]).ids != entry["ids"]:
            raise GoldenError(f"the text {entry['text']!r:.80} no longer gives the ids that it gave in training")
    by_ids = _score_ids([entry["ids"] for entry in golden], model)
    lines = "\n".join(json.dumps({"text": entry["text"]}) for entry in golden)
    by_text = [json.loads(line)["score"] for line in _serve(lines, inference.JSON_LINES, model).splitlines()]
    for entry, *scores in zip(golden, by_ids, by_text, strict=True):
        if any(abs(score - entry["score"]) > TOLERANCE for score in scores):
            raise GoldenError(
                f"the text {entry['text']!r:.80} scored {entry['score']:.6f} in training and now {scores}"
            )


def check_alone(folder: Path) -> None:
    """`check` in a fresh process that sees the artifact's own code and none of ours. Raises GoldenError."""
    code = folder.resolve() / "code"
    with tempfile.TemporaryDirectory() as elsewhere:
        outcome = subprocess.run(
            [sys.executable, "-m", "ml.golden", str(folder.resolve())],
            cwd=elsewhere,
            env=os.environ | {"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if outcome.returncode:
        raise GoldenError(f"the artifact does not serve by itself: {outcome.stderr.strip().splitlines()[-1]}")


def _score_ids(rows: list[list[int]], model: artifact.Model) -> list[float]:
    body = json.dumps({"vocabulary": model.vocabulary.id, "inputs": pad(rows)})
    return json.loads(_serve(body, inference.JSON, model))["scores"]


def _serve(body: str, content_type: str, model: artifact.Model) -> str:
    request = inference.input_fn(body.encode(), content_type)
    return inference.output_fn(inference.predict_fn(request, model), content_type)


def _foreign_modules(code: Path) -> list[str]:
    """Vendored packages that were loaded from elsewhere: what would be missing in the serving image."""
    vendored = {path.parent.name for path in code.glob("*/__init__.py")}
    loaded: dict[str, Any] = {name: sys.modules[name].__file__ for name in vendored & sys.modules.keys()}
    return [f"{name} ({file})" for name, file in loaded.items() if not Path(file).is_relative_to(code)]


def main() -> None:
    folder = Path(sys.argv[1])
    foreign = _foreign_modules(folder / "code")
    if foreign:
        sys.exit(f"not from the artifact: {', '.join(foreign)}")
    try:
        check(folder)
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
