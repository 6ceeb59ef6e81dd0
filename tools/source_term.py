"""Terms of knowledge: a score of recipes made standard over the search space, with the prior of its slope."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eutectic.tools.knowledge_term import KnowledgeTerm, Standing, Verdict

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Raw = Callable[[FloatArray, FloatArray], FloatArray]
SourceKind = Literal["descriptors", "literature", "advice", "embeddings", "images", "campaigns"]
DROP_BELOW = 0.2
"""Posterior probability that the slope has the sign of its prior, below which a source is set aside."""
TRUST_RATIO = 3.0
"""Evidence ratio with against without from which a source needs no plain control any more."""
_MOST_SCORE = 3.0


@dataclass(frozen=True)
class SourceTerm:
    """One source of knowledge about one property: a `KnowledgeTerm`."""

    name: str
    kind: SourceKind
    property: str
    slope: tuple[float, float]
    raw: Raw
    """`N` scores of shares `N x n` and process columns `N x q`, in any unit."""
    centre: float
    scale: float
    about: str
    """What it rests on, in a line."""
    before: Callable[[int], SourceTerm | None] | None = None
    """The term as it stood before a round, where it is made of the campaign's own results."""

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        """`N` scores of about mean 0 and standard deviation 1 over the space, held to three of them."""
        standard = (self.raw(shares, process) - self.centre) / self.scale
        return np.clip(standard, -_MOST_SCORE, _MOST_SCORE)


@dataclass(frozen=True)
class _Control:
    """A term made from another one, whose property and slope it keeps."""

    of: KnowledgeTerm

    @builtins.property
    def property(self) -> str:
        """Of the true term."""
        return self.of.property

    @builtins.property
    def slope(self) -> tuple[float, float]:
        """Of the true term."""
        return self.of.slope


@dataclass(frozen=True)
class Placebo(_Control):
    """A term that says the same of the wrong components: what knowledge without content does."""

    order: tuple[int, ...]
    """Component whose share each component is given."""

    @builtins.property
    def name(self) -> str:
        """Marked as a placebo."""
        return f"{self.of.name} (shuffled)"

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        """`N` scores with the components exchanged."""
        return self.of.scores(shares[:, list(self.order)], process)


@dataclass(frozen=True)
class Inverted(_Control):
    """A term that says the opposite."""

    @builtins.property
    def name(self) -> str:
        """Marked as inverted."""
        return f"{self.of.name} (inverted)"

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        """`N` scores with their sign turned."""
        return -self.of.scores(shares, process)


def standard_term(term: SourceTerm, shares: FloatArray, process: FloatArray) -> SourceTerm | None:
    """The term made standard over recipes that stand for the space; None where it does not tell them apart."""
    raw = term.raw(shares, process)
    raw = raw[np.isfinite(raw)]
    if len(raw) < 2 or float(raw.std()) < 1e-9:
        return None
    return replace(term, centre=float(raw.mean()), scale=float(raw.std()))


def derangement(n: int, rng: np.random.Generator) -> tuple[int, ...]:
    """A random order in which no component stays in its place (the only one where there are two)."""
    while n > 1:
        order = rng.permutation(n)
        if (order != np.arange(n)).all():
            return tuple(int(i) for i in order)
    return (0,) * n


def sign_chance(standing: Standing) -> float:
    """Posterior probability that the slope is positive."""
    from scipy.special import ndtr

    mean, sd = standing.slope
    return float(ndtr(mean / max(sd, 1e-12)))


def verdict(standing: Standing, *, is_directed: bool = True) -> Verdict:
    """What becomes of a source: dropped where the data speak against it, trusted where the evidence for it is clear.

    Args:
        standing: What the campaign's data say.
        is_directed: Whether the prior of the slope has a sign; else only the evidence counts.
    """
    if is_directed and sign_chance(standing) < DROP_BELOW:
        return "drop"
    if standing.log_evidence < -np.log(TRUST_RATIO):
        return "drop"
    return "trust" if standing.log_evidence > np.log(TRUST_RATIO) else "use"


@dataclass(frozen=True)
class SourceJudge:
    """The rule by which sources are used, trusted or dropped, for the terms of one campaign."""

    directed: frozenset[str]
    """Names of the terms whose slope has a sign."""

    def __call__(self, standings: Sequence[Standing]) -> Mapping[str, Verdict]:
        """The verdict on each term."""
        return {item.name: verdict(item, is_directed=item.name in self.directed) for item in standings}


def judge_of(terms: Sequence[KnowledgeTerm]) -> SourceJudge:
    """The judge of these terms."""
    return SourceJudge(frozenset(term.name for term in terms if term.slope[0] != 0))
