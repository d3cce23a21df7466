"""What a deployment uploads, against budgets.yml."""

import zipfile
from pathlib import Path

import pytest
import yaml

BUDGETS: dict[str, list[int]] = {
    name: [int(str(size).replace("_", "")) for size in sizes]
    for name, sizes in yaml.safe_load(Path(__file__).with_name("budgets.yml").read_text()).items()
}
FUNCTIONS = (
    "sentiment",
    "feedback",
    "page",
    "model",
    "models",
    "jobs",
    "batches",
    "batch",
    "retrain",
    "release",
    "reconcile",
    "lifecycle",
)


def test_the_layer_and_each_function_are_an_archive_of_their_own(packaged: Path) -> None:
    assert {path.stem for path in (packaged / "dev").glob("*.zip")} == {*FUNCTIONS, "text"}


@pytest.mark.parametrize("name", [*FUNCTIONS, "layer"])
def test_an_archive_keeps_to_its_budget(packaged: Path, name: str) -> None:
    path = packaged / "dev" / ("text.zip" if name == "layer" else f"{name}.zip")
    with zipfile.ZipFile(path) as archive:
        unzipped = sum(member.file_size for member in archive.infolist())
    zipped_budget, unzipped_budget = BUDGETS.get(name, BUDGETS["every other"])
    assert path.stat().st_size <= zipped_budget
    assert unzipped <= unzipped_budget


def test_no_archive_holds_what_was_compiled_or_is_for_tests(packaged: Path) -> None:
    for path in (packaged / "dev").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            assert [name for name in archive.namelist() if name.endswith(".pyc") or "/tests/" in name] == []
