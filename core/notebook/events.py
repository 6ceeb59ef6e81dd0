"""The events of a notebook: their kinds and the record of one."""

from __future__ import annotations

from typing import Any, Literal, get_args

from eutectic.core.record import Record, sha256

Kind = Literal[
    "campaign_opened",
    "round_opened",
    "decision",
    "tool",
    "trial",
    "protocol",
    "plan",
    "verdict",
    "approval_requested",
    "approval",
    "submission_intended",
    "submission_accepted",
    "run_left_open",
    "run_finished",
    "observation",
    "observation_corrected",
    "observation_judged",
    "round_closed",
    "paused",
    "note",
    "campaign_closed",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
GENESIS = "0" * 64


class Event(Record):
    """One line of a notebook, chained to the one before by its hash."""

    seq: int
    at: str
    """UTC time of writing, ISO 8601; the only field that differs when a campaign is run again."""
    kind: Kind
    slot: str
    """Where in the campaign it stands; a kind and slot are written once, ever."""
    payload: dict[str, Any]
    prev: str
    hash: str

    @property
    def content(self) -> tuple[str, str, str]:
        """Kind, slot and payload hash: what must be equal when a campaign is run again."""
        return self.kind, self.slot, sha256(self.payload)


def link(prev: str, seq: int, at: str, kind: str, slot: str, payload: str) -> str:
    """The hash of an event whose payload is canonical JSON."""
    return sha256(f"{prev}\n{seq}\n{at}\n{kind}\n{slot}\n{payload}".encode())
