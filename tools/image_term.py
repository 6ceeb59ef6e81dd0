"""Terms made of microstructure images: what a model of each measure over the recipes expects of recipes without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.tools.claim_term import Unused
from eutectic.tools.quick_gp import QuickGP, quick_gp
from eutectic.tools.source_term import SourceTerm, standard_term

FloatArray = NDArray[np.float64]
LEAST_IMAGES = 6
"""Images below which a measure says nothing."""
_LEAST_SKILL = 0.3
"""Correlation of left-out images with what the others foretell, below which the recipe does not decide the measure."""
_MOST = 300
_SLOPE = (0.0, 0.5)
"""No direction is known: the campaign's own values find it."""
_SAME = 1e-6


class Seen(NamedTuple):
    """The images of a campaign, `N`, one row for each trial."""

    shares: FloatArray
    """`N x n`."""
    process: FloatArray
    """`N x q` process columns of the encoder."""
    rounds: NDArray[np.int64]
    measures: dict[str, FloatArray]
    """`N` values by name, in any unit."""


@dataclass(frozen=True)
class _Foretold:
    """A process over recipes that was fitted on the images; at a recipe with an image, what the others foretell."""

    model: QuickGP
    scale: FloatArray
    """Of the columns."""
    left_out: FloatArray

    def __call__(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        """`N` expected measures, standard over the images."""
        from scipy.spatial.distance import cdist

        some = np.hstack([shares, process]) / self.scale
        nothing = np.zeros((len(some), 0))
        found, _ = self.model.predict(some, nothing)
        apart = cdist(some, self.model.features, "chebyshev")
        nearest = apart.argmin(axis=1)
        own = apart[np.arange(len(some)), nearest] < _SAME
        return np.where(own, self.left_out[nearest], found)


def image_terms(
    properties: Sequence[str], seen: Seen, shares: FloatArray, process: FloatArray
) -> tuple[list[SourceTerm], list[Unused]]:
    """A term for each measure and property, and which measures say nothing.

    Microstructure is an auxiliary output: it is measured beside the property and modelled over the recipes by a process
    of its own, whose mean is the score. At a recipe with an image the score is what the other images foretell
    (Rasmussen and Williams 2006, equation 5.12), so that the slope is learned from scores as good as those of recipes
    without one. The meter's scores of a round rest on images of earlier rounds alone.

    Args:
        properties: Of the objectives.
        seen: Images so far.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    found: list[SourceTerm] = []
    unused: list[Unused] = []
    for name, values in seen.measures.items():
        model = _model(seen, values)
        if isinstance(model, str):
            unused.append(Unused(f"images: {name}", model))
            continue
        for property in properties:
            about = f"{len(values)} images"
            raw = SourceTerm(f"images: {name} on {property}", "images", property, _SLOPE, model, 0.0, 1.0, about)
            term = standard_term(raw, shares, process)
            if term is None:
                unused.append(Unused(raw.name, "the same for every recipe"))
                continue
            found.append(replace(term, before=_Earlier(term, seen, values, model)))
    return found, unused


@dataclass(frozen=True)
class _Earlier:
    """A term as it stood before a round, with the hyper-parameters of today."""

    term: SourceTerm
    seen: Seen
    values: FloatArray
    of: _Foretold

    def __call__(self, number: int) -> SourceTerm | None:
        """The term of the images of rounds before `number`; None while they are too few."""
        earlier = self.seen.rounds < number
        if int(earlier.sum()) < LEAST_IMAGES:
            return None
        model = _fitted(_plain(self.seen)[earlier], self.values[earlier], self.of.scale, self.of.model)
        return None if isinstance(model, str) else replace(self.term, raw=model, before=None)


def _model(seen: Seen, values: FloatArray) -> _Foretold | str:
    if len(values) < LEAST_IMAGES:
        return f"{len(values)} images; {LEAST_IMAGES} are needed"
    last = np.argsort(seen.rounds, kind="stable")[-_MOST:]
    plain = _plain(seen)[last]
    n = seen.shares.shape[1]
    widest = max(float(np.ptp(plain[:, :n], axis=0).max()), 1e-6)
    scale = np.append(np.full(n, widest), np.ones(plain.shape[1] - n))
    found = _fitted(plain, values[last], scale)
    if isinstance(found, str):
        return found
    skill = _correlation(found.left_out, values[last])
    if skill < _LEAST_SKILL:
        return f"the recipe does not tell it: left-out images are foretold with a correlation of {skill:.2f}"
    return found


def _plain(seen: Seen) -> FloatArray:
    return np.hstack([seen.shares, seen.process])


def _fitted(plain: FloatArray, values: FloatArray, scale: FloatArray, like: QuickGP | None = None) -> _Foretold | str:
    spread = float(values.std())
    if spread < 1e-9:
        return "the same in every image"
    standard = (values - values.mean()) / spread
    kernel = None if like is None else like.kernel
    try:
        model = quick_gp(plain / scale, standard, np.zeros((len(plain), 0)), (), kernel)
    except ArithmeticError as error:
        return f"no model of it: {error}"
    root = np.linalg.inv(model.factor)
    return _Foretold(model, scale, standard - model.weights / (root**2).sum(axis=0))


def _correlation(one: FloatArray, other: FloatArray) -> float:
    if float(one.std()) < 1e-12 or float(other.std()) < 1e-12:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
