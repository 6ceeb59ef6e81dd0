"""What a recipe is worth measuring: noisy expected improvement of one objective, of the hypervolume of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.goals import Goals, goals_of, reference_point
from eutectic.tools.torch_scope import tensor

_SAMPLES_ONE, _SAMPLES_MANY = 128, 64
_MOST_BASELINE = 50
_MOST_HYPERVOLUME = 3
"""Objectives up to which the hypervolume is used; beyond, random Chebyshev scalarisations (ParEGO)."""


@dataclass
class Acquisition:
    """Scores recipes given what is measured and what is already on its way; use inside a `torch_scope`."""

    models: Sequence[PropertyModel]
    goals: Goals
    baseline: FloatArray
    """`B x d` features of measured recipes that may be the best."""
    reference: FloatArray
    seed: int

    climb: ClassVar[tuple[int, int]] = (8, 24)
    """Rounds and moves of a round in which recipes are improved: each merit here is a mean over draws, and costs."""

    def __post_init__(self) -> None:
        self._pending = np.zeros((0, self.baseline.shape[1]))
        self._rng = np.random.default_rng(self.seed)
        self._build()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of how it chooses."""
        return ()

    @cached_property
    def _joint(self) -> Any:
        return _joint(self.models)

    def await_also(self, features: FloatArray) -> None:
        """Count recipes `q x d` as on their way."""
        self._pending = np.vstack([self._pending, features])
        if len(self.goals.goals) > _MOST_HYPERVOLUME:
            self._build()
        elif len(self._pending):
            self._function.set_X_pending(tensor(self._pending))

    def log_merit(self, features: FloatArray) -> FloatArray:
        """`N` logarithms of the expected improvement of each recipe `N x d`."""
        import torch

        training = max(len(model.process.standard) for model in self.models)
        size = max(16, min(512, int(3e6 // ((training + 1) * (len(self.baseline) ** 0.5 + 4 + len(self._pending))))))
        parts = [np.zeros(0)]
        with torch.no_grad():
            for start in range(0, len(features), size):
                parts.append(self._function(tensor(features[start : start + size])[:, None, :]).numpy().ravel())
        return np.nan_to_num(np.concatenate(parts), nan=-1e9, neginf=-1e9)

    def samples(self, features: FloatArray, n: int = 256) -> FloatArray:
        """Joint draws `n x N x m` of the noise-free outputs at recipes `N x d`."""
        import torch
        from botorch.sampling.normal import SobolQMCNormalSampler

        sampler = SobolQMCNormalSampler(torch.Size([n]), seed=self.seed)
        with torch.no_grad():
            draws: FloatArray = sampler(self._joint.posterior(tensor(features))).numpy()
        return draws

    def _build(self) -> None:
        import torch
        from botorch.sampling.normal import SobolQMCNormalSampler

        many = 1 < len(self.goals.goals) <= _MOST_HYPERVOLUME
        sampler = SobolQMCNormalSampler(torch.Size([_SAMPLES_MANY if many else _SAMPLES_ONE]), seed=self.seed)
        build = self._hypervolume if many else self._improvement
        self._function = build(sampler)
        if len(self._pending):
            self._function.set_X_pending(tensor(self._pending))

    def _improvement(self, sampler: Any) -> Any:
        """Log noisy expected improvement: Ament et al. 2023, arXiv:2310.20708."""
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.objective import GenericMCObjective

        score = self._chebyshev() if len(self.goals.goals) > 1 else self.goals.goals[0].score
        return qLogNoisyExpectedImprovement(
            model=self._joint,
            X_baseline=tensor(self.baseline),
            sampler=sampler,
            objective=GenericMCObjective(lambda values, X=None: score(values)),
            constraints=self.goals.constraints,
            prune_baseline=True,
            cache_root=True,
        )

    def _hypervolume(self, sampler: Any) -> Any:
        """Log noisy expected hypervolume improvement: Daulton et al. 2021, arXiv:2105.08195."""
        import torch
        from botorch.acquisition.multi_objective import logei
        from botorch.acquisition.multi_objective.objective import GenericMCMultiOutputObjective

        # BoTorch 0.18 else compiles a C++ kernel at first use: a minute, a compiler, and other last digits without one.
        logei._load_attempted = True

        goals = self.goals.goals
        return logei.qLogNoisyExpectedHypervolumeImprovement(
            model=self._joint,
            ref_point=self.reference.tolist(),
            X_baseline=tensor(self.baseline),
            sampler=sampler,
            objective=GenericMCMultiOutputObjective(
                lambda values, X=None: torch.stack([goal.score(values) for goal in goals], dim=-1)
            ),
            constraints=self.goals.constraints,
            prune_baseline=True,
            cache_root=True,
        )

    def _chebyshev(self) -> Any:
        """A random augmented Chebyshev scalarisation: Knowles 2006, doi:10.1109/TEVC.2005.851274."""
        import torch

        goals = self.goals.goals
        weights = tensor(self._rng.dirichlet(np.ones(len(goals))))

        def score(values: Any) -> Any:
            weighted = torch.stack([goal.score(values) for goal in goals], dim=-1) * weights
            return weighted.min(dim=-1).values + 0.05 * weighted.sum(dim=-1)

        return score


def has_voices(objectives: Sequence[Objective]) -> bool:
    """Whether the voices of one property decide what is measured: one to push up or down and no limit."""
    if len(objectives) != 1 or objectives[0].role != "optimize":
        return False
    only = objectives[0]
    return only.direction != "target" and (only.at_most if only.direction == "maximize" else only.at_least) is None


def acquisition_of(
    objectives: Sequence[Objective], models: Sequence[PropertyModel], features: FloatArray, seed: int
) -> Acquisition:
    """The acquisition for models in the order of the objectives and measured recipes `N x d`, `N >= 1`."""
    goals = goals_of(objectives, models)
    features = np.unique(features, axis=0)
    means = np.column_stack([model.standard(features)[0] for model in models])
    scores = goals.scores(means)
    kept = goals.kept(means)
    reference = reference_point(scores[kept] if kept.any() else scores, [goal.threshold for goal in goals.goals])
    rank = scores.sum(axis=1) + np.where(kept, 0.0, -1e3)
    best = np.sort(np.argsort(-rank, kind="stable")[:_MOST_BASELINE])
    if len(goals.goals) == 1 and not goals.limits and goals.goals[0].target is None:
        from eutectic.tools.improvement import Improvement

        return Improvement(models, goals, features[best], reference, seed)
    if len(goals.goals) == 2 and not goals.limits:
        from eutectic.tools.front_improvement import FrontImprovement

        return FrontImprovement(models, goals, features[best], reference, seed, features)
    return Acquisition(models, goals, features[best], reference, seed)


def _joint(models: Sequence[PropertyModel]) -> Any:
    from botorch.models import ModelListGP

    return models[0].model if len(models) == 1 else ModelListGP(*(model.model for model in models))
