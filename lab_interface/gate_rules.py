"""The gate's whole rule set as a page: every check with what it refuses, and every row of the hazard table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from eutectic.lab_interface.hazards import HazardTable, hazard_table
from eutectic.lab_interface.limits import UNITS, WARM_C


class CheckRule(NamedTuple):
    """One line of the verdict."""

    name: str
    refuses: str
    verdict: str
    """What it says when it finds something: `block`, `warn` (a person must approve) or both."""
    simulated: str
    """What is different in a simulated lab."""


_SAME = "the same"
_KNOWN = "only a limit that is stated blocks"
RULES: tuple[CheckRule, ...] = (
    CheckRule(
        "bytes",
        "anything but strict UTF-8 JSON of exactly one plan: NaN, infinity, a key twice or unknown, a value of another "
        "type, deeper than 16 levels, longer than the batch allows, text that is not the canonical form",
        "block",
        _SAME,
    ),
    CheckRule("preflight", "that the checks cannot be set up at all (any exception refuses)", "block", _SAME),
    CheckRule("emergency stop", "any plan while this machine or the lab is stopped", "block", _SAME),
    CheckRule(
        "campaign", "another campaign or round, a closed campaign, a trial unlike the notebook's", "block", _SAME
    ),
    CheckRule("duplicates", "a trial, label or recipe twice; what was measured or sent before", "block", _SAME),
    CheckRule("composition", "shares that do not add up to the ppm or break a rule of the space", "block", _SAME),
    CheckRule(
        "doses",
        "other stocks than the lab's, ticks of another size, below the least dose, a sample too full or too small, "
        "a composition, amount or uncertainty that is not what the doses make (computed anew)",
        "block",
        _SAME,
    ),
    CheckRule(
        "achieved",
        "a share that misses the wanted one by more than the lab's tolerance (warn) or by more than 10 % (block); with "
        "the reason code and what would help",
        "warn or block",
        _SAME,
    ),
    CheckRule(
        "transfers",
        "a movement below the least dose or above the tip, a vessel that is not on the lab's map or holds two samples",
        "block",
        _SAME,
    ),
    CheckRule(
        "stocks",
        "a lot that does not suffice beside what other plans reserved and what cannot be drawn, is out of date, or is "
        "still to be prepared; an amount, or how long a solution keeps, that nobody stated; no ledger",
        "block",
        "unknown amounts and dates pass",
    ),
    CheckRule("process", "process values unlike those of the trial", "block", _SAME),
    CheckRule("units", "numbers not finite or without unit, below absolute zero, negative times", "block", _SAME),
    CheckRule("known units", f"a unit that is none of: {', '.join(sorted(UNITS))}", "warn", "not asked"),
    CheckRule(
        "furnace", f"above {WARM_C:g} degC hotter than `furnace_max_c`, longer than `max_step_hours`", "block", _KNOWN
    ),
    CheckRule("vessel", f"above {WARM_C:g} degC hotter than `vessel_max_c` or `vessels.max_c`", "block", _KNOWN),
    CheckRule("atmosphere", "any but air that is not among `atmospheres`", "block", _KNOWN),
    CheckRule(
        "ramp and pressure",
        "faster than `ramp_max_k_per_min`; above 110 kPa more than `pressure_max_kpa`",
        "block",
        _KNOWN,
    ),
    CheckRule(
        "electrode",
        "a potential outside `potential_min_v` to `potential_max_v`, a current above `current_max_a`, a potential "
        "without a known compliance",
        "block",
        _KNOWN,
    ),
    CheckRule("unstated heat", "melting, casting or annealing without a stated temperature", "warn", "not asked"),
    CheckRule(
        "hazards",
        "what the table below blocks, on everything that is ever put into one vessel together with what the steps add; "
        "a liquid that boils, or is above its flash point without inert gas, outside a drying step",
        "block",
        _SAME,
    ),
    CheckRule(
        "hazards that need a person",
        "what the table below warns of; every chemical that stands in no row; a solution whose chemicals are not "
        "stated; a liquid dried off above its boiling or flash point",
        "warn",
        "said as `hazards on a bench`, and passes: nothing is handled there",
    ),
    CheckRule("hazards on a bench", "nothing: it says what would need a person on a real bench", "pass", "only there"),
    CheckRule(
        "capability",
        "another lab, a simulated plan for a real lab or the reverse, more samples than the lab or the spec allows, a "
        "property the lab does not measure",
        "block",
        _SAME,
    ),
    CheckRule(
        "budget", "costs or hours that are not the lab's prices; more than is left of the budget", "block", _SAME
    ),
    CheckRule("rate", "more samples within 24 hours than `max_samples_per_day`", "block", _SAME),
    CheckRule(
        "lab: ...", "whatever the lab's own checks and dry run block or warn of; they come last", "block or warn", _SAME
    ),
)


def gate_page() -> str:
    """The page as Markdown; the same for the same code and table."""
    table = hazard_table()
    parts = [_HEAD, _checks(), _hazards(table), _rows(table), _sources(table)]
    return "\n".join(parts)


_HEAD = """# What the gate refuses

