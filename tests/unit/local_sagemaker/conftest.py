import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_sagemaker import LocalSageMaker, Moto, archive

CODE = Path(__file__).with_name("code")


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    moto.put("data/reviews.txt", b"good")
    moto.put("code/sourcedir.tar.gz", archive({"train.py": ""}))
    yield moto
    moto.close()


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter beside which `train` is a stand-in that starts at once."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "python").symlink_to(sys.executable)
    train = folder / "train"
    train.write_text(f"#!{sys.executable}\n{(CODE / 'toolkit.py').read_text()}")
    train.chmod(0o755)
    return folder / "python"


@pytest.fixture(scope="session")
def sagemaker(moto: Moto, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSageMaker]:
    sagemaker = LocalSageMaker(moto, tmp_path_factory.mktemp("sagemaker"), python)
    yield sagemaker
    sagemaker.close()


@pytest.fixture(scope="session")
def model(moto: Moto) -> str:
    """The address of an archive with a model that echoes."""
    files = {"weights.txt": "0.1 0.2", "code/inference.py": (CODE / "inference.py").read_text()}
    return moto.put("models/echo.tar.gz", archive(files))
