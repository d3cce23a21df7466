"""Make a trained model the baseline: the one that a fresh deployment serves until it has trained its own.

python -m ml.adopt MODEL_DIR
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from ml import artifact, bundle, fallback, golden
from ml.errors import ArtifactError, SentimentError

CARD = "card.md"
FILES = (
    artifact.WEIGHTS,
    artifact.MODEL,
    artifact.VOCABULARY,
    artifact.EVALUATION,
    artifact.GOLDEN,
    artifact.FALLBACK,
    CARD,
)
MOST_BYTES = 11_000_000  # of the archive that deployments make of them, serving code included
VERSION = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")  # as ml/train.py makes them; part of the endpoint's name


def adopt(folder: Path, baseline: Path = bundle.BASELINE) -> str:
    """Check the artifact in `folder` and put what belongs there in `baseline`'s place; its version.

    Raises ArtifactError when a file is missing or they are too large together, GoldenError when the model or its
    fallback does not give its golden scores. The baseline stays as it was then.
    """
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise ArtifactError(
            f"{folder} lacks {', '.join(missing)}; give what ml.train wrote, to which ml.fallback may add"
        )
    model = artifact.read(folder)
    if not VERSION.fullmatch(model.version):
        raise ArtifactError(
            f"the version {model.version!r} is not of the form 20260131-235959-0a1b; train without a key"
        )
    with tempfile.TemporaryDirectory(dir=baseline.parent) as scratch:
        new = Path(scratch, "new")
        new.mkdir()
        for name in FILES:
            shutil.copyfile(folder / name, new / name)
        bundle.write_code(new / "code")
        golden.check_alone(new)
        fallback.check(new)
        shutil.rmtree(new / "code")
        size = len(bundle.model_archive(new))
        if size > MOST_BYTES:
            what = f"{folder} packs to {size:,} bytes; a baseline may have {MOST_BYTES:,}"
            raise ArtifactError(f"{what}: train a smaller model")
        if baseline.exists():
            baseline.rename(Path(scratch, "old"))
        new.rename(baseline)
    return model.version


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        version = adopt(Path(sys.argv[1]))
    except SentimentError as error:
        sys.exit(str(error))
    size = sum(path.stat().st_size for path in bundle.BASELINE.iterdir())
    print(f"{bundle.BASELINE} is {version} now, {size:,} bytes. Deployments bring it along from here on.")


if __name__ == "__main__":
    main()
