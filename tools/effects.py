"""What matters: how far each component and process variable moves a property, and which way."""

from __future__ import annotations

from typing import Literal

import numpy as np

from eutectic.core.record import Record, significant
from eutectic.tools.encoding import Encoder, FloatArray
from eutectic.tools.gaussian_process import PropertyModel

_PREDICTIONS = 6000
_CLEAR = 0.5
"""Correlation of the change in the factor with the change in the property from which a direction is named."""


class Effect(Record):
    """How much one component or process variable matters to one property."""

    property: str
    factor: str
    share: float
    """Share of the variation that the factors explain, 0 to 1; all factors of a property add up to 1."""
    direction: Literal["raises", "lowers", "mixed"]


def effects_of(model: PropertyModel, encoder: Encoder, features: FloatArray, seed: int) -> list[Effect]:
    """The effects of every factor on one property, the strongest first; use inside a `torch_scope`.

    Each factor of a measured recipe takes the value it has in another measured recipe; the mean squared change of the
    prediction is its weight. A component changes along the Cox direction: the others keep their proportions
    (Cox 1971, doi:10.1093/biomet/58.1.155).

    Args:
        model: The fitted property.
        encoder: What made the features.
        features: `N x d` measured recipes.
        seed: For the draw of pairs.
    """
    groups = encoder.groups
    n_components = len(encoder.space.components)
    rng = np.random.default_rng(seed)
    pairs = max(60, min(400, _PREDICTIONS // len(groups)))
    base = features[rng.integers(len(features), size=pairs)]
    other = features[rng.integers(len(features), size=pairs)]
    before, _ = model.standard(base)
    weights, directions = [], []
    for place, (_, columns) in enumerate(groups):
        moved = base.copy()
        moved[:, columns] = other[:, columns]
        if place < n_components:
            moved[:, :n_components] = _along_cox(encoder, base, other, place)
        change = model.standard(moved)[0] - before
        weights.append(float((change**2).mean()))
        step = moved[:, columns[0]] - base[:, columns[0]]
        directions.append(_direction(step, change) if len(columns) == 1 else 0.0)
    total = sum(weights)
    found = [
        Effect(
            property=model.property,
            factor=name,
            share=significant(weight / total) if total > 1e-12 else 0.0,
            direction="raises" if way > _CLEAR else "lowers" if way < -_CLEAR else "mixed",
        )
        for (name, _), weight, way in zip(groups, weights, directions, strict=True)
    ]
    return sorted(found, key=lambda effect: -effect.share)


def _along_cox(encoder: Encoder, base: FloatArray, other: FloatArray, place: int) -> FloatArray:
    """Component features of `base` with one share taken from `other` and the rest rescaled in proportion."""
    shares = encoder.shares(base)
    wanted = encoder.shares(other)[:, place]
    rest = np.delete(shares, place, axis=1)
    room = rest.sum(axis=1)
    mean = rest.mean(axis=0) + 1e-9
    proportions = np.where(room[:, None] > 1e-6, rest / np.maximum(room, 1e-6)[:, None], mean / mean.sum())
    moved = np.insert(proportions * (1 - wanted)[:, None], place, wanted, axis=1)
    return encoder.scaled(moved)


def _direction(step: FloatArray, change: FloatArray) -> float:
    """Correlation through the origin of the steps with the changes."""
    size = float(np.sqrt((step**2).sum() * (change**2).sum()))
    return float((step * change).sum()) / size if size > 0 else 0.0
