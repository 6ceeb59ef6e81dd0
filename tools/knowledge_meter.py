"""What knowledge added so far, on a campaign's own data: each batch predicted before it is read, with and without it.

The prequential score (Dawid 1984, DOI 10.2307/2981683) of a model is the log density it gave to each batch from the
batches before. The difference between two models, summed, is the logarithm of a Bayes factor and needs no trial that
was not made. The placebo is the same knowledge said of exchanged components.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.record import Record, significant
from eutectic.tools.quick_gp import quick_gp
from eutectic.tools.warp import fit_warp

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MeterVerdict = Literal["too early", "helps", "no difference seen", "hurts"]
_LEAST_BEFORE = 4
_LEAST_SCORED = 6
_PLACEBOS = 5
_DRAWS = 2000
_MOST_SCORED = 120


class Interval(NamedTuple):
    """An estimate with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


class MeterReading(Record):
    """What the knowledge of one property added, in log density per trial (nats)."""

    property: str
    scored: int
    """Trials that were predicted before they were read."""
    gain: Interval
    """Of the knowledge over the plain surrogate."""
    placebo: Interval
    """Of shuffled knowledge over the plain surrogate, mean of several shuffles."""
    over_constant: Interval
    """Of the plain surrogate over the mean and spread of what was measured before: whether there is a model at all."""
    error: tuple[float, float]
    """Root mean square error with and without knowledge, in standard deviations."""
    verdict: MeterVerdict


class Scored(NamedTuple):
    """Log densities of trials in order: knowledge, plain, placebo, constant, and the errors of the first two."""

    true: FloatArray
    plain: FloatArray
    placebo: FloatArray
    constant: FloatArray
    errors: FloatArray


def read_meter(
    property: str,
    features: FloatArray,
    values: FloatArray,
    rounds: IntArray,
    known: FloatArray,
    placebos: Sequence[FloatArray],
    slopes: Sequence[tuple[float, float]],
) -> MeterReading:
    """The reading for one property.

    Args:
        property: Its name.
        features: `N x d` plain features of the trials, in the order they were made.
        values: `N` measured values.
        rounds: `N` rounds, not falling; trials of one round are predicted from the rounds before.
        known: `N x t` scores of the terms.
        placebos: The same of shuffled terms.
        slopes: Prior mean and standard deviation of each slope.
    """
    scored = _score(features, values, rounds, known, placebos[:_PLACEBOS], slopes)
    n = len(scored.true)
    if n < _LEAST_SCORED:
        none = Interval(0.0, 0.0, 0.0)
        return MeterReading(
            property=property, scored=n, gain=none, placebo=none, over_constant=none, error=(0.0, 0.0),
            verdict="too early",
        )  # fmt: skip
    gain = _interval(scored.true - scored.plain)
    errors = np.sqrt((scored.errors**2).mean(axis=0))
    return MeterReading(
        property=property,
        scored=n,
        gain=gain,
        placebo=_interval(scored.placebo - scored.plain),
        over_constant=_interval(scored.plain - scored.constant),
        error=(significant(float(errors[0]), 3), significant(float(errors[1]), 3)),
        verdict="helps" if gain.low > 0 else "hurts" if gain.high < 0 else "no difference seen",
    )


def _score(
    features: FloatArray,
    values: FloatArray,
    rounds: IntArray,
    known: FloatArray,
    placebos: Sequence[FloatArray],
    slopes: Sequence[tuple[float, float]],
) -> Scored:
    parts: list[list[FloatArray]] = [[], [], [], [], []]
    for number in np.unique(rounds):
        before, now = rounds < number, rounds == number
        if before.sum() < _LEAST_BEFORE or np.ptp(values[before]) == 0.0 or now.sum() == 0:
            continue
        warp = fit_warp(values[before])
        seen, new = warp.forward(values[before]), warp.forward(values[now])
        densities, errors = [], []
        for scores in (known, np.zeros((len(values), 0)), *placebos):
            model = quick_gp(features[before], seen, scores[before], slopes if scores.shape[1] else ())
            mean, sd = model.predict(features[now], scores[now])
            densities.append(_density(new, mean, np.hypot(sd, model.kernel.noise**0.5)))
            errors.append(new - mean)
        parts[0].append(densities[0])
        parts[1].append(densities[1])
        parts[2].append(np.mean(densities[2:], axis=0) if placebos else densities[1])
        parts[3].append(_density(new, np.full(len(new), seen.mean()), np.full(len(new), max(float(seen.std()), 0.1))))
        parts[4].append(np.column_stack(errors[:2]))
    if not parts[0]:
        empty = np.zeros(0)
        return Scored(empty, empty, empty, empty, np.zeros((0, 2)))
    return Scored(*(np.concatenate(part)[-_MOST_SCORED:] for part in parts))


def _density(values: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Log density with heavy tails (Student, four degrees of freedom): one outlier must not decide."""
    from scipy.stats import t

    return np.asarray(t.logpdf(values, 4, loc=mean, scale=sd), dtype=np.float64)


def _interval(differences: FloatArray) -> Interval:
    rng = np.random.default_rng(0)
    n = len(differences)
    means = differences[rng.integers(n, size=(_DRAWS, n))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(*(significant(float(v), 3) for v in (differences.mean(), low, high)))


def words(reading: MeterReading) -> str:
    """The reading in plain words."""
    if reading.verdict == "too early":
        return (
            f"{reading.property}: too early to say; {reading.scored} trials were predicted before they were measured, "
            f"{_LEAST_SCORED} are needed."
        )
    gain, error = reading.gain, reading.error
    lead = {
        "helps": "what was known made the predictions better",
        "hurts": "what was known made the predictions worse; it is switched off",
        "no difference seen": "no difference can be seen between the predictions with and without knowledge",
    }[reading.verdict]
    return (
        f"{reading.property}: {lead}. Over {reading.scored} trials, each predicted before it was measured, the log "
        f"score per trial changed by {gain.value:+.2f} [95 %: {gain.low:+.2f}, {gain.high:+.2f}] and the error from "
        f"{error[1]:.2f} to {error[0]:.2f} standard deviations. Shuffled knowledge, the placebo, changed it by "
        f"{reading.placebo.value:+.2f} [{reading.placebo.low:+.2f}, {reading.placebo.high:+.2f}]; the surrogate alone "
        f"is {reading.over_constant.value:+.2f} [{reading.over_constant.low:+.2f}, {reading.over_constant.high:+.2f}] "
        f"against guessing the mean."
    )
