"""Checks that what is wanted lies in the space and that the doses make it."""

from __future__ import annotations

from collections.abc import Iterator

from eutectic.core.composition import PPM
from eutectic.core.plan import Check, Sample
from eutectic.core.trial import Trial
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.compile import achieved_of
from eutectic.lab_interface.dosing import weights

WARN_DEVIATION = 0.02
"""A share that misses the wanted one by more needs a person."""
BLOCK_DEVIATION = 0.10


def check_composition(subject: Subject) -> list[Check]:
    """Every wanted composition adds up to the ppm and breaks no rule of the space."""
    problems = [message for trial in subject.plan.trials for message in _wanted(subject, trial)]
    return [outcome("composition", problems, f"{len(subject.plan.trials)} compositions inside the space")]


def _wanted(subject: Subject, trial: Trial) -> Iterator[str]:
    parts = [round(share * PPM) for share in trial.composition.fractions.values()]
    if sum(parts) != PPM:
        yield f"{trial.id}: shares add up to {sum(parts)} ppm, not {PPM}"
    for message in subject.spec.space.violations(trial.composition, trial.process):
        yield f"{trial.id}: {message}"


def check_doses(subject: Subject) -> list[Check]:
    """Doses are whole ticks the lab can dispense, fill the sample, make the composition stated, near the wanted."""
    plan, space = subject.plan, subject.spec.space
    note = weights(space.component_names, space.basis, subject.capabilities.tick).note
    problems = [message for sample in plan.samples for message in _doses(subject, sample)]
    checks = [outcome("doses", problems, f"{len(plan.samples)} samples in whole ticks; {note}")]
    wanted = {trial.id: trial.composition for trial in plan.trials}
    worst, where = 0.0, ""
    for sample in plan.samples:
        target = wanted[sample.trial].fractions
        for name in target.keys() | sample.achieved.fractions.keys():
            miss = abs(target.get(name, 0.0) - sample.achieved.fractions.get(name, 0.0))
            if miss > worst:
                worst, where = miss, f"{sample.trial} {name}"
    said = f"worst deviation {100 * worst:.3g} % of the whole" + (f" ({where})" if where else "")
    limit = f"{said}: the sample size or least dose is the limit, not the optimiser"
    problem = [limit] if worst > WARN_DEVIATION else []
    verdict = "block" if worst > BLOCK_DEVIATION else "warn"
    return [*checks, outcome("achieved", problem, said, verdict=verdict)]


def _doses(subject: Subject, sample: Sample) -> Iterator[str]:
    capabilities, names = subject.capabilities, [dose.component for dose in sample.doses]
    if len(set(names)) != len(names):
        yield f"{sample.sample}: a component is dosed twice"
    strange = sorted(set(names) - set(subject.spec.space.component_names))
    if strange:
        yield f"{sample.sample}: {strange} are not components of the space"
        return
    total = sum(dose.ticks for dose in sample.doses)
    if total != capabilities.total_ticks:
        yield f"{sample.sample}: {total} ticks, a sample has {capabilities.total_ticks}"
    for dose in sample.doses:
        if dose.tick != capabilities.tick:
            yield f"{sample.sample}: a tick of {dose.tick}, the lab has {capabilities.tick}"
        if dose.ticks < capabilities.min_ticks:
            yield f"{sample.sample}: {dose.component} {dose.ticks} ticks, the least dose is {capabilities.min_ticks}"
    ticks = {dose.component: dose.ticks for dose in sample.doses}
    if achieved_of(subject.spec.space, ticks, capabilities.tick) != sample.achieved:
        yield f"{sample.sample}: its doses do not make the composition stated"
