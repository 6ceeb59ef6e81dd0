"""The methods that `bench optimise` compares: each chooses recipes of a pool from what it has seen of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple, Protocol

import numpy as np

from eutectic.evals.knowledge_arms import Arm, terms_for
from eutectic.evals.pools import Pool
from eutectic.evals.search_ax import AxSearch
from eutectic.evals.search_ours import Ours
from eutectic.evals.search_peers import BaybeSearch, KaboSearch, PriorSearch
from eutectic.evals.search_surrogates import ForestSearch, ProcessSearch
from eutectic.evals.table_files import data_folder

STARTS = 10
"""Random recipes that the surrogates of others begin with where each method starts in its own way."""


class Setup(NamedTuple):
    """What a search is opened for."""

    pool: Pool
    seed: int
    batch: int
    starts: int = 0
    """Trials before a surrogate decides, the same number for all; 0 leaves it to the method."""


class Search(Protocol):
    """A search under way: `ask` for places in the pool, `tell` what was read there (more is better).

    What is told before the first `ask` are starts that all methods share, in place of its own.
    """

    def ask(self, n: int) -> list[int]:
        """The places of `n` recipes not asked for before."""
        ...

    def tell(self, places: Sequence[int], values: Sequence[float]) -> None:
        """What was measured, turned so that more is better."""
        ...


class RandomSearch:
    """Uniform draws without repeats."""

    def __init__(self, pool: Pool, seed: int) -> None:
        self._order = np.random.default_rng([seed, 11]).permutation(len(pool.rows)).tolist()

    def ask(self, n: int) -> list[int]:
        """The next `n` of a permutation."""
        return [self._order.pop(0) for _ in range(n)]

    def tell(self, places: Sequence[int], values: Sequence[float]) -> None:
        """Values change nothing; recipes told of are not drawn again."""
        told = set(places)
        self._order = [place for place in self._order if place not in told]


class SobolSearch(RandomSearch):
    """A scrambled Sobol sequence on the simplex (exponential spacings), each point taken to the nearest recipe."""

    def __init__(self, pool: Pool, seed: int) -> None:
        from scipy.stats import qmc

        shares, other = pool.lattice.shares(pool.rows), pool.features[:, pool.lattice.n_components :]
        engine = qmc.Sobol(shares.shape[1] + other.shape[1], rng=np.random.default_rng([seed, 11]))
        points = engine.random_base2(8)
        spacings = -np.log(np.clip(points[:, : shares.shape[1]], 1e-9, 1.0))
        wanted = np.hstack([spacings / spacings.sum(axis=1, keepdims=True), points[:, shares.shape[1] :]])
        there, order = np.hstack([shares, other]), []
        free = np.ones(len(there), dtype=np.bool_)
        for point in wanted[: min(len(wanted), len(there))]:
            distance = np.where(free, ((there - point) ** 2).sum(axis=1), np.inf)
            order.append(int(distance.argmin()))
            free[order[-1]] = False
        self._order = [*order, *np.flatnonzero(free).tolist()]


KNOWLEDGE: dict[Arm, str] = {
    "none": "this optimiser without knowledge, choosing its starts: what those with knowledge are measured against",
    "true": "this optimiser with all knowledge: frozen score card and estimates, sister tables without common recipes, "
    "descriptors; on a table of your own what the spec knows",
    "open": "the same without what may rest on the very table",
    "card": "this optimiser with the score card alone",
    "estimates": "this optimiser with what a language model expected of 60 recipes, shown without values, alone",
    "campaigns": "this optimiser with sister tables alone",
    "descriptors": "this optimiser with descriptors alone",
    "shuffled": "the same as true said of exchanged components: the placebo",
    "inverted": "the same as true with every direction turned",
    "oracle": "this optimiser told the true values with a smooth error (correlation about 0.82): no knowledge, but "
    "what right knowledge would save",
    "oracle-weak": "the same with twice the error (correlation about 0.55)",
    "embeddings": "this optimiser with element vectors along principal directions, as KABO uses text embeddings",
}


def _informed(arm: Arm) -> Callable[[Setup], Search]:
    """This optimiser with an arm of knowledge; the sister tables are those of `EUTECTIC_DATA`."""

    def search(setup: Setup) -> Search:
        from eutectic.tools.source_term import judge_of

        terms = terms_for(setup.pool, arm, data_folder(), setup.seed)
        return Ours(setup.pool, setup.seed, setup.batch, setup.starts, terms, judge_of(terms) if terms else None)

    return search


def _weighted(setup: Setup) -> Search:
    """piBO with the same knowledge as `ours-true`."""
    terms = terms_for(setup.pool, "true", data_folder(), setup.seed)
    promise = np.zeros(len(setup.pool.rows))
    process = setup.pool.features[:, setup.pool.lattice.n_components :]
    for term in terms:
        promise += term.slope[0] * np.nan_to_num(term.scores(setup.pool.lattice.shares(setup.pool.rows), process))
    sign = 1.0 if setup.pool.direction == "maximize" else -1.0
    return PriorSearch(setup.pool, setup.seed, setup.starts or STARTS, sign * promise)


METHODS: dict[str, tuple[str, Callable[[Setup], Search]]] = {
    "random": ("uniform draws", lambda setup: RandomSearch(setup.pool, setup.seed)),
    "sobol": ("Sobol sequence on the simplex", lambda setup: SobolSearch(setup.pool, setup.seed)),
    "gp-logei": (
        "a GP as BoTorch fits it by default (RBF with ARD, dimension-scaled prior) on shares, LogEI, batches by "
        "kriging believer; written in NumPy",
        lambda setup: ProcessSearch(setup.pool, setup.seed, setup.starts or STARTS),
    ),
    "rf-ei": (
        "EI from the spread of 60 random-forest trees",
        lambda setup: ForestSearch(setup.pool, setup.seed, setup.starts or STARTS, "rf"),
    ),
    "et-ucb": (
        "mean plus 2 spreads of 100 extra trees",
        lambda setup: ForestSearch(setup.pool, setup.seed, setup.starts or STARTS, "et"),
    ),
    "kabo": (
        "KABO as released, as near as a pool allows: element vectors along five principal directions, one length, "
        "UCB 1.5",
        lambda setup: KaboSearch(setup.pool, setup.seed, setup.starts or STARTS),
    ),
    "pibo": ("gp-logei weighted by a prior that fades (piBO), with all knowledge", _weighted),
    "ours": (
        "this optimiser without knowledge",
        lambda setup: Ours(setup.pool, setup.seed, setup.batch, setup.starts),
    ),
    **{f"ours-{arm}": (about, _informed(arm)) for arm, about in KNOWLEDGE.items()},
}
if find_spec("baybe") is not None:
    METHODS["baybe"] = (
        "BayBE with its Botorch recommender and default surrogate",
        lambda setup: BaybeSearch(setup.pool, setup.seed, setup.starts or STARTS),
    )
if find_spec("ax") is not None:
    METHODS["ax"] = (
        "Ax with its default Gaussian process and acquisition, read at the recipes of the pool",
        lambda setup: AxSearch(setup.pool, setup.seed, setup.starts or STARTS),
    )
BASELINES = ("gp-logei", "rf-ei", "et-ucb")
"""The better of these on each table is what the others are measured against."""
ON_REQUEST = frozenset(
    f"ours-{arm}" for arm in ("card", "estimates", "campaigns", "descriptors", "oracle", "oracle-weak")
)
"""Methods that run only where they are named."""
OWN_STARTS = frozenset(f"ours-{arm}" for arm in KNOWLEDGE)
"""Methods that choose their starts themselves, as many as the others have: a quarter of them by what they know."""
