"""The graph's state: only where the round stands; everything else is in the notebook."""

from __future__ import annotations

from typing import Literal, TypedDict

Next = Literal["next_round", "closed", "paused"]


class RoundState(TypedDict, total=False):
    """JSON-safe and small, so that checkpoints stay small however long a campaign runs."""

    campaign: str
    round: int
    begin: Literal["frame", "choose"]
    """Where the round begins: with the brief, or with the choice of trials."""
    attempt: int
    """Attempt of the round's plan; raised when a person edits it."""
    outcome: Next
    """How the round ended."""
