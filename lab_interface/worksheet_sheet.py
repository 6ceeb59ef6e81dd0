"""The sheet a person carries to the bench: steps, hazards, masses and boxes to tick, as Markdown and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from eutectic.core.objective import Objective, Screen
from eutectic.core.plan import Plan, ProtocolStep, Sample
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Tick
from eutectic.lab_interface.checks.hazard import contents, protocol_media
from eutectic.lab_interface.checks.process import hottest_c
from eutectic.lab_interface.hazards import HazardTable, Substance
from eutectic.lab_interface.worksheet_tables import amount, amount_unit, components, plan_mark, ticks_of

_DOSING = ("weigh", "dispense")
"""Steps that are the machine's where one doses."""
_TICKS = re.compile(r"(\d+) ticks of (\d+(?:\.\d+)?) (mg|uL)")


@dataclass(frozen=True)
class Line:
    """One sample of the sheet."""

    sample: str
    trial: str
    purpose: str
    amounts: tuple[str, ...]
    """Per component of the sheet; empty where there is none."""
    mixed: tuple[str, ...]
    """The same into its pre-mix vessel; no fields where it has none."""
    premix: str
    """Its pre-mix vessel."""
    taken: str
    """How much of the mixture goes into the sample."""
    process: tuple[str, ...]
    achieved: str
    why: str
    vessel: str
    """Its place on the deck or crucible map; empty where there is none."""
    advice: str
    """Why it is no nearer to what was asked, and what would help; mostly empty."""


@dataclass(frozen=True)
class StockLine:
    """One bottle to have ready."""

    name: str
    about: str
    """What is in it: form, strength, solvent, lot, expiry."""
    total: str
    """For the whole batch."""
    dead: str
    """What more must be in the container because it cannot be drawn."""
    lot: str = ""
    """The lot that the plan counts on; another one is written beside it."""


@dataclass(frozen=True)
class Danger:
    """What is to be known of one or several substances."""

    name: str
    level: str
    why: str
    ppe: str
    source: str


@dataclass(frozen=True)
class Sheet:
    """Everything that stands on a worksheet."""

    title: str
    goal: str
    campaign: str
    round: int
    attempt: int
    mark: str
    sha256: str
    unit: str
    components: tuple[str, ...]
    heads: tuple[str, ...]
    """The same as headers of columns, with the unit where not all are in one."""
    has_premix: bool
    doser: str
    """The machine that doses, such as `the robot`; empty where a person weighs."""
    stocks: tuple[StockLine, ...]
    """What to have ready, in the order of the columns."""
    vessels: str
    """What the map is of, such as `24 crucibles of alumina`; empty where the plan has none."""
    rows: tuple[tuple[str, ...], ...]
    """The map, row by row: what goes into each place; empty texts for places that stay free."""
    process: tuple[str, ...]
    measured: tuple[str, ...]
    screened: tuple[str, ...]
    """What alone is measured of the lines of purpose `screen`; empty where there are none."""
    lines: tuple[Line, ...]
    steps: tuple[str, ...]
    dangers: tuple[Danger, ...]
    warnings: tuple[str, ...]


def asked_of(plan: Plan, spec: CampaignSpec) -> tuple[Objective | Screen, ...]:
    """What the samples of a plan are measured for, a screen last."""
    is_screened = spec.screen is not None and any(trial.purpose == "screen" for trial in plan.trials)
    return (*spec.objectives, spec.screen) if is_screened and spec.screen is not None else spec.objectives


def make_sheet(plan: Plan, spec: CampaignSpec, hazards: HazardTable, doser: str = "") -> Sheet:
    """The sheet of a plan; `doser` names the machine that doses where no person does."""
    names, ticks = components(plan), ticks_of(plan)
    units = list(dict.fromkeys(amount_unit(ticks[name]) for name in names))
    trials = {trial.id: trial for trial in plan.trials}
    totals = {
        name: sum(d.ticks for sample in plan.samples for d in sample.drawn if d.component == name) for name in names
    }
    lines = []
    for sample in plan.samples:
        doses = {dose.component: dose.ticks for dose in sample.doses}
        lines.append(
            Line(
                sample=sample.sample,
                trial=sample.trial,
                purpose=trials[sample.trial].purpose,
                amounts=tuple(amount(doses[name], ticks[name]) if name in doses else "" for name in names),
                mixed=_mixed(sample, names),
                premix="" if sample.premix is None else sample.premix.vessel,
                taken="" if sample.premix is None else amount(sample.premix.take, sample.premix.tick),
                process=tuple(str(sample.process.get(variable.name, "")) for variable in spec.space.process),
                achieved=f"{sample.achieved.formula()} ({sample.achieved.basis})",
                why=trials[sample.trial].why,
                vessel=sample.vessel,
                advice=sample.advice,
            )
        )
    media = protocol_media(plan.protocol, hazards)
    met = [item for sample in plan.samples for item in contents(sample, hazards, plan.stocks)] + media
    substances = list({item.name: item for item in met}.values())
    return Sheet(
        title=_sized(plan.protocol.title),
        goal=spec.goal,
        campaign=plan.campaign,
        round=plan.round,
        attempt=plan.attempt,
        mark=plan_mark(plan),
        sha256=plan.sha256,
        unit=" and ".join(units),
        heads=tuple(f"{name} [{amount_unit(ticks[name])}]" if len(units) > 1 else name for name in names),
        doser=doser,
        has_premix=any(sample.premix is not None for sample in plan.samples),
        components=tuple(names),
        stocks=tuple(_stock(plan, name, _total(totals[name], ticks[name], len(units))) for name in names),
        vessels=_vessels(plan),
        rows=_map(plan),
        process=tuple(f"{v.name} [{v.unit}]" if v.unit else v.name for v in spec.space.process),
        measured=tuple(f"{item.property} [{item.unit}]" for item in spec.objectives),
        screened=tuple(f"{name} [{unit}]" for name, unit in spec.asked("screen"))
        if any(trial.purpose == "screen" for trial in plan.trials)
        else (),
        lines=tuple(lines),
        steps=tuple(_sized(_step(step)) for step in plan.protocol.steps if not (doser and step.action in _DOSING)),
        dangers=_dangers(substances),
        warnings=_together(plan, spec, hazards, media),
    )


