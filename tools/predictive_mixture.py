"""What is predicted: a mixture over fitted and averaged length-scales, wide where values are few.

With a dozen values one fitted process is too sure of itself: `eutectic eval calibration` prints by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.settings_voice import SettingsVoice, settings_voice

_MOST = 300
"""Values up to which the length-scales are averaged over: with more they are known."""


class Part(NamedTuple):
    """One process and its share of the mixture."""

    process: ExactProcess
    share: float


class PredictiveMixture:
    """Processes with fitted hyper-parameters, each beside the average over settings of its own values."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Open it; the shares of the parts add up to one."""
        self._parts: list[tuple[ExactProcess, float]] = []
        for process, share in parts:
            voice: SettingsVoice | None = settings_voice(process) if len(process.features) <= _MOST else None
            if voice is None:
                self._parts.append((process, share))
            else:
                self._parts.append((process, share / 2))
                self._parts += [
                    (one, share / 2 * weight) for one, weight in zip(voice.processes, voice.weights, strict=True)
                ]
        self._widening = widening(int(parts[0].process.is_measured.sum()))

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property of recipes `N x d`, `N` each."""
        shares = np.array([share for _, share in self._parts])
        means, sds = (np.array(found) for found in zip(*(p.moments(features) for p, _ in self._parts), strict=True))
        mean = shares @ means
        return mean, self._widening * np.sqrt(shares @ (sds**2 + (means - mean) ** 2))


def widening(n: int) -> float:
    """Standard deviation of Student's t with `n - 1` degrees of freedom: the scale of `n` values is not known."""
    return float(((max(n, 4) - 1) / (max(n, 4) - 3)) ** 0.5)
