"""A simulated lab's own checks of a plan, and of a spec before anything is planned."""

from __future__ import annotations

from eutectic.core.errors import BadInput, EutecticError
from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.law import Law
from eutectic.lab_interface.law_inputs import fractions_of, process_of
from eutectic.lab_interface.microstructure import ShowsMicrostructure
from eutectic.lab_interface.plan_checks import check_shape
from eutectic.lab_interface.simulated_settings import SimulatedSettings


def check_plan(plan: Plan, capabilities: Capabilities, law: Law) -> tuple[Check, ...]:
    """Every check with its verdict; no effect."""
    return (*check_shape(plan, capabilities), _law_check(plan, law))


def check_spec(spec: CampaignSpec, law: Law) -> None:
    """Refuse a spec whose space or objectives the law cannot serve.

    Raises:
        BadInput: another basis, an unknown component, process variable or property, or another unit.
    """
    if spec.space.basis != law.basis:
        raise BadInput(f"the law is in {law.basis}, the space in {spec.space.basis}", where="space.basis")
    strange = sorted(set(spec.space.component_names) - set(law.components))
    if strange:
        raise BadInput(
            f"the law knows nothing of {strange}",
            where="space.components",
            mend="it knows " + ", ".join(law.components),
        )
    known = {item.name for item in law.process}
    unknown = sorted({item.name for item in spec.space.process} - known)
    if unknown:
        raise BadInput(
            f"the law knows no process variable {unknown}",
            where="space.process",
            mend="it knows " + (", ".join(sorted(known)) or "none"),
        )
    _check_objectives(spec, law)


def check_micrograph(law: Law, settings: SimulatedSettings) -> None:
    """Refuse a microscope on a law without a microstructure.

    Raises:
        BadInput: the law has none, or it has a screen beside it.
    """
    if settings.micrograph is not None and not isinstance(law, ShowsMicrostructure):
        raise BadInput(
            "the law says nothing of a microstructure", where="lab.settings.micrograph",
            mend="take the setting out, or use the law cemented_carbide without a screen",
        )  # fmt: skip


def _check_objectives(spec: CampaignSpec, law: Law) -> None:
    units = {item.name: item.unit for item in law.properties}
    if spec.screen is not None and units.get(spec.screen.property, spec.screen.unit) != spec.screen.unit:
        given = units[spec.screen.property]
        raise BadInput(
            f"{spec.screen.property} in {spec.screen.unit!r}", where="objectives.0.screen.unit",
            mend=f"the lab gives it in {given!r}",
        )  # fmt: skip
    for index, objective in enumerate(spec.objectives):
        if objective.property not in units:
            raise BadInput(
                f"the lab does not measure {objective.property!r}",
                where=f"objectives.{index}.property",
                mend="it measures " + ", ".join(f"{name} in {unit}" for name, unit in units.items()),
            )
        if objective.unit != units[objective.property]:
            raise BadInput(
                f"{objective.property} in {objective.unit!r}",
                where=f"objectives.{index}.unit",
                mend=f"the lab gives it in {units[objective.property]!r}",
            )


def _law_check(plan: Plan, law: Law) -> Check:
    try:
        for sample in plan.samples:
            fractions_of(law, sample.achieved)
            process_of(law, sample.process)
    except EutecticError as error:
        return Check(name="lab_law", verdict="block", detail=f"{sample.trial}: {error}")
    return Check(name="lab_law", verdict="pass", detail="every recipe is within the law")
