"""Recordings: the decisions of a campaign as JSON lines, from which a replay answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import JsonValue, ValidationError

from eutectic.core.decision import Answer, Decision, MindName, ToolCall, Usage
from eutectic.core.errors import BadInput
from eutectic.core.record import Record, canonical_json
from eutectic.core.spec import Role

T = TypeVar("T", bound=Record)


class RecordedDecision(Record):
    """One question with its answer: the payload of a `decision` event and a line of `recording.jsonl`."""

    role: Role
    name: str
    slot: str
    digest: str
    context: dict[str, JsonValue]
    answer: dict[str, JsonValue]
    mind: MindName
    model: str = ""
    usage: Usage = Usage()
    tools: tuple[ToolCall, ...] = ()
    attempts: tuple[str, ...] = ()
    fallback: str = ""


def decision_payload(question: Decision[T], answer: Answer[T]) -> dict[str, Any]:
    """The JSON-safe payload of a `decision` event."""
    return RecordedDecision(
        role=question.role,
        name=question.name,
        slot=question.slot,
        digest=question.digest,
        context=question.context.model_dump(mode="json"),
        answer=answer.value.model_dump(mode="json"),
        mind=answer.mind,
        model=answer.model,
        usage=answer.usage,
        tools=answer.tools,
        attempts=answer.attempts,
        fallback=answer.fallback,
    ).model_dump(mode="json")


def read_recording(path: Path) -> list[RecordedDecision]:
    """The decisions of a recording, in order; empty lines are skipped.

    Raises:
        BadInput: the file cannot be read, a line is not a recorded decision (its number is named), or a slot
            stands twice.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read the recording: {error}", where=str(path)) from error
    items: list[RecordedDecision] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        item = _read_line(line, f"{path}, line {number}")
        if item.slot in seen:
            raise BadInput(f"slot {item.slot!r} stands twice", where=f"{path}, line {number}", mend="delete one line")
        seen.add(item.slot)
        items.append(item)
    return items


def write_recording(path: Path, items: Iterable[RecordedDecision]) -> None:
    """Write one canonical JSON line a decision."""
    path.write_text("".join(canonical_json(item) + "\n" for item in items), encoding="utf-8")


def _read_line(line: str, where: str) -> RecordedDecision:
    try:
        return RecordedDecision.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"not a recorded decision: {place}: {first['msg']}", where=where) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not a line of JSON: {error}", where=where, mend="delete a torn last line") from error
