"""JSON out of model text: fenced or wrapped in words, read strictly or refused with the reason."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

_FENCE = re.compile(r"```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*?)\r?\n?[ \t]*```", re.DOTALL)
_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_MAX_DIGITS = 15
_MAX_DEPTH = 40


def read_object(text: str) -> dict[str, Any]:
    """The one JSON object in a text.

    Raises:
        ValueError: there is none, there are several that differ, or it holds NaN, infinity, a repeated key, an
            absurd number, a lone surrogate or too deep a nesting; the message says which.
    """
    body = _THINKING.sub("", text).strip().lstrip("\ufeff")
    if not body:
        raise ValueError("the answer is empty")
    values = [_as_object(candidate) for candidate in _candidates(body)]
    if not values:
        raise ValueError("there is no complete JSON object in the answer")
    if any(value != values[0] for value in values[1:]):
        raise ValueError(f"there are {len(values)} different JSON objects in the answer, one is wanted")
    return values[0]


def strict_loads(text: str) -> Any:
    """JSON without NaN, repeated keys, numbers beyond 15 digits, lone surrogates or deep nesting.

    Raises:
        ValueError: with the reason.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise ValueError("a text holds a lone surrogate") from None
    except RecursionError:
        raise ValueError("the nesting is too deep") from None
    return value


def _as_object(text: str) -> dict[str, Any]:
    value = strict_loads(text)
    if not isinstance(value, dict):
        raise ValueError("the answer is not a JSON object")
    return value


def _candidates(body: str) -> list[str]:
    """The whole text where it is JSON, else its fenced blocks that begin with a brace, else its balanced pieces."""
    try:
        json.loads(body)
    except RecursionError:
        raise ValueError("the nesting is too deep") from None
    except ValueError:
        fences = [found.strip() for found in _FENCE.findall(body)]
        return [found for found in fences if found.startswith("{")] or _objects(body)
    return [body]


def _objects(text: str) -> list[str]:
    """The outermost brace-balanced pieces, braces inside strings not counted."""
    pieces, start, depth, quoted, skip = [], 0, 0, False, False
    for position, char in enumerate(text):
        if skip:
            skip = False
        elif depth and quoted:
            skip, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = depth > 0
        elif char == "{":
            start, depth = (position, 1) if depth == 0 else (start, depth + 1)
            if depth > _MAX_DEPTH:
                raise ValueError("the nesting is too deep")
        elif char == "}" and depth:
            depth -= 1
            if depth == 0:
                pieces.append(text[start : position + 1])
    return pieces


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that may be given")


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise ValueError(f"a whole number of {len(digits.lstrip('-'))} digits is absurd")
    return int(digits)
