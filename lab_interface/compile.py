"""Compiling: a batch of trials turned into a plan of whole doses with the composition they really make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eutectic.core.composition import Composition
from eutectic.core.elements import element, is_element
from eutectic.core.errors import BadInput
from eutectic.core.plan import Capabilities, Dose, Plan, Protocol, Sample
from eutectic.core.space import SearchSpace
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Trial
from eutectic.lab_interface.dosing import achieved, weights, whole_ticks
from eutectic.lab_interface.labels import sample_label


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
    samples = tuple(_sample(spec.space, campaign, trial, capabilities) for trial in trials)
    return Plan(
        campaign=campaign,
        round=round,
        attempt=attempt,
        lab=capabilities.name,
        simulated=capabilities.simulated,
        trials=tuple(trials),
        samples=samples,
        protocol=protocol,
        cost=plan_cost(spec.space, samples, capabilities),
        hours=plan_hours(len(samples), capabilities),
    )


def _sample(space: SearchSpace, campaign: str, trial: Trial, capabilities: Capabilities) -> Sample:
    wanted = trial.composition
    if wanted.basis != space.basis:
        raise BadInput(f"trial {trial.id} is in {wanted.basis}, the space in {space.basis}", mend="convert it first")
    factors = weights(space.component_names, space.basis, capabilities.tick).factors
    strange = sorted(wanted.fractions.keys() - factors.keys())
    if strange:
        raise BadInput(f"trial {trial.id} holds {strange}, which are not components of the space")
    needed = frozenset(item.name for item in space.components if item.min > 0)
    try:
        ticks = whole_ticks(wanted, factors, capabilities.total_ticks, capabilities.min_ticks, needed)
    except BadInput as error:
        raise BadInput(error.what, where=f"trial {trial.id}", mend=error.mend) from error
    return Sample(
        trial=trial.id,
        sample=sample_label(campaign, trial.id),
        doses=tuple(
            Dose(component=name, ticks=count, tick=capabilities.tick) for name, count in ticks.items() if count
        ),
        achieved=achieved(ticks, factors, space.basis),
        process=trial.process,
    )


def achieved_of(space: SearchSpace, ticks: Mapping[str, int], tick: str) -> Composition:
    """What whole ticks of the components of a space make, in the space's basis."""
    return achieved(ticks, weights(space.component_names, space.basis, tick).factors, space.basis)


def plan_cost(space: SearchSpace, samples: Sequence[Sample], capabilities: Capabilities) -> float:
    """Money for a batch: the lab's price per trial and the components at their price per kg.

    Microlitres count at the density of the element, or at 1 g/mL for other components.
    """
    prices = {item.name: item.price or 0.0 for item in space.components}
    material = sum(
        prices.get(dose.component, 0.0) * dose.ticks * _kilograms(dose.component, dose.tick)
        for sample in samples
        for dose in sample.doses
    )
    return round(capabilities.cost_per_trial * len(samples) + material, 6)


def plan_hours(n_samples: int, capabilities: Capabilities) -> float:
    """Hours for a batch of so many samples."""
    return round(capabilities.hours_per_batch + capabilities.hours_per_trial * n_samples, 6)


def _kilograms(component: str, tick: str) -> float:
    """Mass of one tick in kg."""
    size, unit = tick.split()
    if unit == "mg":
        return float(size) * 1e-6
    density = element(component).density if is_element(component) else None
    return float(size) * 1e-6 * (density if density is not None else 1.0)
