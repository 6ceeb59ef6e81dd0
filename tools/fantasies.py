"""A process with joint draws of what it does not know at some recipes, so that a batch is chosen in their light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.exact_process import ExactProcess


@dataclass(frozen=True)
class Fantasies:
    """A process and `S` joint draws of its noise-free values at `q` recipes, under each of which it foretells the rest.

    The draws are made one recipe after the other, each under those before it (Snoek et al. 2012, arXiv:1206.2944).
    """

    process: ExactProcess
    """Told of the recipes' values at their mean, without noise."""
    draws: FloatArray
    """`q x S`."""
    shifts: FloatArray
    """`(N + q) x S`: what each draw moves the process's weights by."""

    @classmethod
    def of(cls, process: ExactProcess, n: int) -> Fantasies:
        """`n` of them about no recipe yet."""
        return cls(process, np.zeros((0, n)), np.zeros((len(process.features), n)))

    def moments(self, features: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Means `M x S` and standard deviations `M` of the noise-free property."""
        means, sds, moved = self.process.shifted_moments(features, self.shifts)
        return means[:, None] + moved, sds

    def drawing(self, features: FloatArray, normals: FloatArray) -> Fantasies:
        """The same with draws at recipes `p x d` more, from standard normal numbers `p x S`."""
        process, drawn = self.process, []
        found = self
        for point, normal in zip(features, normals, strict=True):
            means, sds = found.moments(point[None])
            drawn = [*found.draws, means[0] + sds[0] * normal]
            process = found.process.believing(point[None], sure=True)
            off = np.zeros((len(process.features), found.draws.shape[1]))
            off[-len(drawn) :] = np.array(drawn) - process.standard[-len(drawn) :, None]
            found = Fantasies(process, np.array(drawn), process.weights_of(off))
        return found