def _sized(text: str) -> str:
    """Words with an amount where they speak of ticks, which no person weighs."""
    return _TICKS.sub(lambda match: f"{int(match[1]) * float(match[2]):g} {match[3]}", text)


def _total(count: int, tick: Tick, n_units: int) -> str:
    return amount(count, tick) + (f" {amount_unit(tick)}" if n_units > 1 else "")


def _stock(plan: Plan, name: str, total: str) -> StockLine:
    found = next((item for item in plan.stocks if item.id == name), None)
    if found is None:
        return StockLine(name, "", total, "")
    strengths = ", ".join(f"{part} {value:g} {found.unit}" for part, value in sorted(found.strength.items()))
    words = [found.form.replace("_", " "), strengths, found.solvent and f"in {found.solvent}"]
    words.append(f"expires {found.expires}" if found.expires else "")
    words.append(found.container and f"from {found.container}")
    return StockLine(
        name, "; ".join(word for word in words if word), total, str(found.dead) if found.dead else "", found.lot
    )


def _vessels(plan: Plan) -> str:
    given = plan.vessels
    if given is None or not any(sample.vessel for sample in plan.samples):
        return ""
    kind = given.kind if len(given.places) == 1 else f"{given.kind}s"
    return f"{len(given.places)} {kind}" + (f" of {given.material}" if given.material else "")


def _map(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Places with the samples in them: a row a letter for plates, else eight to a row."""
    if not _vessels(plan) or plan.vessels is None:
        return ()
    held = {sample.vessel: sample.sample for sample in plan.samples}
    places = plan.vessels.places
    lettered = all(place[0].isalpha() and place[1:].isdigit() for place in places) and len({p[0] for p in places}) > 1
    rows: dict[str, list[str]] = {}
    for number, place in enumerate(places):
        key = place[0] if lettered else str(number // 8)
        rows.setdefault(key, []).append(f"{place} {held.get(place, '')}".strip())
    return tuple(tuple(row) for row in rows.values() if any(" " in cell for cell in row))


def _mixed(sample: Sample, names: list[str]) -> tuple[str, ...]:
    """Amounts into the pre-mix vessel by component of the sheet."""
    if sample.premix is None:
        return ()
    doses = {dose.component: dose for dose in sample.premix.doses}
    return tuple(amount(doses[name].ticks, doses[name].tick) if name in doses else "" for name in names)


def _together(plan: Plan, spec: CampaignSpec, hazards: HazardTable, media: list[Substance]) -> tuple[str, ...]:
    """What the table says of substances that meet or get hot, once each."""
    hottest = hottest_c(plan, spec.space)
    held = (contents(sample, hazards, plan.stocks) for sample in plan.samples)
    found = [hazard.what for inside in held for hazard in hazards.vessel([*inside, *media], hottest)]
    return tuple(dict.fromkeys(what for what in found if what.startswith("rule ") or " boils at " in what))


def to_html(sheet: Sheet) -> str:
    """A page that prints well and needs no other file; every text is escaped."""
    return _render("worksheet.html.j2", sheet, is_html=True)


def to_markdown(sheet: Sheet) -> str:
    """The same as Markdown with boxes to tick."""
    return _render("worksheet.md.j2", sheet, is_html=False)


def _render(name: str, sheet: Sheet, *, is_html: bool) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=is_html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cell"] = _markdown_cell
    text = files("eutectic.lab_interface").joinpath(name).read_text(encoding="utf-8")
    return environment.from_string(text).render(sheet=sheet)


def _markdown_cell(text: str) -> str:
    """Text on one line without the signs that would break a Markdown table or start markup."""
    flat = " ".join(text.split())
    for sign in "\\`*_[]<>|#!":
        flat = flat.replace(sign, f"\\{sign}")
    return flat


def _step(step: ProtocolStep) -> str:
    settings = ", ".join(f"{p.name} {p.value} {p.unit}".rstrip() for p in step.parameters)
    note = f". {step.note}" if step.note else ""
    return step.action.capitalize() + (f": {settings}" if settings else "") + note


def _dangers(substances: list[Substance]) -> tuple[Danger, ...]:
    """What is to be known of the substances, the worst first; those of which the same holds stand together."""
    words = {"pass": "known", "warn": "take care", "block": "forbidden"}
    groups: dict[tuple[str, ...], list[str]] = {}
    for item in substances:
        level = words[item.verdict] if item.is_known else "unknown"
        said = (level, item.why, item.ppe or "goggles, gloves, lab coat", item.source)
        groups.setdefault(said, []).append(item.name)
    order = ("forbidden", "unknown", "take care", "known")
    return tuple(
        Danger(", ".join(sorted(names)), *said)
        for said, names in sorted(groups.items(), key=lambda group: (order.index(group[0][0]), group[1]))
    )
