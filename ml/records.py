"""Dataclasses of plain values, read back from JSON without trusting it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def from_mapping(cls: type[Record], values: Mapping[str, Any], what: str) -> Record:
    """`cls(**values)`. A missing, unknown or ill-typed key raises ValueError, in a sentence about `what`."""
    if not isinstance(values, Mapping):
        raise ValueError(f"{what}: expected an object, not {values!r:.80}")
    types: dict[str, Any] = {field.name: field.type for field in fields(cls)}  # type: ignore[arg-type]
    for key in sorted(types.keys() ^ values.keys(), key=str):
        raise ValueError(f"{what}: {key!r} is {'missing' if key in types else 'unknown'}")
    for key, expected in types.items():
        value = values[key]
        if type(value) is not expected and not (expected is float and type(value) is int):
            raise ValueError(f"{what}: {key!r} must be of type {expected.__name__}, not {value!r:.80}")
    return cls(**values)
