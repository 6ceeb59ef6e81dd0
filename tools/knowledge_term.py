"""What knowledge is to the optimiser: a named score of recipes whose slope on one property is learned from the data.

This is the seam between the engine and its sources of knowledge. A source builds `KnowledgeTerm`s and hands them to
`eutectic.tools.optimizer.open_optimizer(spec, terms=..., judge=...)`; the engine does the rest:

- each term j is a column p_j(x) behind the features; the Gaussian process adds `s_j^2 p_j p_j^T` to its kernel and
  `b0_j p_j` to its mean, which marginalises the slope `b_j ~ N(b0_j, s_j^2)` in closed form (Rasmussen and Williams
  2006, section 2.7); other surrogates read the column as one more feature;
- a quarter of the starts beyond the first four is spread over the recipes that the terms rate in the best tenth;
- one trial in four (in two where several objectives or limits count) is chosen without any term, until the judge calls
  all the terms in use trusted;
- where trials failed for a cause in their recipe, the terms are judged as if those had given the worst value measured;
- with one objective and no limit, surrogates with the terms and without choose together, weighed by how well the terms
  foretell the better half of the measured values (`blended_voices`); else, with a judge, a term shapes choices only
  once it has foretold them (`earned_say`);
- before each batch the judge is shown the `Standing` of every term and says which to use, trust or drop.

Without terms nothing of this happens.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Verdict = Literal["use", "trust", "drop", "wait"]
"""`wait` is not the judge's: a term that has not yet foretold the better half of the values (`earned_say`)."""


class KnowledgeTerm(Protocol):
    """One source of knowledge about one property."""

    @builtins.property
    def name(self) -> str:
        """What messages and the meter call it; unique in a campaign."""
        ...

    @builtins.property
    def property(self) -> str:
        """The property it speaks of; a term of a property that is no objective is left out."""
        ...

    @builtins.property
    def slope(self) -> tuple[float, float]:
        """Prior mean and standard deviation of the slope, in standard deviations of the property per unit of score."""
        ...

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        """`N` scores, about mean 0 and standard deviation 1 over the space, larger where the property should be larger.

        Args:
            shares: `N x n` shares in the space's basis, in the order of its components.
            process: `N x q` process columns of the encoder: numbers on their range 0 to 1, choices one-hot.
        """
        ...


class Slopes(NamedTuple):
    """Which feature columns are knowledge for one property, and the prior of each slope."""

    n_plain: int
    """Columns before these are the recipe itself."""
    columns: tuple[int, ...] = ()
    means: tuple[float, ...] = ()
    sds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What the campaign's own data say of one term."""

    name: str
    property: str
    n: int
    """Measurements of the property."""
    slope: tuple[float, float]
    """Posterior mean and standard deviation of the slope."""
    log_evidence: float
    """Log of the marginal likelihood with all terms in use over that without this one, hyper-parameters held."""


Judge = Callable[[Sequence[Standing]], Mapping[str, Verdict]]
"""Says by name what becomes of each term; a name it leaves out is used. Called with all the terms, dropped or not."""


def slopes_of(terms: Sequence[KnowledgeTerm], property: str, n_plain: int) -> Slopes:
    """The columns of the terms that speak of a property, where all terms stand behind `n_plain` plain columns."""
    own = [(n_plain + j, *term.slope) for j, term in enumerate(terms) if term.property == property]
    return Slopes(n_plain, tuple(c for c, _, _ in own), tuple(m for _, m, _ in own), tuple(s for _, _, s in own))


def without(slopes: Slopes, dropped: Sequence[int]) -> Slopes:
    """The slopes without some of the columns."""
    kept = [i for i, column in enumerate(slopes.columns) if column not in dropped]
    return Slopes(
        slopes.n_plain,
        tuple(slopes.columns[i] for i in kept),
        tuple(slopes.means[i] for i in kept),
        tuple(slopes.sds[i] for i in kept),
    )
