"""The replay mind: answers from a recording, and stops with a diff where a question differs from the recorded one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from eutectic.agents.recording import RecordedDecision, read_recording
from eutectic.core.decision import Answer, Decision, Mind, MindName
from eutectic.core.errors import BadInput, RecordingEnds, ReplayDrift
from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
_DIFF_LINES = 40


class ReplayMind:
    """Every recorded answer keeps the name of the mind that gave it, so that a replayed notebook is the same."""

    name: MindName = "replay"

    def __init__(self, recording: Path | Sequence[RecordedDecision], otherwise: Mind | None = None) -> None:
        items = read_recording(recording) if isinstance(recording, Path) else recording
        self._by_slot = {item.slot: item for item in items}
        self._otherwise = otherwise
        if len(self._by_slot) != len(items):
            raise BadInput("a slot stands twice in the recording")

    def decide(self, question: Decision[T]) -> Answer[T]:
        """The recorded answer; what is not recorded goes to the other mind, where there is one.

        Raises:
            ReplayDrift: the question differs from the recorded one.
            RecordingEnds: nothing is recorded and there is no other mind.
        """
        item = self._by_slot.get(question.slot)
        if item is None:
            if self._otherwise is not None:
                return self._otherwise.decide(question)
            raise RecordingEnds("the recording holds no such decision", where=question.slot, mend="record the run anew")
        if item.digest != question.digest:
            raise ReplayDrift(
                f"the question differs from the recorded one\n{drift(item, question)}",
                where=question.slot,
                mend="replay with the version that recorded it, or record the run anew",
            )
        try:
            value = question.answer.model_validate(item.answer)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ReplayDrift(
                f"the recorded answer no longer fits: {place}: {first['msg']}", where=item.slot
            ) from error
        return Answer(
            value=value,
            mind=item.mind,
            model=item.model,
            usage=item.usage,
            tools=item.tools,
            attempts=item.attempts,
            fallback=item.fallback,
        )


def drift(item: RecordedDecision, question: Decision[T]) -> str:
    """A unified diff, at most 40 lines, from the recorded question to the one that is asked."""
    recorded = _pretty(item.role, item.name, item.context)
    asked = _pretty(question.role, question.name, question.context.model_dump(mode="json"))
    lines = list(islice(unified_diff(recorded, asked, "recorded", "asked", n=1, lineterm=""), _DIFF_LINES + 1))
    if not lines:
        return "(the contexts are equal: the recorded digest is wrong)"
    return "\n".join(lines if len(lines) <= _DIFF_LINES else [*lines[: _DIFF_LINES - 1], "…"])


def _pretty(role: str, name: str, context: Any) -> list[str]:
    return json.dumps({"decision": f"{role}.{name}", **context}, indent=1, ensure_ascii=False).split("\n")
