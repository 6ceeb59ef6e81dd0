"""How much a batch is expected to gain over the best so far, as a share of the range of scores seen."""

from __future__ import annotations

import numpy as np

from eutectic.tools.acquisition import Acquisition
from eutectic.tools.encoding import FloatArray
from eutectic.tools.goals import pareto


def expected_gain(acquisition: Acquisition, batch: FloatArray) -> float:
    """Expected gain of measuring recipes `q x d`; with several objectives, of the hypervolume in the box of the range.

    Both the best so far and the batch are drawn jointly, so that noise in the best does not count as something to
    beat. Draws in which no measured recipe keeps the limits count from the worst score seen.
    """
    measured = len(acquisition.baseline)
    draws = acquisition.samples(np.vstack([acquisition.baseline, batch]), 128)
    scores, kept = acquisition.goals.scores(draws), acquisition.goals.kept(draws)
    means = scores[:, :measured].mean(axis=0)
    low = means.min(axis=0)
    span = np.maximum(means.max(axis=0) - low, 1e-6)
    unit = np.where(kept[..., None], np.maximum((scores - low) / span, 0.0), 0.0)
    if unit.shape[-1] == 1:
        before, after = unit[:, :measured, 0].max(axis=1), unit[..., 0].max(axis=1)
        return float((after - before).mean())
    gains = [_volume(draw) - _volume(draw[:measured]) for draw in unit[:48]]
    return float(np.mean(gains))


def _volume(scores: FloatArray) -> float:
    """The hypervolume of non-negative scores `N x k` over the origin."""
    front = scores[pareto(scores)]
    front = front[(front > 0).all(axis=1)]
    if not len(front):
        return 0.0
    import torch
    from botorch.utils.multi_objective.hypervolume import Hypervolume

    return float(
        Hypervolume(ref_point=torch.zeros(front.shape[1], dtype=torch.double)).compute(torch.from_numpy(front))
    )
