"""A term made of an earlier campaign or a public table: what a model of it expects of the recipes of this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eutectic.tools.descriptors import component_amounts, element_matrix
from eutectic.tools.source_term import SourceTerm, standard_term
from eutectic.tools.warp import fit_warp

FloatArray = NDArray[np.float64]
_SLOPE_SD = 0.5
_SLOPE_PER_SKILL = 0.5
"""What a source foretells of its own system it foretells by half of another one, as far as anybody knows beforehand."""
_FOLDS = 5
_TREES = 100
_LEAST = 8
"""Recipes an earlier table must hold."""


def campaign_term(
    name: str,
    property: str,
    source: tuple[Sequence[str], FloatArray, FloatArray],
    components: Sequence[str],
    shares: FloatArray,
    process: FloatArray,
) -> SourceTerm | str:
    """A term of the mean of an ExtraTrees model of the source, or the reason why there is none.

    Features are the shares of the components that both have and, where all components are made of elements, the mean
    learned element vector, by which a component the source never had is judged by its likes.

    Args:
        name: Of the source.
        property: Objective it speaks of.
        source: Its components, shares `M x c` and values `M`; recipes that the campaign could measure itself may stand
            among them (`without_overlap` takes them out where that would be cheating).
        components: Of this campaign, in order.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    theirs, their_shares, values = source
    common = [c for c in components if c in theirs]
    if len(common) < 2:
        return f"shares fewer than two components with this campaign ({', '.join(theirs)})"
    if len(values) < _LEAST:
        return f"holds {len(values)} recipes; {_LEAST} are needed"
    from sklearn.ensemble import ExtraTreesRegressor

    encode = _encoder(common, theirs, components)
    standard = fit_warp(values).forward(values)
    model = ExtraTreesRegressor(_TREES, min_samples_leaf=3, random_state=0, n_jobs=1)
    skill = _skill(model, encode(their_shares, theirs), standard)
    model.fit(encode(their_shares, theirs), standard)
    cache: dict[bytes, float] = {}

    def expected(some: FloatArray, _: FloatArray) -> FloatArray:
        keys = [row.tobytes() for row in np.ascontiguousarray(some)]
        new = [i for i, key in enumerate(keys) if key not in cache]
        if new:
            found = model.predict(encode(some[new], components))
            cache.update((keys[i], float(value)) for i, value in zip(new, found, strict=True))
        return np.array([cache[key] for key in keys])

    about = f"{len(values)} recipes of {'-'.join(theirs)}; {len(common)} components in common; skill {skill:.2f}"
    slope = (_SLOPE_PER_SKILL * max(skill, 0.0), _SLOPE_SD)
    term = SourceTerm(f"campaigns: {name} on {property}", "campaigns", property, slope, expected, 0.0, 1.0, about)
    return standard_term(term, shares, process) or "does not tell the recipes of this space apart"


def _skill(model: Any, features: FloatArray, standard: FloatArray) -> float:
    """Correlation of what the model predicts for recipes left out with what was measured: the slope's prior mean."""
    from sklearn.model_selection import KFold, cross_val_predict

    folds = KFold(min(_FOLDS, len(standard)), shuffle=True, random_state=0)
    found = np.asarray(cross_val_predict(model, features, standard, cv=folds), dtype=np.float64)
    if float(found.std()) < 1e-9 or float(standard.std()) < 1e-9:
        return 0.0
    return float(np.corrcoef(found, standard)[0, 1])


def without_overlap(
    source: tuple[Sequence[str], FloatArray, FloatArray], components: Sequence[str]
) -> tuple[Sequence[str], FloatArray, FloatArray]:
    """The source without recipes made only of components that the campaign has too: it could measure those itself."""
    theirs, shares, values = source
    foreign = [i for i, c in enumerate(theirs) if c not in components]
    kept = shares[:, foreign].sum(axis=1) > 1e-9 if foreign else np.zeros(len(values), dtype=np.bool_)
    return theirs, shares[kept], values[kept]


class _Encode:
    """Features of recipes of either set of components."""

    def __init__(self, common: Sequence[str], vectors: dict[str, FloatArray] | None) -> None:
        self._common, self._vectors = list(common), vectors

    def __call__(self, shares: FloatArray, components: Sequence[str]) -> FloatArray:
        places = [list(components).index(c) for c in self._common]
        parts = [shares[:, places], shares[:, places].sum(axis=1, keepdims=True)]
        if self._vectors is not None:
            parts.append(shares @ np.array([self._vectors[c] for c in components]))
        return np.hstack(parts)


def _encoder(common: Sequence[str], theirs: Sequence[str], ours: Sequence[str]) -> _Encode:
    amounts = component_amounts([*theirs, *ours])
    if any(item is None for item in amounts.values()):
        return _Encode(common, None)
    vectors = {name: element_matrix(item) for name, item in amounts.items() if item is not None}
    return _Encode(common, vectors if all(v is not None for v in vectors.values()) else None)  # type: ignore[arg-type]
