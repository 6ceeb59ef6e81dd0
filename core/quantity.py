"""Numbers as people write them in a file: shares with or without a percent sign, names with their unit."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

_PERCENT_SCHEMA = {"type": "string", "pattern": r"^\s*[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s*(at|wt|mol|vol)?\s*%\s*$"}
_PERCENT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?:at|wt|mol|vol)?\s*%\s*")


def read_share(given: Any) -> Any:
    """A share between 0 and 1 from `0.6`, `"60%"` or `"60 at%"`; other values pass on to pydantic."""
    if isinstance(given, str) and (match := _PERCENT.fullmatch(given)):
        return round(float(match[1]) / 100, 12)
    if isinstance(given, int | float) and not isinstance(given, bool) and given > 1:
        if given > 100:
            raise ValueError(f"{str(given)[:20]} is more than the whole: write a share between 0 and 1, or 0% to 100%")
        raise ValueError(f"{given:g} is more than the whole: write {given:g}% or {given / 100:g}")
    return given


Share = Annotated[
    float,
    BeforeValidator(read_share),
    Field(ge=0, le=1),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _PERCENT_SCHEMA]}),
]
"""A fraction of the whole: 0 to 1, or a text with a percent sign."""


def headed(name: str, unit: str) -> str:
    """The head of a column or an axis, such as `coercivity (A/m)`; a plain number carries no unit."""
    return name if unit in ("", "1") else f"{name} ({unit})"


def read_signed_share(given: Any) -> Any:
    """A number, or a percentage as text, of any sign."""
    if isinstance(given, str) and (match := _PERCENT.fullmatch(given)):
        return round(float(match[1]) / 100, 12)
    return given


SignedShare = Annotated[
    float,
    BeforeValidator(read_signed_share),
    WithJsonSchema({"anyOf": [{"type": "number"}, _PERCENT_SCHEMA]}),
]
"""A number that may be written as a percentage."""
