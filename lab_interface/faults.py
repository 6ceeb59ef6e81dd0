"""What goes wrong in a simulated lab: abandoned trials, bad readings, lost contact; drawn from the seed alone."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from eutectic.core.trial import CauseCode
from eutectic.lab_interface.simulated_settings import Causes, SimulatedSettings


class Fate(NamedTuple):
    """What happens to one trial."""

    abandoned: CauseCode | None = None
    """Why it gives no value, or None."""
    outlier: float = 0.0
    """Offset of its readings in standard deviations."""
    is_stuck: bool = False
    """Whether the instrument repeats the values of the trial before."""
    has_reading: bool = True


class Contact(NamedTuple):
    """What happens to the link during one run."""

    is_lost: bool
    """Whether the run becomes `unknown`."""
    runs_anyway: bool
    """Whether a lost run was made all the same."""
    is_answered: bool
    """Whether the answer to the submission arrives."""


def stream(seed: int, *words: str | int) -> Random:
    """Random numbers that depend on the seed and the words alone, the same on every machine."""
    return Random("/".join(str(word) for word in (seed, *words)))


def trial_fate(settings: SimulatedSettings, seed: int, trial: str, attempt: int) -> Fate:
    """The fate of a trial; raising one rate leaves the draws of the others as they were."""

    def happens(what: str, rate: float) -> bool:
        return stream(seed, what, trial, attempt).random() < rate

    cause = None
    if happens("abandoned", settings.abandoned_rate):
        cause = _cause(settings.causes, stream(seed, "cause", trial, attempt))
    sign = 1.0 if stream(seed, "sign", trial, attempt).random() < 0.5 else -1.0
    return Fate(
        abandoned=cause,
        outlier=10.0 * sign if happens("outlier", settings.outlier_rate) else 0.0,
        is_stuck=happens("stuck", settings.stuck_rate),
        has_reading=not happens("no-reading", settings.no_reading_rate),
    )


def run_contact(settings: SimulatedSettings, seed: int, round: int, attempt: int) -> Contact:
    """What becomes of the link while one plan is sent and run."""
    draws = stream(seed, "contact", round, attempt)
    lost, anyway, unanswered = draws.random(), draws.random(), draws.random()
    return Contact(lost < settings.lost_contact_rate, anyway < 0.5, unanswered >= settings.lost_reply_rate)


def jumps(settings: SimulatedSettings, seed: int, batch: int) -> float:
    """Ratio by which the readings of a batch are off through all jumps up to it; there is none before the first."""
    ratio = 1.0
    for number in range(1, batch + 1) if settings.jump_rate else ():
        draws = stream(seed, "jump", number)
        if draws.random() < settings.jump_rate:
            ratio *= max(0.1, 1 + draws.gauss(0, settings.jump_sd))
    return ratio


def _cause(causes: Causes, draws: Random) -> CauseCode:
    weights = causes.weights()
    return draws.choices(list(weights), list(weights.values()))[0]
