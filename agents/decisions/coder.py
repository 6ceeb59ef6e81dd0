"""What the coder is asked: write the protocol and the analysis code; the answer is a `Protocol`."""

from __future__ import annotations

from eutectic.agents.decisions.common import ObjectiveLine, SpaceLine
from eutectic.core.plan import Protocol
from eutectic.core.record import Record


class ProtocolContext(Record):
    """What the coder writes a protocol for."""

    goal: str
    objectives: tuple[ObjectiveLine, ...]
    space: SpaceLine
    lab: str
    simulated: bool
    sample_size: str
    """Such as `1000 mg in ticks of 1 mg`."""
    readings_per_property: int
    """How many repeated readings the instrument gives of each property."""
    previous_error: str
    """Why the dry-run refused the last version; empty at first."""


__all__ = ["Protocol", "ProtocolContext"]
