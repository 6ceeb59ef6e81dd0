"""Made readings of instruments that drift, jump and fail, with the truth: cases the model was chosen by, and others."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eutectic.tools.drift import Reading

REFERENCE = "reference"
_LEVEL = 1.5


@dataclass(frozen=True)
class Case:
    """An instrument and what is measured with it; relative sizes are those of one reading."""

    noise: float = 0.03
    batch: float = 0.01
    """Standard deviation of the part of the shift that is a round's own."""
    drift: float = 0.0
    """Change per round."""
    walk: float = 0.0
    jump_rate: float = 0.0
    jump_sd: float = 0.15
    outlier_rate: float = 0.0
    course: Callable[[int], float] | None = None
    """A further shift by round."""
    draw: Callable[[np.random.Generator], float] | None = None
    """Noise of unit variance; normal without."""
    rounds: int = 20
    data: int = 5
    """Readings a round beside the reference."""
    every: int = 1
    """Rounds from one reference to the next."""
    spread: float = 0.2
    """Standard deviation of the true values of recipes."""
    is_predicted: bool = False
    """Whether recipes are chosen by a surrogate, which promises too much."""
    is_signed: bool = False
    """Whether values are of both signs, and shifts differences."""
    certified: float | None = None
    """How far the instrument is off from the start, where the reference has a known value."""

    @property
    def is_normal(self) -> bool:
        """Whether the noise is; of other noise 50 % intervals of exact width hold another share (uniform: 39 %)."""
        return self.draw is None


class Truth(NamedTuple):
    """What a reading should have said."""

    value: float
    shift: float
    """Of its round."""
    is_wrong: bool
    """Whether the reading is an outlier."""


def _t4(rng: np.random.Generator) -> float:
    return float(rng.standard_t(4)) / math.sqrt(2.0)


def _laplace(rng: np.random.Generator) -> float:
    return float(rng.laplace()) / math.sqrt(2.0)


CHOSEN = {
    "none": Case(),
    "drift": Case(drift=0.017),
    "walk": Case(walk=0.015),
    "jumps": Case(jump_rate=0.1),
    "batches": Case(batch=0.03),
    "outliers": Case(outlier_rate=0.05),
    "heavy tails": Case(draw=_t4),
    "few references": Case(drift=0.01, rounds=5),
    "every third": Case(drift=0.008, every=3),
    "everything": Case(batch=0.02, drift=0.01, jump_rate=0.05, outlier_rate=0.03),
    "wave": Case(course=lambda number: 0.05 * math.sin(2 * math.pi * number / 12)),
    "off and back": Case(course=lambda number: 0.12 * (8 <= number < 13)),
    "warming up": Case(course=lambda number: 0.15 * (1 - math.exp(-(number - 1) / 4))),
    "fine noise": Case(noise=0.008, batch=0.004, drift=0.004, jump_rate=0.05, jump_sd=0.05),
    "coarse noise": Case(noise=0.1, batch=0.03, drift=0.02),
    "Laplace noise": Case(draw=_laplace, walk=0.01),
    "small batches": Case(data=2, batch=0.015, walk=0.01),
    "many rounds": Case(rounds=60, walk=0.005, jump_rate=0.02, outlier_rate=0.01),
    "chosen recipes": Case(is_predicted=True, drift=0.01, jump_rate=0.05),
    "signed values": Case(is_signed=True, drift=0.01, jump_rate=0.05),
    "certified": Case(certified=0.12, walk=0.01),
    "short warm-up": Case(course=lambda number: -0.1 * (1 - math.exp(-(number - 1) / 2)), noise=0.02),
}
"""Cases that were looked at while the sizes and priors of the model were chosen."""
UNSEEN = {
    "serviced twice": Case(course=lambda number: 0.1 * (number >= 6) - 0.14 * (number >= 14)),
    "slow sag": Case(course=lambda number: -0.0004 * number**2),
    "uniform noise": Case(draw=lambda rng: float(rng.uniform(-math.sqrt(3), math.sqrt(3))), batch=0.02),
    "every second": Case(noise=0.015, batch=0.02, every=2, walk=0.004),
    "many failures": Case(rounds=30, data=3, drift=-0.004, outlier_rate=0.08),
    "slow warm-up": Case(course=lambda number: 0.12 * (1 - math.exp(-(number - 1) / 6)), noise=0.02, walk=0.004),
    "certified, jumps": Case(certified=-0.06, jump_rate=0.08, outlier_rate=0.02),
    "sawtooth": Case(course=lambda number: 0.015 * ((number - 1) % 7)),
    "stairs": Case(course=lambda number: -0.05 * ((number - 1) // 5), batch=0.015),
    "faster and faster": Case(course=lambda number: 0.02 * (math.exp((number - 1) / 8) - 1)),
    "coarse, certified": Case(certified=0.08, noise=0.06, drift=-0.006, outlier_rate=0.03),
}
"""Cases made after the model and not used to change it; earlier lists were, and went to those above."""


def made(case: Case, seed: int, word: str) -> tuple[list[Reading], list[Truth]]:
    """Readings of a campaign in order, with the truth of each; the same for the same seed and word."""
    rng = np.random.default_rng([seed, *word.encode()])
    readings, truths = list[Reading](), list[Truth]()
    level = 0.0 if case.certified is None else case.certified
    for number in range(1, case.rounds + 1):
        if number > 1:
            level += case.drift + case.walk * rng.normal()
            level += math.log(max(0.1, 1 + case.jump_sd * rng.normal())) if rng.random() < case.jump_rate else 0.0
        shift = level + case.batch * rng.normal() + (case.course(number) if case.course else 0.0)
        promised = rng.normal()
        for slot in range(case.data + 1):
            if slot == 0 and (number - 1) % case.every:
                continue
            reading, truth = _reading(case, rng, number, slot, shift, promised)
            readings.append(reading)
            truths.append(truth)
    return readings, truths


def _reading(
    case: Case, rng: np.random.Generator, number: int, slot: int, shift: float, promised: float
) -> tuple[Reading, Truth]:
    trial, is_reference = f"r{number:02d}-s{slot + 1:02d}", slot == 0
    place = 0.0 if is_reference else case.spread * rng.uniform(-math.sqrt(3), math.sqrt(3))
    error = case.noise * (case.draw(rng) if case.draw else rng.normal())
    is_wrong = bool(rng.random() < case.outlier_rate)
    wrong = 10 * case.noise * rng.choice([-1, 1]) if is_wrong else 0.0
    if case.is_signed:
        value, true = place + shift + error + wrong, place
    else:
        true = _LEVEL * math.exp(place)
        value = true * math.exp(shift + error) * (1 + wrong)
    expected = sd = None
    if case.is_predicted and not is_reference and number > 2:
        size = 0.06 / math.sqrt(number / 3)
        off = 0.5 * size + size * (0.6 * promised + 0.6 * rng.normal())
        expected = true * math.exp(off)
        sd = size * expected
    is_drawn = not is_reference and expected is None
    recipe = REFERENCE if is_reference else trial
    return Reading(trial, number, recipe, float(value), expected, sd, None, is_drawn), Truth(true, shift, is_wrong)


def certified_values(case: Case) -> dict[str, float] | None:
    """What is known of the reference, where something is."""
    return None if case.certified is None else {REFERENCE: _LEVEL}
