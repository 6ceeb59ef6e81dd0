"""What slopes of knowledge add to the density of measured values, each left out in turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.knowledge_term import Slopes

_LEAST = 6
"""Measured values below which nothing is said."""
_FREEDOM = 4


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
