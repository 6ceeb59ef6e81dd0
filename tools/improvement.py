"""Expected improvement of one objective in closed form, in logarithms, with recipes on their way believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from eutectic.tools.acquisition import Acquisition
from eutectic.tools.blended_voices import BlendedVoices
from eutectic.tools.encoding import FloatArray
from eutectic.tools.voices import Voices


@dataclass
class Improvement(Acquisition):
    """The acquisition of a campaign with one property to push up or down and no limit.

    It is that of the voices of the property's model together, which believe their common mean of what is on its way.
    The best is the best single measurement, not the best mean.
    """

    climb: ClassVar[tuple[int, int]] = (24, 64)

    voices: Voices | BlendedVoices = field(init=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """How much knowledge counts, where there is some."""
        if not isinstance(self.voices, BlendedVoices):
            return ()
        return (f"knowledge has {self.voices.weight:.0%} of the say in what is measured next",)

    def await_also(self, features: FloatArray) -> None:
        """Count recipes `q x d` as on their way."""
        if len(features):
            self.voices = self.voices.believing(features)

    def log_merit(self, features: FloatArray) -> FloatArray:
        """`N` logarithms of the expected improvement of each recipe `N x d`."""
        sign = self.goals.goals[0].sign
        low, high = self.voices.process.best
        mean, sd = self.voices.moments(features)
        return log_improvement(sign * mean, sd, high if sign > 0 else -low)

    def _build(self) -> None:
        self.voices = self.models[0].voices(self.seed, self.goals.goals[0].sign)


def log_improvement(mean: FloatArray, sd: FloatArray, best: float) -> FloatArray:
    """Logarithm of the expected improvement over `best`, stable far below it (Ament et al. 2023, arXiv:2310.20708)."""
    from scipy.special import erfcx

    sd = np.maximum(sd, 1e-9)
    u = (mean - best) / sd
    low = np.minimum(u, 0.0)
    ratio = np.sqrt(np.pi / 2) * erfcx(-low / np.sqrt(2)) * low
    tail = -0.5 * low**2 - 0.5 * np.log(2 * np.pi) + np.log(np.maximum(1.0 + ratio, 0.3 / (1.0 + low**2)))
    return np.asarray(np.log(sd) + np.where(u > -1, np.log(_plain(np.maximum(u, -1.0))), tail), dtype=np.float64)


def _plain(u: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) + u * ndtr(u), dtype=np.float64)
