"""The optimiser protocol: ask for trials, tell observations; state is rebuilt from the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pydantic import Field

from eutectic.core.claim import Claim
from eutectic.core.composition import Composition
from eutectic.core.record import Record
from eutectic.core.space import Value
from eutectic.core.trial import Observation, Prediction, Purpose, Source


class Proposal(Record):
    """A feasible candidate for measurement with what the surrogate expects of it."""

    composition: Composition
    process: dict[str, Value] = {}
    purpose: Purpose = "data"
    source: Source
    predictions: tuple[Prediction, ...] = ()
    merit: float | None = None
    """Acquisition value, larger is better; None for space-filling ones."""
    why: str = Field(max_length=300)


class Pending(Record):
    """A recipe that is on its way and must not be proposed again."""

    composition: Composition
    process: dict[str, Value] = {}


class Advice(Record):
    """An answer of the optimiser to `ask`."""

    batch: tuple[Proposal, ...]
    """What it would measure next, best first, without duplicates."""
    alternatives: tuple[Proposal, ...] = ()
    """Other good candidates that a mind may take instead."""
    surrogate: str
    """Which model stands behind it, such as `gp` or `space-filling`."""
    expected_gain: float | None = None
    """Expected improvement of the batch over the best so far, as a share of the range of scores seen."""
    notes: tuple[str, ...] = ()
    """What a user should know, such as a degenerate fit that was replaced."""


@runtime_checkable
class TakesClaims(Protocol):
    """An optimiser that may be steered by claims."""

    def take_claims(self, claims: Sequence[Claim]) -> None:
        """The claims frozen before the first experiment, each with its trust as it stands before the next batch."""
        ...


class Optimizer(Protocol):
    """What proposes trials. Deterministic for a seed and the observations told so far."""

    def tell(self, observations: Sequence[Observation]) -> None:
        """Add observations (failed and censored ones too); one of a trial told before replaces it."""
        ...

    def ask(self, n: int, *, round: int, pending: Sequence[Pending] = (), alternatives: int = 0) -> Advice:
        """Up to `n` proposals, each feasible to the last digit; fewer where the space holds no more.

        Raises:
            InfeasibleSpace: nothing is left to propose.
        """
        ...
