"""The journal: every step of a campaign is computed once, ever, and found again in the notebook after a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from eutectic.agents.recording import decision_payload
from eutectic.core.decision import Decision, Mind
from eutectic.core.notebook import Event, Kind, Notebook
from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
Steps = Mapping[tuple[str, str], dict[str, Any]]
"""Recorded payloads by kind and slot."""


class Journal:
    """Write-once access to a notebook.

    A step that stands in the notebook is not computed again: its stored payload wins, whatever would be computed now.
    In a replay, what stands in `recorded` is taken from there in place of being computed.
    """

    def __init__(self, notebook: Notebook, recorded: Steps | None = None) -> None:
        self._notebook = notebook
        self._recorded = recorded or {}

    def payload(self, kind: Kind, slot: str) -> dict[str, Any] | None:
        """What stands in a slot, or None."""
        return self._notebook.get(kind, slot)

    def step(self, kind: Kind, slot: str, compute: Callable[[], Record | dict[str, Any]]) -> dict[str, Any]:
        """The payload of a slot, computed and written when the slot is free."""
        found = self._notebook.get(kind, slot)
        if found is not None:
            return found
        recorded = self._recorded.get((kind, slot))
        return self._notebook.append(kind, slot, compute() if recorded is None else recorded).payload

    def is_recorded(self, kind: Kind, slot: str) -> bool:
        """Whether the recording that is replayed holds a slot."""
        return (kind, slot) in self._recorded

    def recall(self, kind: Kind, slot: str) -> dict[str, Any] | None:
        """In a replay, the recorded payload of a slot, written into this notebook; else None."""
        recorded = self._recorded.get((kind, slot))
        return None if recorded is None else self._notebook.append(kind, slot, recorded).payload

    def tool(self, slot: str, result: type[T], compute: Callable[[], T]) -> T:
        """The typed result of a tool, computed once."""
        name = slot.split("/", 1)[1]
        payload = self.step("tool", slot, lambda: {"name": name, "result": compute().model_dump(mode="json")})
        return result.model_validate(payload["result"])

    def decide(self, mind: Mind, question: Decision[T]) -> T:
        """The answer to a question, asked once."""
        payload = self.step("decision", question.slot, lambda: decision_payload(question, mind.decide(question)))
        return question.answer.model_validate(payload["answer"])

    def missing(self, kind: Kind, entries: Iterable[tuple[str, Record | dict[str, Any]]]) -> list[Event]:
        """Write, in one transaction, those entries whose slot is free."""
        free = [(kind, slot, payload) for slot, payload in entries if self._notebook.get(kind, slot) is None]
        return self._notebook.append_all(free) if free else []
