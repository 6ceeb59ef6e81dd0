"""The microstructure a law gives and the picture a simulated microscope takes of it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from math import exp, pi
from random import Random
from typing import NamedTuple, Protocol, runtime_checkable

from pydantic import Field, NonNegativeFloat, PositiveFloat

from eutectic.core.composition import Composition
from eutectic.core.record import Record
from eutectic.core.space import Value

_BRIGHT, _DARK = 175.0, 85.0
"""Grey levels of the two phases."""


class Microstructure(NamedTuple):
    """Two phases as a section shows them."""

    bright: float
    """Area share of the bright phase, 0 to 1."""
    size_um: float
    """Mean linear intercept of the bright phase."""


@runtime_checkable
class ShowsMicrostructure(Protocol):
    """A law that says what a section of a sample looks like."""

    def microstructure(self, composition: Composition, process: Mapping[str, Value]) -> Microstructure:
        """The two phases; the same input gives the same values."""
        ...


class MicrographSettings(Record):
    """A simulated microscope: one picture of each sample that is measured."""

    pixels: int = Field(default=256, ge=64, le=1024)
    """Width and height."""
    um_per_pixel: PositiveFloat = 0.05
    noise: NonNegativeFloat = 14.0
    """Standard deviation of a pixel in grey levels of 255."""


def picture(structure: Microstructure, settings: MicrographSettings, draws: Random) -> bytes:
    """A PNG of a random two-phase section; the same draws give the same bytes.

    Where a Gaussian random field with correlation `exp(-r^2 / 2 l^2)` lies above a level `u` is the bright phase. A
    line crosses the level `exp(-u^2 / 2) / (pi l)` times per length (Rice 1944,
    doi:10.1002/j.1538-7305.1944.tb00874.x), so that the mean intercept of the bright phase is
    `2 pi l share exp(u^2 / 2)`, which sets `l`.
    """
    import numpy as np
    from PIL import Image
    from scipy.ndimage import gaussian_filter
    from scipy.special import ndtri

    rng = np.random.default_rng(draws.getrandbits(64))
    side = settings.pixels
    share = min(max(structure.bright, 0.02), 0.98)
    level = float(ndtri(1 - share))
    correlation = structure.size_um / settings.um_per_pixel / (2 * pi * share * exp(level**2 / 2))
    field = gaussian_filter(rng.standard_normal((side, side)), max(correlation / 2**0.5, 0.3), mode="wrap")
    is_bright = field > np.quantile(field, 1 - share)
    clean = gaussian_filter(np.where(is_bright, _BRIGHT, _DARK), 0.7)
    grey = clean + settings.noise * rng.standard_normal((side, side))
    found = io.BytesIO()
    Image.fromarray(np.clip(np.round(grey), 0, 255).astype(np.uint8)).save(found, "PNG")
    return found.getvalue()
