"""The artifact's `code/`: the four serving functions and what they import that the serving image lacks.

The image has torch, safetensors, regex, tqdm and typing_extensions. What stands in VENDORED is copied from
the environment that trains: nothing is installed when a container starts, and training and serving tokenise
with the same release.
"""

import gzip
import io
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

BASELINE = Path(__file__).parent / "baseline"  # the artifact that deployments bring along, without its code/
ENTRY = "from ml.inference import input_fn, model_fn, output_fn, predict_fn\n\n"
ENTRY += '__all__ = ["input_fn", "model_fn", "output_fn", "predict_fn"]\n'
OWN = (
    *("__init__", "artifact", "attribution", "calibration", "errors", "golden", "inference", "language"),
    *("lines", "model", "notation", "predict", "records", "refusals", "text", "vocabulary"),
)
LISTS = ("languages.json", "stopwords.json")
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
    for name in LISTS:
        shutil.copyfile(here / name, own / name)
    for name in VENDORED:
        _copy_distribution(name, folder)


def model_archive(folder: Path) -> bytes:
    """model.tar.gz of the artifact in `folder`, its code/ made anew here. The same files give the same bytes.

    Raises RuntimeError as `write_code` does.
    """
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with tempfile.TemporaryDirectory() as scratch:
        code = Path(scratch, "code")
        write_code(code)
        sources = (path for path in code.rglob("*") if path.is_file())
        files |= {path.relative_to(scratch).as_posix(): path.read_bytes() for path in sources}
    return pack(files)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A .tar.gz of the files by their names, without times, owners and the order they came in."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=6) as compressed,
        tarfile.open(fileobj=compressed, mode="w") as tar,
    ):
        for name, data in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


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
