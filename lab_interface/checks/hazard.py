"""Checks of what meets in each vessel against the hazard table."""

from __future__ import annotations

from collections.abc import Iterable

from eutectic.core.plan import Check, Protocol, Sample
from eutectic.lab_interface.checks.process import hottest_c
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.hazards import Hazard, HazardTable, Substance

_MEDIA = ("solvent", "medium", "reagent", "atmosphere", "electrolyte", "flux", "gas", "quench", "bath", "acid", "base")
"""A parameter whose name holds one of these says what else is in the vessel."""


def check_hazards(subject: Subject) -> list[Check]:
    """Nothing forbidden, and nothing that reacts, in any vessel from the first dose to the last step.

    A warning in a simulated lab is said and passes: nothing is handled there.
    """
    hazards: dict[str, Hazard] = {}
    hottest = hottest_c(subject.plan, subject.spec.space)
    media = protocol_media(subject.plan.protocol, subject.hazards)
    for sample in subject.plan.samples:
        for hazard in subject.hazards.vessel([*contents(sample, subject.hazards), *media], hottest):
            hazards.setdefault(hazard.what, hazard)
    blocked = [item.what for item in hazards.values() if item.verdict == "block"]
    warned = [item.what for item in hazards.values() if item.verdict == "warn"]
    table = f"hazard table {subject.hazards.version}"
    checks = [outcome("hazards", blocked, f"{table}: nothing forbidden meets")]
    if warned and subject.plan.simulated:
        return [*checks, outcome("hazards on a bench", (), f"simulated, so only said: {'; '.join(warned[:4])}")]
    return [*checks, outcome("hazards that need a person", warned, f"{table}: none", verdict="warn")]


def contents(sample: Sample, table: HazardTable) -> list[Substance]:
    """What is dosed into a sample, and what its process values name."""
    dosed = [table.substance(dose.component) for dose in sample.doses]
    return dosed + _media(table, ((name, value) for name, value in sample.process.items() if isinstance(value, str)))


def protocol_media(protocol: Protocol, table: HazardTable) -> list[Substance]:
    """Atmospheres, solvents and the like that the protocol's steps name."""
    named = (
        (parameter.name, parameter.value)
        for step in protocol.steps
        for parameter in step.parameters
        if isinstance(parameter.value, str)
    )
    return _media(table, named)


def _media(table: HazardTable, named: Iterable[tuple[str, str]]) -> list[Substance]:
    return [
        table.medium(value)
        for name, value in named
        if table.has(value) or any(word in name.casefold() for word in _MEDIA)
    ]
