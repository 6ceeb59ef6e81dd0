"""Records as a table: filters, the CSV that `prior_data` of a campaign reads, and the rule on single documents."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eutectic.core.quantity import headed
from eutectic.core.spec import CampaignSpec
from eutectic.knowledge.properties import find_property, same_property
from eutectic.knowledge.record import LiteratureRecord, RecordStatus
from eutectic.knowledge.units import read_unit

OTHER_LAB_SD = 0.05
"""Relative standard deviation between laboratories, added in quadrature to what a paper states: a choice of ours."""
SINGLE_SOURCE_FACTOR = 3.0
"""How much wider a value is taken that one document alone reports."""


_CONDITIONS = (("temperature", "K"), ("anneal_temperature", "K"), ("anneal_time", "s"))


class Selection(NamedTuple):
    """What of the records is wanted; empty fields let all pass."""

    document: str = ""
    property: str = ""
    elements: tuple[str, ...] = ()
    statuses: tuple[RecordStatus, ...] = ("verified", "flagged")


def select(records: Iterable[LiteratureRecord], wanted: Selection) -> list[LiteratureRecord]:
    """The records that a selection lets pass."""
    return [
        record
        for record in records
        if record.status in wanted.statuses
        and (not wanted.document or wanted.document in record.document)
        and (not wanted.property or _is_named(record, wanted.property))
        and all(record.composition is not None and symbol in record.composition.fractions for symbol in wanted.elements)
    ]


def _is_named(record: LiteratureRecord, property: str) -> bool:
    """Whether a name means a record's property; a word of its name is enough: `conductivity`."""
    return same_property(property, record.property) or property.lower() in record.property.lower()


def source_counts(records: Iterable[LiteratureRecord]) -> dict[str, int]:
    """How many documents report each property of each composition, by `agreement_key`."""
    documents: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record.composition is not None:
            documents[agreement_key(record)].add(record.document)
    return {key: len(names) for key, names in documents.items()}


def agreement_key(record: LiteratureRecord) -> str:
    """The same for records of one property of one composition (to 0.1 at%)."""
    assert record.composition is not None
    parts = " ".join(f"{part.component}{part.fraction * 100:.1f}" for part in record.composition.parts)
    return f"{record.property}|{parts}"


def prior_csv(records: Sequence[LiteratureRecord], spec: CampaignSpec | None = None) -> tuple[str, int]:
    """Verified measurements as a CSV that a campaign's `prior_data` reads, and how many rows it has.

    A row a record: `formula`, a column `NAME (UNIT)` for each property with its standard uncertainty in `NAME sd`, and
    where it comes from. A literature value is no measurement of the own lab: the spread between laboratories is added
    to what the paper states, and a value that only one document reports counts as three times as uncertain. Bounds
    keep their sign (`<5`); ranges give their middle and half their width.

    Args:
        records: Any; those that are not verified, not measured or without composition are left out.
        spec: Whose objectives and process variables name the columns and their units, and whose components a
            composition may hold; SI and every composition without.
    """
    counts = source_counts(records)
    usable = [record for record in records if is_usable(record)]
    names: dict[str, tuple[str, str]] = {}
    for record in usable:
        column = _column(record.property, spec)
        if column is not None:
            names.setdefault(record.property, column)
    header = ["formula"]
    for name, unit in names.values():
        header += [headed(name, unit), f"{name} sd"]
    process = [(item.name, item.unit) for item in spec.space.process] if spec else list(_CONDITIONS)
    inside = [record for record in usable if record.property in names and _is_inside(record, spec)]
    made = [_row(item, names, process, counts[agreement_key(item)], is_strict=spec is not None) for item in inside]
    rows = [row for row in made if row is not None]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*header, *(headed(name, unit) for name, unit in process), "sources", "note"])
    writer.writerows(rows)
    return out.getvalue(), len(rows)


def is_usable(record: LiteratureRecord) -> bool:
    """Whether a record may inform a model at all: verified, measured, with a number in SI and a composition."""
    is_whole = record.si_value is not None and record.composition is not None
    return record.status == "verified" and record.origin == "measured" and is_whole


def noise_sd(record: LiteratureRecord, n_sources: int) -> float:
    """Standard uncertainty in SI of a literature value for use beside the own lab's measurements."""
    assert record.si_value is not None
    stated = record.si_sd or 0.0
    if record.value_type == "range" and record.si_low is not None and record.si_high is not None:
        stated = max(stated, (record.si_high - record.si_low) / 2)
    if record.value_type == "approx":
        stated = max(stated, 0.05 * abs(record.si_value))
    spread = math.hypot(stated, OTHER_LAB_SD * record.si_value)
    return spread * (SINGLE_SOURCE_FACTOR if n_sources < 2 else 1.0)


def _is_inside(record: LiteratureRecord, spec: CampaignSpec | None) -> bool:
    """Whether the campaign's components can make the composition."""
    assert record.composition is not None
    return spec is None or set(record.composition.fractions) <= set(spec.space.component_names)


def _column(property: str, spec: CampaignSpec | None) -> tuple[str, str] | None:
    if spec is not None:
        return next(
            ((item.property, item.unit) for item in spec.objectives if same_property(item.property, property)), None
        )
    known = find_property(property)
    return property.replace(" ", "_"), known.unit if known else ""


def _row(
    record: LiteratureRecord,
    names: dict[str, tuple[str, str]],
    process: Sequence[tuple[str, str]],
    n_sources: int,
    *,
    is_strict: bool,
) -> list[str] | None:
    """The cells of a record; None where a process variable of the campaign is not known of it."""
    assert record.composition is not None and record.si_value is not None
    row = [record.composition.formula()]
    for property, (_, unit) in names.items():
        if property != record.property:
            row += ["", ""]
            continue
        back, offset = _from_si(property, unit)
        sign = {"upper_bound": "<", "lower_bound": ">"}.get(record.value_type, "")
        row += [f"{sign}{(record.si_value - offset) / back:.6g}", f"{noise_sd(record, n_sources) / back:.3g}"]
    for name, unit in process:
        value = _condition(record, name, unit)
        if value is None and is_strict:
            return None
        row.append("" if value is None else f"{value:.6g}")
    single = "; reported by one document" if n_sources < 2 else ""
    return [*row, str(n_sources), f"{record.document} p{record.page} {record.table}".strip() + single]


def _condition(record: LiteratureRecord, name: str, unit: str) -> float | None:
    """A record's condition under the name and in the unit of a process variable."""
    lowered, conditions = name.lower(), record.conditions
    read = read_unit(unit) if unit else None
    if "time" in lowered or lowered.endswith(("_t_s", "_t_min", "_t_h")):
        value = conditions.anneal_time
    elif "anneal" in lowered or "heat" in lowered or "sinter" in lowered:
        value = conditions.anneal_temperature
    elif "temp" in lowered or lowered.startswith("t_"):
        value = conditions.temperature
    else:
        return None
    return None if value is None or read is None else (value - read.offset) / read.factor


def _from_si(property: str, unit: str) -> tuple[float, float]:
    known, read = find_property(property), read_unit(unit) if unit else None
    if known is None or read is None:
        return 1.0, 0.0
    one, zero = known.to_si(1.0, read), known.to_si(0.0, read)
    return (1.0, 0.0) if one is None or zero is None else (one - zero, zero)
