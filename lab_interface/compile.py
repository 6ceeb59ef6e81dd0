"""Compiling: a batch of trials turned into a plan of whole doses with the composition they really make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eutectic.core.elements import element, is_element
from eutectic.core.errors import BadInput
from eutectic.core.plan import Capabilities, Dose, Plan, Premix, Protocol, Sample
from eutectic.core.record import sha256
from eutectic.core.space import SearchSpace
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Stock
from eutectic.core.trial import Trial
from eutectic.lab_interface.dispense import Limits, Problem
from eutectic.lab_interface.dispense_premix import premix_above, premix_limits, premixed
from eutectic.lab_interface.dispense_reasons import diagnose
from eutectic.lab_interface.doses import Dispensing, Doses, doses_for, spread
from eutectic.lab_interface.labels import sample_label
from eutectic.lab_interface.stock_contents import Source, made_of, per_tick, sources

_BIG = 24
"""Above so many samples the quick doses do where they miss by less than half the tolerance."""


def compile_plan(
    spec: CampaignSpec,
    campaign: str,
    round: int,
    attempt: int,
    trials: Sequence[Trial],
    protocol: Protocol,
    capabilities: Capabilities,
) -> Plan:
    """The plan that makes and measures these trials in this lab; the same input gives the same bytes.

    Raises:
        BadInput: no trials, a trial in another basis, or a sample too small for the least doses.
    """
    if not trials:
        raise BadInput("a plan needs at least one trial", where=f"round {round}")
    seed = order_seed(campaign, round, attempt, spec.seed, capabilities)
    places = ("",) * len(trials) if capabilities.vessels is None else capabilities.vessels.filled(seed)
    if len(places) < len(trials):
        raise BadInput(f"{len(trials)} samples, {len(places)} vessels", mend="make the batch smaller")
    spots = [("", place) for place in places]
    if capabilities.premix is not None:
        spots = list(zip(capabilities.premix.places, places, strict=False))
    samples = tuple(
        _sample(spec.space, campaign, trial, spot, capabilities, is_big=len(trials) > _BIG)
        for trial, spot in zip(trials, spots, strict=False)
    )
    return Plan(
        campaign=campaign,
        round=round,
        attempt=attempt,
        lab=capabilities.name,
        simulated=capabilities.simulated,
        trials=tuple(trials),
        samples=samples,
        protocol=protocol,
        cost=plan_cost(spec, trials, samples, capabilities),
        hours=plan_hours(len(samples), capabilities),
        stocks=capabilities.stocks,
        vessels=capabilities.vessels,
        max_transfer_ticks=capabilities.max_transfer_ticks,
        order_seed=seed,
    )


def order_seed(campaign: str, round: int, attempt: int, seed: int, capabilities: Capabilities) -> int | None:
    """What the places of a plan are shuffled with; None where they are filled as listed."""
    if capabilities.vessels is None or capabilities.vessels.order == "listed":
        return None
    return int(sha256(f"{campaign}/{round}/{attempt}/{seed}".encode())[:8], 16)


def _sample(
    space: SearchSpace,
    campaign: str,
    trial: Trial,
    spot: tuple[str, str],
    capabilities: Capabilities,
    *,
    is_big: bool,
) -> Sample:
    """The sample of a trial; `spot` names the pre-mix vessel and the vessel that are kept for it."""
    wanted = trial.composition
    if wanted.basis != space.basis:
        raise BadInput(f"trial {trial.id} is in {wanted.basis}, the space in {space.basis}", mend="convert it first")
    given = sources(space.component_names, space.basis, capabilities.tick, capabilities.stocks)
    strange = sorted(wanted.fractions.keys() - set(space.component_names))
    if strange:
        raise BadInput(f"trial {trial.id} holds {strange}, which are not components of the space")
    needed = frozenset(item.name for item in space.components if item.min > 0)
    problem = Problem(wanted.fractions, given, limits_for(capabilities), needed)
    try:
        found = _doses(problem, given, capabilities, is_big)
    except BadInput as error:
        raise BadInput(error.what, where=f"trial {trial.id}", mend=error.mend) from error
    ticks = found.contents
    vector = np.array([float(ticks.get(source.id, 0)) for source in given])
    why = diagnose(problem, vector, capabilities.tolerance, quick=is_big)
    its = {item.id: item.dispenser.tick for item in capabilities.stocks if item.dispenser is not None}
    mixed, direct = (
        tuple(Dose(component=name, ticks=n, tick=its.get(name, capabilities.tick)) for name, n in part.items())
        for part in (found.mixed, found.direct)
    )
    return Sample(
        trial=trial.id,
        sample=sample_label(campaign, trial.id),
        doses=direct,
        achieved=made_of(ticks, given, space.basis),
        process=trial.process,
        vessel=spot[1],
        achieved_sd=achieved_sd(found, given, capabilities),
        reasons=why.reasons,
        advice=why.advice,
        premix=Premix(vessel=spot[0], doses=mixed, take=found.take) if mixed else None,
    )


def _doses(problem: Problem, given: Sequence[Source], capabilities: Capabilities, is_big: bool) -> Doses:
    """Direct doses, or where they miss by too much and the lab mixes beforehand, doses over a mixture."""
    wanted = {name: share for name, share in zip(problem.components, problem.share.tolist(), strict=True) if share > 0}
    needed = frozenset(problem.components[i] for i in problem.needed)
    good, refused = capabilities.tolerance / 2 if is_big else 0.0, None
    direct: dict[str, int] = {}
    try:
        direct = doses_for(wanted, given, problem.limits, needed, good_enough=good)
    except BadInput as error:
        refused = error
    vector = None if refused else np.array([float(direct.get(source.id, 0)) for source in given])
    if capabilities.premix is not None and (vector is None or problem.worst(vector) > premix_above(capabilities)):
        limits = premix_limits(capabilities.premix, capabilities.min_ticks)
        better = premixed(problem, vector, limits, capabilities.tolerance / 4)
        if better is not None:
            named = [
                {source.id: round(n) for source, n in zip(given, part.tolist(), strict=True) if n}
                for part in (better.direct, better.mixed)
            ]
            return Doses(named[0], named[1], better.take)
    if refused is not None:
        raise refused
    return Doses(direct)


def limits_for(capabilities: Capabilities) -> Limits:
    """What a dose and a sample may be in a lab."""
    least, most = capabilities.least_amount, capabilities.most_amount
    return Limits(
        least=capabilities.min_ticks,
        total_low=capabilities.least_total_ticks or capabilities.total_ticks,
        total_high=capabilities.total_ticks,
        amount_low=least or 0.0,
        amount_high=float("inf") if most is None else most,
    )


def doses_of(sample: Sample) -> Doses:
    """The ticks of a sample by source."""
    direct = {dose.component: dose.ticks for dose in sample.doses}
    if sample.premix is None:
        return Doses(direct)
    return Doses(direct, {dose.component: dose.ticks for dose in sample.premix.doses}, sample.premix.take)


def achieved_sd(sample: Doses, given: Sequence[Source], lab: Capabilities) -> dict[str, float]:
    """Standard uncertainty of each share; empty where the lab states no uncertainty of a dose."""
    if lab.dose_sd_ticks is None:
        return {}
    own = {
        item.id: Dispensing(item.dispenser.sd_ticks, item.dispenser.sd_share, item.dispenser.max_transfer_ticks)
        for item in lab.stocks
        if item.dispenser is not None
    }
    return spread(sample, given, Dispensing(lab.dose_sd_ticks, lab.dose_sd_share, lab.max_transfer_ticks), own)


def trial_price(spec: CampaignSpec, trial: Trial, cost_per_trial: float) -> float:
    """Money for a trial without its components: the lab's price, or that of the screen where it has no more."""
    return spec.screen.price if trial.purpose == "screen" and spec.screen is not None else cost_per_trial


