"""Checkpoints: whole or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import checkpoint

RUN = {"seed": 1}
TENSORS = {
    "weight": torch.linspace(-1, 1, 12).view(3, 4),
    "half": torch.ones(3, dtype=torch.bfloat16),
    "step": torch.tensor(7.0),
    "totals": torch.tensor([0.1, 3.0], dtype=torch.float64),
}


def save(folder: Path, step: int) -> Path:
    """A checkpoint whose content tells its step."""
    checkpoint.save(folder, RUN, {"step": step}, {name: tensor + step for name, tensor in TENSORS.items()})
    return folder / checkpoint.FILE


def loaded(folder: Path) -> int | None:
    """The step of the checkpoint that is taken up, after a look at its tensors."""
    content, _ = checkpoint.load(folder, RUN)
    if content is None:
        return None
    notes, tensors = content
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name] + notes["step"]) for name in TENSORS)
    return int(notes["step"])


def test_the_newest_is_taken_up(tmp_path: Path) -> None:
    assert loaded(tmp_path) is None
    for step in (1, 2, 3):
        save(tmp_path, step)
        assert loaded(tmp_path) == step


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder with the checkpoint of step 1 as the one before, and the content of that of step 2."""
    folder = tmp_path_factory.mktemp("two")
    save(folder, 1)
    return folder, save(folder, 2).read_bytes()


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_one_that_was_cut_short_gives_way_to_the_one_before(two: tuple[Path, bytes], data: st.DataObject) -> None:
    folder, whole = two
    (folder / checkpoint.FILE).write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert loaded(folder) == 1


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_a_flipped_bit_is_never_taken_for_the_truth(two: tuple[Path, bytes], data: st.DataObject) -> None:
    """The checkpoint gives way to the one before, unless the bit means nothing and the content is still right."""
    folder, whole = two
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    damaged = bytearray(whole)
    damaged[bit // 8] ^= 1 << bit % 8
    (folder / checkpoint.FILE).write_bytes(damaged)
    assert loaded(folder) in (1, 2)


def test_each_byte_of_the_tensors_is_covered_by_the_hash(tmp_path: Path) -> None:
    save(tmp_path, 1)
    whole = save(tmp_path, 2).read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    for place in range(start, len(whole)):
        (tmp_path / checkpoint.FILE).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert loaded(tmp_path) == 1


def test_a_damaged_one_does_not_take_the_place_of_the_sound_one(tmp_path: Path) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2).write_bytes(b"damaged")
    content, sentence = checkpoint.load(tmp_path, RUN)
    assert content is not None
    assert "cannot be read" in sentence
    assert "resuming from" in sentence
    save(tmp_path, 3).write_bytes(b"damaged again")
    assert loaded(tmp_path) == 1


def test_what_was_left_unfinished_is_not_looked_at(tmp_path: Path) -> None:
    whole = save(tmp_path, 1).read_bytes()
    (tmp_path / (checkpoint.FILE + checkpoint.UNFINISHED)).write_bytes(whole[:100])
    assert loaded(tmp_path) == 1
    save(tmp_path, 2)
    assert loaded(tmp_path) == 2
    assert not list(tmp_path.glob("*" + checkpoint.UNFINISHED))


@pytest.mark.parametrize("call", ["save_file", "_sync", "Path.replace", "Path.replace of the finished one"])
def test_wherever_saving_dies_a_sound_one_is_left(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, 1)
    save(tmp_path, 2)
    replace = Path.replace

    def die(path: Path, *rest: Any) -> None:
        if call.endswith("finished one") and not path.name.endswith(checkpoint.UNFINISHED):
            replace(path, *rest)
            return
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        owner, name = (Path, "replace") if call.startswith("Path") else (checkpoint, call)
        patch.setattr(owner, name, die)
        with pytest.raises(KeyboardInterrupt):
            save(tmp_path, 3)
    assert loaded(tmp_path) == 2


def test_one_of_another_run_is_left_alone(tmp_path: Path) -> None:
    path = save(tmp_path, 1)
    content, sentence = checkpoint.load(tmp_path, {"seed": 2})
    assert content is None
    assert sentence == f"the checkpoint {path} is of another run: starting afresh"
    assert loaded(tmp_path) == 1


def test_lines_that_were_published_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / checkpoint.METRICS
    checkpoint.publish(tmp_path, [])
    assert not path.exists()
    checkpoint.publish(tmp_path, [{"epoch": 1, "seconds": 1.5}])
    first = path.read_text()
    checkpoint.publish(tmp_path, [{"epoch": 1, "seconds": 9.9}, {"epoch": 2, "seconds": 1.6}])
    assert path.read_text().startswith(first)
    assert [json.loads(line)["epoch"] for line in path.read_text().splitlines()] == [1, 2]
    before = path.read_text()
    checkpoint.publish(tmp_path, [{"epoch": 1, "seconds": 7.7}])
    assert path.read_text() == before
