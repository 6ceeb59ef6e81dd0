"""Checks of what meets in each vessel against the hazard table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eutectic.core.plan import Check, Protocol, ProtocolStep, Sample
from eutectic.core.space import SearchSpace, Value
from eutectic.core.stock import Stock
from eutectic.lab_interface.checks.process import hottest_c
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.hazards import Hazard, HazardTable, Heat, Substance
from eutectic.lab_interface.limits import WARM_C, celsius

_MEDIA = ("solvent", "medium", "reagent", "atmosphere", "electrolyte", "flux", "gas", "quench", "bath", "acid", "base")
"""A parameter whose name holds one of these says what else is in the vessel."""
_DRYING = ("dry", "anneal", "deposit")
"""Steps in which a liquid is driven off on purpose."""
_HOT_ACTIONS = ("dry", "anneal", "melt", "cast", "quench", "deposit", "prepare", "mix")
"""Steps that a sample's own process temperature may belong to, where they state none."""
_INERT = ("argon", "nitrogen", "helium", "vacuum", "ar,", "n2", "inert")


def check_hazards(subject: Subject) -> list[Check]:
    """Nothing forbidden, and nothing that reacts, in any vessel from the first dose to the last step.

    What was ever put into a vessel counts until the end, and meets whatever comes later; only for boiling and fire is
    a liquid gone once a drying step was hot enough. A warning in a simulated lab is said and passes: nothing is handled
    there.
    """
    found: dict[str, Hazard] = {}
    for sample in subject.plan.samples:
        for hazard in _of_sample(subject, sample):
            found.setdefault(hazard.what, hazard)
    blocked = [item.what for item in found.values() if item.verdict == "block"]
    warned = [item.what for item in found.values() if item.verdict == "warn"]
    table = f"hazard table {subject.hazards.version}"
    checks = [outcome("hazards", blocked, f"{table}: nothing forbidden meets")]
    if warned and subject.plan.simulated:
        return [*checks, outcome("hazards on a bench", (), f"simulated, so only said: {'; '.join(warned[:4])}")]
    return [*checks, outcome("hazards that need a person", warned, f"{table}: none", verdict="warn")]


def _of_sample(subject: Subject, sample: Sample) -> list[Hazard]:
    """What the table says of one vessel over time."""
    plan, table = subject.plan, subject.hazards
    inside = contents(sample, table, plan.stocks)
    found = table.vessel([*inside, *protocol_media(plan.protocol, table)], hottest_c(plan, subject.spec.space))
    process_heat = _hottest(list(settings_of_sample(subject.spec.space, sample)))
    liquids = list(inside)
    for number, step in enumerate(plan.protocol.steps, start=1):
        liquids += _media(table, _named(step))
        stated = _hottest((p.value, p.unit) for p in step.parameters)
        if stated is None and process_heat is not None and step.action in _HOT_ACTIONS:
            stated = process_heat
        if stated is None or stated <= WARM_C:
            continue
        heat = Heat(
            step=f"step {number} {step.action}",
            hottest_c=stated,
            is_drying=step.action in _DRYING,
            is_inert=any("atmosphere" in name and _is_inert(value) for name, value in _named(step)),
        )
        found += table.heated(liquids, heat)
        if heat.is_drying:
            liquids = [item for item in liquids if item.boiling_c is None or item.boiling_c > stated]
    return found


def contents(sample: Sample, table: HazardTable, stocks: Sequence[Stock] = ()) -> list[Substance]:
    """What is dosed into a sample (of a stock, everything it holds), and what its process values name.

    What is mixed beforehand counts: it all meets in the sample, too, so that the mixture needs no look of its own.
    """
    by_id, dosed = {item.id: item for item in stocks}, []
    for dose in sample.drawn:
        stock = by_id.get(dose.component)
        if stock is None:
            dosed.append(table.substance(dose.component))
            continue
        dosed += [table.medium(name) if name == stock.solvent else table.substance(name) for name in stock.holds]
        if stock.form == "solution" and not stock.chemicals:
            why = "what is dissolved is not stated (set chemicals): a person must judge it"
            dosed.append(Substance(name=f"stock {stock.id}", verdict="warn", why=why, is_known=False))
    return dosed + _media(table, ((name, value) for name, value in sample.process.items() if isinstance(value, str)))


def settings_of_sample(space: SearchSpace, sample: Sample) -> Iterator[tuple[Value, str]]:
    """Process values of a sample with their units."""
    units = {variable.name: variable.unit for variable in space.process}
    return ((value, units.get(name, "")) for name, value in sample.process.items())


def _hottest(values: Iterable[tuple[Value, str]]) -> float | None:
    known = [celsius(value, unit) for value, unit in values if not isinstance(value, str)]
    return max((value for value in known if value is not None), default=None)


def _named(step: ProtocolStep) -> list[tuple[str, str]]:
    return [(p.name.casefold(), p.value) for p in step.parameters if isinstance(p.value, str)]


def _is_inert(value: str) -> bool:
    return value.casefold().startswith(_INERT)


def protocol_media(protocol: Protocol, table: HazardTable) -> list[Substance]:
    """Atmospheres, solvents and the like that the protocol's steps name."""
    return _media(table, (named for step in protocol.steps for named in _named(step)))


def _media(table: HazardTable, named: Iterable[tuple[str, str]]) -> list[Substance]:
    return [
        table.medium(value)
        for name, value in named
        if table.has(value) or any(word in name.casefold() for word in _MEDIA)
    ]
