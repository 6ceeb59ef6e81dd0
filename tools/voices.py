"""Voices: a few surrogates that read the same measurements differently, whose mean and uncertainty are averaged.

None is best on every landscape, and how well each predicts the campaign's own left-out values does not tell which will
be. `docs/optimiser-equations.md` says what the average saved in replays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.forest import ForestVoice, fit_forest
from eutectic.tools.kernel_fit import Family, NoisePrior, fit_kernel
from eutectic.tools.settings_voice import SettingsVoice, settings_voice

_MOST = 300
"""Measurements up to which others are asked beside the process itself: with more of them they say the same."""
_LEAST = 4
_STALE = 1 / 12
"""Share of its values by which what is believed may grow before the forest is fitted anew."""


class Voice(Protocol):
    """One surrogate of the standardised property."""

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of the noise-free property of recipes `N x d`, `N` each."""
        ...


@dataclass(frozen=True)
class ProcessVoice:
    """A process and how it reads recipes."""

    process: ExactProcess
    rooted: int = 0
    """How many of the first columns it reads by their roots, by which small shares count for more."""

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation of recipes `N x d`, `N` each."""
        return self.process.moments(_read(features, self.rooted))

    def believing(self, features: FloatArray, means: FloatArray) -> ProcessVoice:
        """The same with recipes `q x d` taken to be measured at `q` values."""
        return replace(self, process=self.process.believing(_read(features, self.rooted), means))


@dataclass(frozen=True)
class Voices:
    """The process of a property, the processes and the forest beside it."""

    process: ExactProcess
    others: tuple[ProcessVoice | SettingsVoice, ...] = ()
    forest: ForestVoice | None = None

    @property
    def every(self) -> tuple[Voice, ...]:
        """All of them."""
        return (ProcessVoice(self.process), *self.others, *(() if self.forest is None else (self.forest,)))

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Means of the means and of the standard deviations of recipes `N x d`, `N` each."""
        means, sds = zip(*(voice.moments(features) for voice in self.every), strict=True)
        return np.mean(means, axis=0), np.mean(sds, axis=0)

    def believing(self, features: FloatArray, means: FloatArray | None = None) -> Voices:
        """The same with recipes `q x d` taken to be measured at `q` values, without them at what the voices expect."""
        means = self.moments(features)[0] if means is None else means
        process = self.process.believing(features, means)
        others = tuple(other.believing(features, means) for other in self.others)
        return Voices(process, others, None if self.forest is None else _kept_up(self.forest, process))


def voices_of(process: ExactProcess, prior: NoisePrior, n_shares: int | None, seed: int | None) -> Voices:
    """The process, one on roots, a very smooth one, one of one length-scale, a forest; one whose fit fails has no say.

    Args:
        process: Fitted.
        prior: On the noise.
        n_shares: How many of the first columns are shares of components; all the plain ones where None.
        seed: Of the forest; no forest where None.
    """
    measured = int(process.is_measured.sum())
    if measured < _LEAST or len(process.features) > _MOST:
        return Voices(process)
    shares = process.slopes.n_plain if n_shares is None else n_shares
    tried = (
        _refitted(process, prior, shares, shares, "matern"),
        _refitted(process, prior, 0, 0, "gaussian"),
        settings_voice(process),
    )
    forest = None if seed is None else fit_forest(process, seed)
    return Voices(process, tuple(voice for voice in tried if voice is not None), forest)


def _kept_up(forest: ForestVoice, process: ExactProcess) -> ForestVoice:
    known = int(process.is_measured.sum())
    return fit_forest(process, forest.seed) if known > forest.seen * (1 + _STALE) else forest


def _refitted(process: ExactProcess, prior: NoisePrior, rooted: int, alike: int, family: Family) -> ProcessVoice | None:
    """The process with another reading or kernel; `alike` is how many of the first length-scales are drawn together."""
    read = replace(process, features=_read(process.features, rooted))
    plain = read.features[:, : read.slopes.n_plain]
    try:
        kernel = fit_kernel(plain, read.standard - read.slope_means, prior, read.beside_kernel, alike, family)
    except ArithmeticError:
        return None
    return ProcessVoice(replace(read, kernel=kernel), rooted)


def _read(features: FloatArray, rooted: int) -> FloatArray:
    if not rooted:
        return features
    return np.hstack([np.sqrt(np.maximum(features[:, :rooted], 0.0)), features[:, rooted:]])
