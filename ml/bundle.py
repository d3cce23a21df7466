"""The artifact's `code/`: the four serving functions and what they import that the serving image lacks.

The image has torch, safetensors, regex, tqdm and typing_extensions. What stands in VENDORED is copied from
the environment that trains: nothing is installed when a container starts, and training and serving tokenise
with the same release.
"""

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ENTRY = "from ml.inference import input_fn, model_fn, output_fn, predict_fn\n\n"
ENTRY += '__all__ = ["input_fn", "model_fn", "output_fn", "predict_fn"]\n'
OWN = ("__init__", "artifact", "errors", "golden", "inference", "model", "records", "text", "vocabulary")
VENDORED = {"nltk": "nltk", "beautifulsoup4": "bs4", "soupsieve": "soupsieve", "defusedxml": "defusedxml"}
NOT_COPIED = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")  # they speak of this environment
NOT_NEEDED = (
    "nltk/app/",
    "nltk/chat/",
    "nltk/draw/",
    "nltk/sentiment/",
    "nltk/test/",
    "nltk/twitter/",
    "bs4/tests/",
)


def write_code(folder: Path) -> None:
    """Fill `folder`. Raises RuntimeError when a package that has to go in is not installed here."""
    here = Path(__file__).parent
    shutil.rmtree(folder, ignore_errors=True)
    own = folder / "ml"
    own.mkdir(parents=True)
    (folder / "inference.py").write_text(ENTRY)
    for name in OWN:
        shutil.copyfile(here / f"{name}.py", own / f"{name}.py")
    shutil.copyfile(here / "stopwords.json", own / "stopwords.json")
    for name in VENDORED:
        _copy_distribution(name, folder)


def _copy_distribution(name: str, folder: Path) -> None:
    """The package's sources, and its metadata for the licence."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError as error:
        raise RuntimeError(f"{name} is not installed; `pip install {name}` in this environment") from error
    for file in files:
        path = file.as_posix()
        unwanted = ".." in file.parts or path.endswith(".pyc") or file.name in NOT_COPIED
        if unwanted or path.startswith(NOT_NEEDED):
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), target)
