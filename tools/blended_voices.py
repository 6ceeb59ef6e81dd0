"""Voices with knowledge beside voices without: what is measured next hears both, by how well knowledge foretold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.voices import Voices

_FIRST = 0.35
"""Say of knowledge before the campaign's own values tell anything of it."""
_LEAST, _MOST = 0.03, 0.9
"""Bounds of its say: neither is ever silent."""


@dataclass(frozen=True)
class BlendedVoices:
    """The voices of a property without knowledge and with it, and how much those with it count."""

    plain: Voices
    informed: Voices
    weight: float
    """Share of the say that those with knowledge have."""

    @property
    def process(self) -> ExactProcess:
        """The process without knowledge."""
        return self.plain.process

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weighted means of the means and of the standard deviations of recipes `N x d`, `N` each."""
        mean, sd = self.plain.moments(features)
        informed_mean, informed_sd = self.informed.moments(features)
        return (
            mean + self.weight * (informed_mean - mean),
            sd + self.weight * (informed_sd - sd),
        )

    def believing(self, features: FloatArray) -> BlendedVoices:
        """The same with recipes `q x d` taken to be measured at what both expect together."""
        means, _ = self.moments(features)
        return BlendedVoices(
            self.plain.believing(features, means), self.informed.believing(features, means), self.weight
        )


def weight_of(gain: float) -> float:
    """Share of the say of knowledge, from what it adds to the log density of left-out values, in nats.

    The log odds of two models of unequal prior chance, held to bounds.
    """
    odds = np.log(_FIRST / (1 - _FIRST)) + gain
    return float(np.clip(1 / (1 + np.exp(-np.clip(odds, -50, 50))), _LEAST, _MOST))
