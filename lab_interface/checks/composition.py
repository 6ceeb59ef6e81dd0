"""Checks that what is wanted lies in the space and that the doses make it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from eutectic.core.composition import PPM
from eutectic.core.plan import Capabilities, Check, Plan, Premix, Sample
from eutectic.core.trial import Trial
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.compile import achieved_sd, doses_of, limits_for
from eutectic.lab_interface.dispense import SLACK, filled_low
from eutectic.lab_interface.stock_contents import Source, made_of, sources
from eutectic.lab_interface.weights import weights

BLOCK_DEVIATION = 0.10
"""A share that misses the wanted one by more is not the sample that was asked for."""


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
    """Doses are whole ticks of the lab's stocks, fill the sample, make the composition stated, near the wanted."""
    plan, space, lab = subject.plan, subject.spec.space, subject.capabilities
    note = f"{len(lab.stocks)} stocks" if lab.stocks else weights(space.component_names, space.basis, lab.tick).note
    if plan.stocks != lab.stocks:
        return [outcome("doses", ["the stocks of the plan are not those of the lab"], "")]
    given = sources(space.component_names, space.basis, lab.tick, plan.stocks)
    problems = [message for sample in plan.samples for message in _doses(subject, sample, given)]
    checks = [outcome("doses", problems, f"{len(plan.samples)} samples in whole ticks; {note}")]
    return [*checks, *_nearness(plan, lab.tolerance)]


def _nearness(plan: Plan, tolerance: float) -> list[Check]:
    wanted = {trial.id: trial.composition for trial in plan.trials}
    worst, where = 0.0, ""
    for sample in plan.samples:
        target = wanted[sample.trial].fractions
        for name in target.keys() | sample.achieved.fractions.keys():
            miss = abs(target.get(name, 0.0) - sample.achieved.fractions.get(name, 0.0))
            if miss > worst:
                worst, where = miss, f"{sample.trial} {name}"
    said = f"worst deviation {100 * worst:.3g} % of the whole" + (f" ({where})" if where else "")
    why = next((item for item in plan.samples if item.reasons and where.startswith(item.trial)), None)
    limit = f"{said}: the sample size or least dose is the limit, not the optimiser"
    if why is not None:
        limit = f"{said}: {', '.join(why.reasons)}: {why.advice}"
    problem = [limit] if worst > tolerance else []
    return [outcome("achieved", problem, said, verdict="block" if worst > BLOCK_DEVIATION else "warn")]


def _doses(subject: Subject, sample: Sample, given: Sequence[Source]) -> Iterator[str]:
    lab, known = subject.capabilities, {source.id: source for source in given}
    own = {item.id: item.dispenser for item in lab.stocks if item.dispenser is not None}
    for doses in (sample.doses, () if sample.premix is None else sample.premix.doses):
        names = [dose.component for dose in doses]
        if len(set(names)) != len(names):
            yield f"{sample.sample}: a {'stock' if lab.stocks else 'component'} is dosed twice"
        strange = sorted(set(names) - known.keys())
        if strange:
            what = "stocks of the lab" if lab.stocks else "components of the space"
            yield f"{sample.sample}: {strange} are not {what}"
            return
        for dose in doses:
            tick = own[dose.component].tick if dose.component in own else lab.tick
            least = known[dose.component].least or lab.min_ticks
            if dose.tick != tick or dose.ticks < least:
                said = f"{dose.ticks} ticks of {dose.tick}, the least dose is {least} of {tick}"
                yield f"{sample.sample}: {dose.component} {said}"
    total, low = sum(dose.ticks * known[dose.component].fill for dose in sample.doses), limits_for(lab).total_low
    if sample.premix is not None:
        total += sample.premix.take
        yield from _premix(lab, sample.sample, sample.premix)
    if not filled_low(limits_for(lab), given) <= total <= lab.total_ticks:
        size = f"{lab.total_ticks}" if low == lab.total_ticks else f"{low} to {lab.total_ticks}"
        yield f"{sample.sample}: {total:g} ticks, a sample has {size}"
    yield from _made(subject, sample, given)


def _premix(lab: Capabilities, sample: str, premix: Premix) -> Iterator[str]:
    """The mixture fits its vessel, is all in the lab's tick, and the part that is taken can be drawn."""
    takes, dead = (0, 0) if lab.premix is None else (lab.premix.total_ticks, lab.premix.dead_ticks)
    if premix.size > takes or any(dose.tick != lab.tick for dose in premix.doses):
        yield f"{sample} pre-mix: {premix.size} ticks, the lab mixes {takes} of {lab.tick} beforehand"
    if not lab.min_ticks <= premix.take <= premix.size - dead:
        yield f"{sample} pre-mix: {premix.take} ticks of it, {lab.min_ticks} to {premix.size - dead} can be drawn"


def _made(subject: Subject, sample: Sample, given: Sequence[Source]) -> Iterator[str]:
    """Composition, amount and uncertainty are what these doses make, computed anew."""
    lab, ticks = subject.capabilities, sample.contents
    amount = sum(sum(source.per_tick.values()) * ticks.get(source.id, 0) for source in given)
    if not amount > 0:
        yield f"{sample.sample}: nothing but solvent is dosed"
        return
    if made_of(ticks, given, subject.spec.space.basis) != sample.achieved:
        yield f"{sample.sample}: its doses do not make the composition stated"
    if sample.achieved_sd != achieved_sd(doses_of(sample), given, lab) or sample.achieved_from != "planned":
        yield f"{sample.sample}: the uncertainty stated is not that of its doses"
    low, high = lab.least_amount or 0.0, lab.most_amount or math.inf
    if not low * (1 - SLACK) <= amount <= high * (1 + SLACK):
        yield f"{sample.sample}: {amount:.6g} of all components together, {low:g} to {high:g} are allowed"