Made from the code and `lab_interface/hazards.yaml` by `python -m eutectic.lab_interface.gate_rules docs/gate.md`; a
test fails where this page and the code differ. The gate is the only way to a lab: strict bytes go in, a verdict bound
to their hash comes out. It asks no model and no network, any exception is a refusal, and a check that finds nothing
says so, so that a verdict lists every check. `block` cannot be lifted by any approval: strike the trials, mend the
settings or reject the plan. `warn` needs a person's approval of exactly this plan's hash. **In a real lab a limit that
nobody stated blocks what would need it.** Software never replaces interlocks, a hood, training or the red button.
"""


def _checks() -> str:
    lines = ["## Checks, in order", "", "| check | refuses | verdict | in a simulated lab |", "|---|---|---|---|"]
    lines += [f"| {r.name} | {_cell(r.refuses)} | {r.verdict} | {_cell(r.simulated)} |" for r in RULES]
    return "\n".join([*lines, ""])


def _hazards(table: HazardTable) -> str:
    lines = [
        f"## What must not meet (hazard table {table.version})",
        "",
        "| rule | classes that meet in one vessel | above degC | verdict | why | source |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.id} | {' + '.join(r.all)} | {'' if r.above_c is None else f'{r.above_c:g}'} | {r.verdict} | "
        f"{_cell(r.why)} | {r.source} |"
        for r in table.rules
    ]
    return "\n".join([*lines, ""])


def _rows(table: HazardTable) -> str:
    lines = [
        "## Elements and components",
        "",
        "A name in no row is unknown and needs a person; a name that matches a pattern gets its class all the same.",
        "",
        "| names | classes | verdict | why | boils, flash point degC | source |",
        "|---|---|---|---|---|---|",
    ]
    for row in table.elements:
        named, kinds = _cell(", ".join(row.symbols)), ", ".join(row.classes)
        lines.append(f"| {named} | {kinds} | {row.verdict} | {_cell(row.why)} | | {row.source} |")
    for item in table.components:
        hot = ", ".join("-" if value is None else f"{value:g}" for value in (item.boiling_c, item.flash_c))
        lines.append(
            f"| {_cell(', '.join(item.names))} | {', '.join(item.classes)} | {item.verdict} | {_cell(item.why)} | "
            f"{'' if hot == '-, -' else hot} | {item.source} |"
        )
    lines += ["", "| pattern of a name | class | source |", "|---|---|---|"]
    lines += [f"| `{_cell(p.pattern)}` | {p.class_} | {p.source} |" for p in table.patterns]
    return "\n".join([*lines, ""])


def _sources(table: HazardTable) -> str:
    lines = ["## Sources", "", *(f"- `{key}`: {text}" for key, text in sorted(table.sources.items()))]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(gate_page(), encoding="utf-8")
