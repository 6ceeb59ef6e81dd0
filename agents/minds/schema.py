"""Strict schemas: a pydantic answer type as the JSON schema that structured-output servers accept."""

from __future__ import annotations

from typing import Any

from eutectic.core.errors import NotSupported
from eutectic.core.record import Record

_LIMITS = {
    "maxLength": "at most {} characters",
    "minLength": "at least {} characters",
    "maxItems": "at most {} items",
    "minItems": "at least {} items",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "pattern": "matches {}",
}
"""Keywords that strict servers refuse or ignore, put into the description in words."""


def strict_schema(answer: type[Record]) -> dict[str, Any]:
    """The answer's schema with only `type`, `properties`, `required`, `items`, `enum`, `anyOf` and `description`.

    Every property is required, no other is allowed, references are written out, and limits stand in the descriptions;
    the pydantic type still checks them.

    Raises:
        NotSupported: the type has a free map, a fixed-length tuple, a reference to itself or no JSON form.
    """
    whole = answer.model_json_schema()
    definitions = whole.get("$defs", {})
    strict = _strict(whole, definitions, (), answer.__name__)
    if strict.get("type") != "object":
        raise NotSupported(f"{answer.__name__} is not an object", mend="wrap it in a Record")
    return strict


def _strict(node: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...], where: str) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        if name in above:
            raise NotSupported(f"{where}: {name} refers to itself", mend="use a flat type")
        inner = _strict(definitions[name], definitions, (*above, name), f"{where}.{name}")
        return _described(inner, node)
    if "anyOf" in node or "oneOf" in node:
        options = [_strict(item, definitions, above, where) for item in node.get("anyOf") or node["oneOf"]]
        return _described({"anyOf": options}, node)
    if "const" in node or "enum" in node:
        values = [node["const"]] if "const" in node else node["enum"]
        return _described({"type": _type_of(values, where), "enum": values}, node)
    kind = node.get("type")
    if kind == "object":
        return _described(_object(node, definitions, above, where), node)
    if kind == "array":
        if not isinstance(node.get("items"), dict) or "prefixItems" in node:
            raise NotSupported(f"{where}: an array needs one type of items", mend="use tuple[X, ...]")
        items = _strict(node["items"], definitions, above, f"{where}[]")
        return _described({"type": "array", "items": items}, node)
    if kind in ("string", "number", "integer", "boolean", "null"):
        return _described({"type": kind}, node)
    raise NotSupported(f"{where}: no strict schema for {sorted(node)}", mend="use a plain type")


def _object(node: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...], where: str) -> dict[str, Any]:
    properties = node.get("properties")
    if not properties or isinstance(node.get("additionalProperties"), dict):
        raise NotSupported(f"{where}: a free map has no strict schema", mend="use a tuple of records")
    return {
        "type": "object",
        "properties": {n: _strict(inner, definitions, above, f"{where}.{n}") for n, inner in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def _described(strict: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The strict node with its description, limits in words behind it."""
    limits = [words.format(node[key]) for key, words in _LIMITS.items() if key in node]
    text = " ".join(str(node.get("description") or strict.get("description") or "").split())
    if limits:
        text = f"{text} ({', '.join(limits)})".strip()
    return {**strict, "description": text} if text else strict


def _type_of(values: list[Any], where: str) -> str:
    if all(isinstance(value, str) for value in values):
        return "string"
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return "integer"
    raise NotSupported(f"{where}: mixed choices {values}", mend="use texts alone")
