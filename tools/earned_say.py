"""Which knowledge has earned a say: that which foretells the better half of the measured values when each is left out.

A source can be right about the landscape and wrong about its top: a score that rises with the property almost
everywhere has the evidence for it, yet the best recipes lie elsewhere and it leads away from them. So evidence over all
values does not let a source steer; what it adds where the search is going does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.gaussian_process import PropertyModel
from eutectic.tools.knowledge_term import KnowledgeTerm, Slopes, slopes_of

_LEAST = 6
"""Measured values below which nothing is earned."""
_NEEDED = float(np.log(3.0))
_FREEDOM = 4


def earned(
    objectives: Sequence[Objective], models: Mapping[str, PropertyModel], terms: Sequence[KnowledgeTerm]
) -> frozenset[str]:
    """Names of the terms that have earned a say.

    Args:
        objectives: Of the campaign.
        models: Of each property, fitted without any term, all terms standing behind the plain columns.
        terms: All of them, in column order.
    """
    signs = {"maximize": 1.0, "minimize": -1.0, "target": 0.0}
    found = set()
    for objective in objectives:
        model = models.get(objective.property)
        if model is None or model.note:
            continue
        slopes = slopes_of(terms, objective.property, model.process.slopes.n_plain)
        towards = signs[objective.direction] if objective.role == "optimize" else 0.0
        for i, column in enumerate(slopes.columns):
            one = Slopes(slopes.n_plain, (column,), (slopes.means[i],), (slopes.sds[i],))
            if left_out_gain(model.process, one, towards) > _NEEDED:
                found.add(terms[column - slopes.n_plain].name)
    return frozenset(found)


def left_out_gain(process: ExactProcess, slopes: Slopes, towards: float) -> float:
    """Log density of left-out values with the slopes less that without, hyper-parameters held, summed, in nats.

    Rasmussen and Williams 2006, equations 5.10 to 5.12; with heavy tails, so that one outlier does not decide.

    Args:
        process: Fitted without them.
        slopes: To add.
        towards: 1 where the greater half of the values counts, -1 where the lesser, 0 where all.
    """
    counts = process.is_measured.copy()
    if int(counts.sum()) < _LEAST:
        return 0.0
    if towards:
        better = process.standard * towards
        counts &= better >= np.median(better[counts])
    plain = replace(process, slopes=Slopes(slopes.n_plain))
    gain = _densities(replace(process, slopes=slopes)) - _densities(plain)
    return float(gain[counts].sum())


def _densities(process: ExactProcess) -> FloatArray:
    """`N` log densities of the values, each from all the others, about the generalised least-squares mean."""
    from scipy.stats import t

    plain = process.features[:, : process.slopes.n_plain]
    noise = process.kernel.noise * np.eye(len(plain))
    precision = np.linalg.inv(process.kernel.between(plain, plain) + process.beside_kernel + noise)
    off = process.standard - process.slope_means
    weights = precision @ (off - precision.sum(axis=0) @ off / precision.sum())
    spread = np.diag(precision) ** -0.5
    return np.asarray(t.logpdf(weights * spread**2, _FREEDOM, scale=spread), dtype=np.float64)
