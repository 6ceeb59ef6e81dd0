"""A campaign's observations as the arrays that the meter of knowledge reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eutectic.core.objective import Objective
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, round_of

if TYPE_CHECKING:
    from eutectic.tools.knowledge_term import Standing
    from eutectic.tools.source_term import SourceTerm

FloatArray = NDArray[np.float64]
_MOST = 300
_SHUFFLES = 5


@dataclass(frozen=True)
class Arrays:
    """`N` trials in the order they were made."""

    features: FloatArray
    values: FloatArray
    rounds: NDArray[np.int64]
    known: FloatArray
    """`N x t` scores."""
    placebos: tuple[FloatArray, ...]
    slopes: tuple[tuple[float, float], ...]

    def standings(self, property: str, terms: Sequence[SourceTerm]) -> list[Standing]:
        """What the data say of each term; none before there are three values."""
        from eutectic.tools.kernel_fit import matern
        from eutectic.tools.knowledge_term import Slopes
        from eutectic.tools.quick_gp import quick_gp
        from eutectic.tools.slope_kernel import standings
        from eutectic.tools.warp import fit_warp

        if len(self.values) < 3 or float(np.ptp(self.values)) == 0.0:
            return []
        standard = fit_warp(self.values).forward(self.values)
        model = quick_gp(self.features, standard, self.known, self.slopes)
        covariance = matern(self.features, model.kernel.lengthscales)[0] + model.kernel.noise * np.eye(len(standard))
        n = self.features.shape[1]
        slopes = Slopes(
            n,
            tuple(n + j for j in range(len(terms))),
            tuple(mean for mean, _ in self.slopes),
            tuple(sd for _, sd in self.slopes),
        )
        return standings(property, terms, slopes, covariance, standard - model.kernel.mean, self.known)


def arrays_of(
    spec: CampaignSpec,
    observations: Sequence[Observation],
    objective: Objective,
    terms: Sequence[SourceTerm],
    *,
    with_failed: bool = False,
) -> Arrays | None:
    """The last 300 usable trials, with those that failed at the worst value measured if asked; None without any."""
    from eutectic.tools.encoding import encoder_of
    from eutectic.tools.floor_padding import floor_padded
    from eutectic.tools.history import History
    from eutectic.tools.lattice import lattice_of
    from eutectic.tools.source_term import derangement

    lattice = lattice_of(spec.space)
    encoder = encoder_of(lattice)
    history = History(lattice, encoder, (objective,))
    history.add(observations)
    table = floor_padded(history.table(), (objective,)) if with_failed else history.table()
    usable = np.flatnonzero(~np.isnan(table.values[:, 0]) & ~table.screened)[-_MOST:]
    if not len(usable) or not terms:
        return None
    features = table.features[usable]
    n = len(spec.space.component_names)
    shares, process = encoder.shares(features), features[:, n:]
    rng = np.random.default_rng([spec.seed, 29])
    orders = [list(derangement(n, rng)) for _ in range(_SHUFFLES)]

    rounds = np.array([round_of(table.trials[i]) for i in usable], dtype=np.int64)

    def score(some: FloatArray, *, as_known: bool = True) -> FloatArray:
        columns = [_as_known(term, some, process, rounds if as_known else None) for term in terms]
        return np.nan_to_num(np.column_stack(columns), posinf=0.0, neginf=0.0)

    return Arrays(
        features=features,
        values=table.values[usable, 0],
        rounds=rounds,
        known=score(shares, as_known=not with_failed),
        placebos=tuple(score(shares[:, order]) for order in orders),
        slopes=tuple(term.slope for term in terms),
    )


def _as_known(
    term: SourceTerm, shares: FloatArray, process: FloatArray, rounds: NDArray[np.int64] | None
) -> FloatArray:
    """`N` scores of trials as they were known before each one's round; without rounds, as they are known now."""
    if term.before is None or rounds is None:
        return term.scores(shares, process)
    scores = np.zeros(len(shares))
    for number in np.unique(rounds):
        then, here = term.before(int(number)), rounds == number
        if then is not None:
            scores[here] = then.scores(shares[here], process[here])
    return scores
