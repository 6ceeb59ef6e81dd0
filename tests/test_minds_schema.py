"""Strict schemas and strict JSON: what is sent to a structured-output server, and what is read from it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from questions import example

from eutectic.agents.decisions.catalogue import DECISIONS
from eutectic.agents.minds import RulesMind
from eutectic.agents.minds.json_text import read_object, strict_loads
from eutectic.agents.minds.schema import strict_schema
from eutectic.core.errors import NotSupported
from eutectic.core.record import Record

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "description"}


def nodes(schema: Any) -> list[dict[str, Any]]:
    found = [schema]
    for inner in [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]:
        found += nodes(inner)
    return found + (nodes(schema["items"]) if "items" in schema else [])


@pytest.mark.parametrize(("role", "name"), DECISIONS, ids=[f"{role}-{name}" for role, name in DECISIONS])
def test_answers_have_strict_schemas(role: Any, name: str) -> None:
    answer = DECISIONS[role, name].answer
    schema = strict_schema(answer)
    assert schema["type"] == "object"
    for node in nodes(schema):
        assert set(node) <= ALLOWED
        assert ("type" in node) != ("anyOf" in node)
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
    assert set(schema["properties"]) == set(answer.model_fields)
    assert matches(RulesMind().decide(example(role, name)).value.model_dump(mode="json"), schema)


def matches(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a JSON value satisfies a strict schema."""
    if "anyOf" in schema:
        return any(matches(value, item) for item in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] == "object":
        inner = schema["properties"]
        return set(value) == set(inner) and all(matches(value[name], node) for name, node in inner.items())
    if schema["type"] == "array":
        return isinstance(value, list) and all(matches(item, schema["items"]) for item in value)
    kinds = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "null": type(None)}
    return isinstance(value, kinds[schema["type"]])


def test_limits_stand_in_the_description() -> None:
    schema = strict_schema(DECISIONS["pi", "close"].answer)
    assert "at most 300 characters" in schema["properties"]["headline"]["description"]
    assert "at most 8 items" in schema["properties"]["caveats"]["description"]


def test_a_value_of_several_types_is_any_of_them() -> None:
    schema = strict_schema(DECISIONS["designer", "choose"].answer)
    value = schema["properties"]["trials"]["items"]["properties"]["process"]["items"]["properties"]["value"]
    assert [item["type"] for item in value["anyOf"]] == ["number", "integer", "string"]


class Inner(Record):
    free: dict[str, float]


class Node(Record):
    next: "Node | None"


class Pair(Record):
    pair: tuple[int, str]


@pytest.mark.parametrize("wrong", [Inner, Node, Pair])
def test_types_without_a_strict_schema_are_refused(wrong: type[Record]) -> None:
    with pytest.raises(NotSupported):
        strict_schema(wrong)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(st.dictionaries(TEXTS, PLAIN, max_size=4), st.sampled_from(["{}", "```json\n{}\n```", "So: {} ok", " \n{}\n"]))
@settings(max_examples=100, deadline=None)
def test_an_object_is_read_back_from_any_wrapping(value: dict[str, Any], wrapping: str) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if "```" not in text:
        assert read_object(wrapping.replace("{}", text)) == value


@given(st.text(st.sampled_from('{}[]",:`\\1eN \n'), max_size=60) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_an_object_or_a_value_error(text: str) -> None:
    try:
        assert isinstance(read_object(text), dict)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("text", ["NaN", "-Infinity", '{"a":1,"a":2}', "1" * 16, '"\\udfff"', "[" * 10**5])
def test_json_that_python_takes_and_we_do_not(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        strict_loads(text)