def plan_cost(
    spec: CampaignSpec, trials: Sequence[Trial], samples: Sequence[Sample], capabilities: Capabilities
) -> float:
    """Money for a batch: the price of each trial and the components at their price per kg.

    A stock counts at its own price per kg or litre, or else by what it holds. Microlitres of a component without a
    stock count at the density of the element, or at 1 g/mL.
    """
    prices = {item.name: item.price or 0.0 for item in spec.space.components}
    stocks = {item.id: item for item in capabilities.stocks}
    material = sum(
        dose_price(dose, stocks.get(dose.component), prices) * dose.ticks for sample in samples for dose in sample.drawn
    )
    screens = [trial for trial in trials if trial.purpose == "screen"]
    fixed = capabilities.cost_per_trial * (len(samples) - len(screens))
    fixed += sum(trial_price(spec, trial, capabilities.cost_per_trial) for trial in screens)
    return round(fixed + material, 6)


def dose_price(dose: Dose, stock: Stock | None, prices: Mapping[str, float]) -> float:
    """Money for one tick."""
    if stock is None:
        return prices.get(dose.component, 0.0) * _kilograms(dose.component, dose.tick)
    if stock.price is not None:
        return stock.price * float(dose.tick.split()[0]) * 1e-6
    if not any(prices.get(name) for name in stock.strength):
        return 0.0
    held = per_tick(stock, dose.tick, "wt%")
    return sum(prices.get(name, 0.0) * amount * 1e-6 for name, amount in held.items())


def plan_hours(n_samples: int, capabilities: Capabilities) -> float:
    """Hours for a batch of so many samples, as many at a time as the lab has instruments."""
    turns = -(-n_samples // capabilities.instruments)
    return round(capabilities.hours_per_batch + capabilities.hours_per_trial * turns, 6)


def _kilograms(component: str, tick: str) -> float:
    """Mass of one tick in kg."""
    size, unit = tick.split()
    if unit == "mg":
        return float(size) * 1e-6
    density = element(component).density if is_element(component) else None
    return float(size) * 1e-6 * (density if density is not None else 1.0)
