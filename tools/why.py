"""Proposals with their predictions and one truthful line on why they are worth measuring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eutectic.core.objective import Objective
from eutectic.core.optimizer import Proposal
from eutectic.core.record import significant
from eutectic.core.trial import Prediction, Purpose
from eutectic.tools.batch import Batch
from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.incumbent import Measured
from eutectic.tools.lattice import IntArray
from eutectic.tools.sampling import Domain

_MOST_WORDS = 300


@dataclass(frozen=True)
class Explainer:
    """Turns chosen rows into proposals; use inside a `torch_scope`."""

    objectives: Sequence[Objective]
    domain: Domain
    measured: Measured
    batch: Batch

    def proposals(self) -> list[Proposal]:
        """The batch and its alternatives, in order."""
        rows = self.batch.rows
        if not len(rows):
            return []
        predictions = self._predictions(rows)
        features = self.domain.encoder.rows(self.domain.lattice, rows)
        chances = self.batch.survival.chance(features)
        found = []
        for i, row in enumerate(rows):
            words = [
                self._expected(predictions[i]),
                self._aim(features[i]),
                *self._risks(features[i], float(chances[i])),
            ]
            merit = significant(float(np.exp(np.clip(self.batch.log_merits[i], -200, 50))))
            purpose: Purpose = "screen" if self.batch.is_screen[i] else "data"
            words = ["screened first, tested if that pays", *words] if purpose == "screen" else words
            found.append(self._proposal(row, purpose, predictions[i], "; ".join(words), merit))
        return found

    def calibrations(self, rows: IntArray) -> list[Proposal]:
        """Screens of rows that were tested."""
        words = "screens a recipe that was tested: tells what the screen is worth"
        predictions = self._predictions(rows)
        return [self._proposal(row, "screen", one, words, None) for row, one in zip(rows, predictions, strict=True)]

    def replicates(self, rows: IntArray) -> list[Proposal]:
        """Proposals that repeat measured rows."""
        found = []
        for row, predictions in zip(rows, self._predictions(rows), strict=True):
            place = next(i for i, other in enumerate(self.measured.rows) if (other == row).all())
            times = int(self.measured.counts[place])
            rank = "the best trial" if place == 0 else f"trial number {place + 1} by value"
            words = f"repeats {rank} so far (measured {times} time{'s' * (times > 1)}) to tell the noise"
            found.append(self._proposal(row, "replicate", predictions, words, None))
        return found

    def _proposal(
        self, row: IntArray, purpose: Purpose, predictions: tuple[Prediction, ...], why: str, merit: float | None
    ) -> Proposal:
        composition, process = self.domain.lattice.recipe(row)
        return Proposal(
            composition=composition,
            process=process,
            purpose=purpose,
            source="optimizer",
            predictions=predictions,
            merit=merit,
            why=why[:_MOST_WORDS],
        )

    def _predictions(self, rows: IntArray) -> list[tuple[Prediction, ...]]:
        features = self.domain.encoder.rows(self.domain.lattice, rows)
        columns = []
        for objective, model in zip(self.objectives, self._models, strict=True):
            mean, sd = model.predict(features)
            columns.append(
                [
                    Prediction(property=objective.property, mean=significant(float(m)), sd=significant(float(s)))
                    for m, s in zip(mean, sd, strict=True)
                ]
            )
        return list(zip(*columns, strict=True)) if len(rows) else []

    @property
    def _models(self) -> Sequence[PropertyModel]:
        return self.batch.acquisition.models

    def _expected(self, predictions: tuple[Prediction, ...]) -> str:
        units = {objective.property: objective.unit for objective in self.objectives}
        parts = []
        for p in predictions:
            unit = "" if units[p.property] == "1" else f" {units[p.property]}"
            parts.append(f"{p.property} {p.mean:.3g} +- {p.sd:.2g}{unit}")
        return ", ".join(parts) + " expected"

    def _aim(self, features: FloatArray) -> str:
        """The best so far, and how much of the merit comes from what is not known."""
        pushed = [j for j, objective in enumerate(self.objectives) if objective.role == "optimize"]
        if len(pushed) > 1:
            return "may add to the best trade-offs so far"
        j = pushed[0]
        best = float(self.measured.means[0, j])
        model = self._models[j]
        score = np.vectorize(self.objectives[j].score)
        mean, sd = (float(value[0]) for value in model.standard(features[None, :]))
        nodes, weights = np.polynomial.hermite_e.hermegauss(40)
        gains = np.maximum(score(model.warp.inverse(mean + sd * nodes)) - self.objectives[j].score(best), 0.0)
        whole = float(gains @ weights / weights.sum())
        known = max(float(score(model.warp.inverse(np.array([mean])))[0]) - self.objectives[j].score(best), 0.0)
        share = 100 if whole <= 0 else round(100 * (1 - min(1.0, known / whole)))
        kept = "best so far" if self.measured.is_kept[0] else "best so far breaks a limit,"
        return f"{kept} {best:.3g}; {share}% of its worth is exploration"

    def _risks(self, features: FloatArray, chance: float) -> list[str]:
        words = []
        if self.batch.acquisition.goals.limits:
            draws = self.batch.acquisition.samples(features[None, :])
            words.append(
                f"{round(100 * float(self.batch.acquisition.goals.kept(draws).mean()))}% sure to keep the limits"
            )
        if chance < 0.95:
            words.append(f"{round(100 * chance)}% chance to give a value")
        return words
