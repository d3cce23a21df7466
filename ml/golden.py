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
from ml.refusals import no_verdict
from ml.vocabulary import Vocabulary, pad

TOLERANCE = 1e-4
# Written for this purpose: held-out texts are their authors', and a model is given to others.
TEXTS = (
    "<p>An <b>utterly</b> charming film.<br/>Go &amp; see it!</p><!-- posted from a phone -->",
    "It isn&#39;t bad &mdash; it&rsquo;s &quot;wonderful&quot;, 5&lt;10 &nbsp; stars",
    "Not good at all: I couldn't like it, it wasn’t funny, and nobody cared. Never again.",
    "A naïve little café piece… très chic; don´t miss it, my friends: 9/10 :-) #SundayTreat",
    "THE WORST. Dull, dull, dull… 🙁👎 a<b and 1 < 2",
    "Superb.",
    "Dreadful!",
    "I loved every minute of it.",
    "Two hours of my life that nobody will give back to me.",
    "The camera is lovely, the cast is fine, and the script has nothing to say to either.",
    "My daughter laughed, my mother cried, and I would happily sit through all of it again tomorrow.",
    "It starts like a thriller and ends like a lecture; what lies between is neither tense nor clever, only long.",
    "Not the masterpiece that the posters promise, but warm, quick and funny enough for a wet Sunday afternoon.",
    "Rarely has a second part been this much better than the first: the jokes land, the villain frightens, and the "
    "quiet scene on the ferry is the best ten minutes that I have seen in a cinema this year.",
    "How do you waste such actors? You give them lines that no living person would say, light them like furniture, "
    "and cut away whenever one of them is about to do something interesting. A sad, noisy bore.",
    "I went in with low hopes after the last one. The first act confirmed them: endless talk, cheap effects, a hero "
    "without a single trait. Then the story moves to the lighthouse, and everything changes. The dialogue gets sharp, "
    "the fear gets real, and the final shot has stayed with me for days. Forgive it its beginning; it earns that.",
    "Everybody told me to see it, so I did, and I have rarely felt so cheated. The plot depends on people forgetting "
    "what they said a minute before. The music shouts at you what to feel. The twist can be seen from the car park. "
    "One star for the dog, who at least looks as though he knows where the exit is. Avoid.",
    "An honest little film about an honest little shop. Nothing explodes, nobody is chased, and yet I was never bored "
    "for a moment, because the two women who run the place are played with such patience and wit. The director trusts "
    "her audience. The ending is happy without being sweet. I came out wanting to be kinder, which is more than I can "
    "say of most things that cost twelve pounds. See it while it is still shown anywhere.",
    "There is a good film hidden in here, perhaps forty minutes of it. The rest is padding: dream scenes, flashbacks "
    "to scenes that we have just seen, a love story that nobody asked for and that the leads do not seem to believe "
    "in. I admired the costumes. I admired the rain. I did not admire the accents, the length, or the five endings, "
    "each worse than the one before it. If you have seen the trailer you have seen the best of it, and for nothing.",
)


def choose(vocabulary: Vocabulary) -> list[str]:
    """20 texts: hard cases of cleaning, reviews from short to long, one longer than the model reads."""
    # Without its stop words the sentence has five words left.
    sentences = vocabulary.preprocessing.length // 5 + 1
    return [*TEXTS, " ".join(["A remarkable film, with a remarkably poor ending."] * sentences)]


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
    answers = [json.loads(line) for line in _serve(lines, inference.JSON_LINES, model).splitlines()]
    for entry, by_id, answer in zip(golden, by_ids, answers, strict=True):
        scores = [by_id, answer.get("score", by_id)]  # a text that gets no verdict is scored by its ids alone
        if any(abs(score - entry["score"]) > TOLERANCE for score in scores):
            raise GoldenError(
                f"the text {entry['text']!r:.80} scored {entry['score']:.6f} in training and now {scores}"
            )
        if ("score" in answer) == _gets_no_verdict(entry["text"], model):
            raise GoldenError(f"the text {entry['text']!r:.80} was judged, or refused, where it should not have been")


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


def _gets_no_verdict(text: str, model: artifact.Model) -> bool:
    return no_verdict(text, model.vocabulary.encode(text), model.vocabulary) is not None


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
