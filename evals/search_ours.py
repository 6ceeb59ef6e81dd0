"""The optimiser itself, let loose on a pool: the code that runs a campaign, with the pool as its space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.evals.pools import Pool
from eutectic.tools.knowledge_term import Judge, KnowledgeTerm
from eutectic.tools.optimizer_bayes import BayesOptimizer


class Ours:
    """A campaign on a pool in batches, with or without knowledge terms on a property `y` to be maximised."""

    def __init__(
        self,
        pool: Pool,
        seed: int,
        batch: int,
        starts: int = 0,
        terms: Sequence[KnowledgeTerm] = (),
        judge: Judge | None = None,
    ) -> None:
        """Open it; with `starts`, so many trials come before the surrogate decides."""
        self._pool = pool
        domain = pool.domain()
        if terms:
            domain = replace(domain, encoder=replace(domain.encoder, terms=tuple(terms)))
        self._optimizer = BayesOptimizer(_spec(pool, seed, batch, starts), terms, judge, domain)
        self._place = {row.tobytes(): i for i, row in enumerate(pool.rows)}
        self._round = 0

    def ask(self, n: int) -> list[int]:
        """Places of the optimiser's next batch."""
        self._round += 1
        batch = self._optimizer.ask(n, round=self._round).batch
        lattice = self._pool.lattice
        return [self._place[lattice.nearest(item.composition, item.process).tobytes()] for item in batch]

    def tell(self, places: Sequence[int], values: Sequence[float]) -> None:
        """Hand on the measurements in the pool's own direction."""
        sign = 1.0 if self._pool.direction == "maximize" else -1.0
        told = []
        for slot, (place, value) in enumerate(zip(places, values, strict=True)):
            composition, process = self._pool.lattice.recipe(self._pool.rows[place])
            told.append(
                Observation(
                    trial=f"r{self._round + 1:02d}-s{slot:02d}",
                    composition=composition,
                    process=process,
                    measurements=(Measurement(property="y", unit=self._pool.unit, value=sign * value),),
                    simulated=True,
                )
            )
        self._optimizer.tell(told)


def _spec(pool: Pool, seed: int, batch: int, starts: int) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "bench",
            "goal": "the best of the pool",
            "space": pool.lattice.space,
            "objectives": [{"property": "y", "unit": pool.unit, "direction": pool.direction}],
            "budget": {"experiments": 1000},
            "batch": batch,
            "optimizer": {"replicates": 0, "initial": starts or None},
            "seed": seed,
        }
    )
