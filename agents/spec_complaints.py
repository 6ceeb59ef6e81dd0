"""What is wrong with a spec, in one line: turns pydantic's errors into file, line, field and mend."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from eutectic.agents.yaml_tree import Path, Tree
from eutectic.core.elements import elements
from eutectic.core.errors import BadInput
from eutectic.core.spec import CampaignSpec


def complain(error: ValidationError, tree: Tree, name: str) -> BadInput:
    """The first complaint in the order of the file (missing fields last), and how many more there are."""
    given = error.errors(include_url=False)
    # A list whose member is wrong also counts as too short: that is no second mistake.
    deeper = {item["loc"][:depth] for item in given for depth in range(len(item["loc"]))}
    found = sorted(
        (item for item in given if item["type"] != "too_short" or item["loc"] not in deeper),
        key=lambda item: (item["type"] == "missing", tree.line(_field(item, tree))),
    )
    first = found[0]
    path = _field(first, tree)
    what, mend = _words(first, path)
    if len(found) > 1:
        what += f"; and {len(found) - 1} more"
    field = ".".join(map(str, path))
    return BadInput(what, where=f"{name}:{tree.line(path)}" + (f": {field}" if field else ""), mend=mend)


def suggest_element(symbol: str) -> str:
    """What the writer of a wrong element symbol may have meant."""
    by_name = {row.name.lower(): row.symbol for row in elements().values()}
    plain = symbol.strip().lower()
    if plain in by_name:
        return f"write the symbol {by_name[plain]!r}"
    if plain.capitalize() in elements():
        return f"did you mean {plain.capitalize()!r}?"
    near = get_close_matches(plain, by_name, n=1, cutoff=0.75)
    if near:
        return f"did you mean {by_name[near[0]]!r}?"
    near = get_close_matches(symbol, elements(), n=3, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(repr(item) for item in near) + "?"
    return "for ingredients that are not elements use basis mol%, wt% or vol%"


def _field(item: ErrorDetails, tree: Tree) -> Path:
    """The place of an error in the file, without the steps pydantic adds for the members of a union."""
    path: Path = ()
    steps = [step for step in item["loc"] if step != "[key]"]
    for index, step in enumerate(steps):
        is_last = index == len(steps) - 1
        if (*path, step) in tree.lines or (is_last and item["type"] == "missing"):
            path = (*path, step)
    return path


def _words(item: ErrorDetails, path: Path) -> tuple[str, str]:
    kind, given = item["type"], item.get("input")
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        known = known_keys(path[:-1])
        if key in known:
            return f"{key!r} does not go with this 'kind'", "take it out, or choose another kind"
        near = get_close_matches(key, known, n=1, cutoff=0.5)
        return f"unknown field {key!r}", f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
    if kind == "missing":
        return f"{key!r} is missing", _hint(path)
    if kind == "union_tag_not_found":
        return "'kind' is missing", "add kind: continuous, integer or categorical"
    if kind in ("literal_error", "union_tag_invalid"):
        context = item.get("ctx", {})
        wanted = str(context.get("expected") or context.get("expected_tags"))
        shown = context.get("tag", given)
        return f"{shown!r} is not a choice", f"write {wanted.replace(chr(39), '')}"
    if kind == "value_error":
        return _own_words(str(item["msg"]).removeprefix("Value error, "))
    if kind == "string_pattern_mismatch":
        return f"{given!r} is not allowed here", _hint(path) or f"it must match {item.get('ctx', {}).get('pattern')}"
    shown = repr(given) if isinstance(given, str | int | float | None) else f"a {_kind(given)}"
    return f"{shown[:60]}: {item['msg'].lower()}", _hint(path)


def _own_words(text: str) -> tuple[str, str]:
    head, colon, tail = text.rpartition(": ")
    return (head, tail) if colon and tail.startswith(("write ", "use ")) else (text, "")


def _kind(value: Any) -> str:
    return {"dict": "group of fields", "list": "list", "bool": "true/false", "NoneType": "nothing"}.get(
        type(value).__name__, type(value).__name__
    )


def _hint(path: Path) -> str:
    for schema in _schemas_at(path):
        text = str(schema.get("description", "")).split("\n")[0].strip().rstrip(".")
        if text:
            return text
    return ""


def known_keys(path: Path) -> list[str]:
    """The field names that a spec knows at a place."""
    keys = {key for schema in _schemas_at(path) for key in schema.get("properties", {})}
    return sorted(keys)


def _schemas_at(path: Path) -> list[dict[str, Any]]:
    root = CampaignSpec.model_json_schema()
    found = [root]
    for step in path:
        found = [below for schema in found for below in _below(schema, step, root)]
    return [member for schema in found for member in _members(schema, root)]


def _members(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema itself with its references followed, and every branch of a union."""
    yield schema
    if "$ref" in schema:
        yield from _members(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _members(branch, root)


def _below(schema: dict[str, Any], step: str | int, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for member in _members(schema, root):
        if isinstance(step, int):
            if isinstance(member.get("items"), dict):
                yield member["items"]
        elif step in member.get("properties", {}):
            yield member["properties"][step]
        elif isinstance(member.get("additionalProperties"), dict):
            yield member["additionalProperties"]
