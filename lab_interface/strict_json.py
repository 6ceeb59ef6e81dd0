"""Strict reading of plan bytes: what is not exactly a plan is refused, with the reason."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pydantic import ValidationError

from eutectic.core.errors import PlanRefused
from eutectic.core.plan import Plan
from eutectic.core.record import canonical_json

MAX_DEPTH = 16
_STRING = re.compile(r'"(?:[^"\\]|\\.|\\\Z)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_BASE_BYTES = 128 * 1024
_BYTES_PER_TRIAL = 32 * 1024


def max_bytes(batch: int) -> int:
    """The largest plan of so many trials that is read at all."""
    return _BASE_BYTES + _BYTES_PER_TRIAL * batch


def parse_plan(data: bytes, batch: int) -> Plan:
    """The plan of strict JSON bytes.

    Raises:
        PlanRefused: too long, too deep, not UTF-8, not JSON, NaN or infinity, a key twice, text after the end, a key
            missing or too many, or a value of another type; also where the bytes do not say exactly what the plan is.
    """
    if not isinstance(data, bytes):
        raise PlanRefused(f"a plan is bytes, not {type(data).__name__}")
    if len(data) > max_bytes(batch):
        raise PlanRefused(f"the plan has {len(data)} bytes, at most {max_bytes(batch)} are read")
    value = read_json(data)
    try:
        plan = Plan.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise PlanRefused(f"{first['msg']}", where=place or "plan") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise PlanRefused(f"not a plan: {error}") from None
    if canonical_json(plan) != canonical_json(value):
        # This equality makes the reading strict: a value that was coerced, defaulted or dropped differs.
        raise PlanRefused("the bytes leave something out or say it another way than the plan they stand for")
    return plan


def read_json(data: bytes) -> Any:
    """A JSON value from bytes, by the letter of RFC 8259 and without duplicate keys.

    Raises:
        PlanRefused: for everything else.
    """
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise PlanRefused(f"not UTF-8 at byte {error.start}") from None
    if _depth(text) > MAX_DEPTH:
        raise PlanRefused(f"nested deeper than {MAX_DEPTH} levels")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
        canonical_json(value).encode("utf-8")
    except UnicodeEncodeError:
        raise PlanRefused("a text holds half a surrogate pair") from None
    except (ValueError, RecursionError) as error:
        raise PlanRefused(f"not strict JSON: {error}") from None
    return value


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key stands twice in {sorted(keys)[:12]}")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large")
    return value
