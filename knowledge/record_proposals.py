"""Records that a model proposes: read again by code from its quote, and set beside what the rules read there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eutectic.core.elements import is_element
from eutectic.knowledge.amounts import read_amount
from eutectic.knowledge.conditions import read_conditions
from eutectic.knowledge.labels import Labels, filled
from eutectic.knowledge.materials import Material, find_materials
from eutectic.knowledge.properties import find_property
from eutectic.knowledge.record import Flaw, LiteratureRecord, judged
from eutectic.knowledge.record_checks import FindQuote, check, has_material, same_value
from eutectic.knowledge.record_values import read_value
from eutectic.knowledge.units import read_unit


class Proposal(NamedTuple):
    """What was proposed, as written."""

    document: str
    page: int
    quote: str
    material: str
    property: str
    value: str
    value_type: str
    unit: str


def proposed_record(item: Proposal, labels: Labels, find: FindQuote, proposer: str) -> LiteratureRecord | str:
    """The record of a proposal after every check that rules' records pass, or why it is none.

    Number, unit, composition and basis are read by code from what was written; the model's word counts for nothing.
    """
    amount = read_amount(item.value)
    if amount is None:
        return f"{item.value!r} is no amount"
    if amount.kind != item.value_type and item.value_type in ("lower_bound", "upper_bound", "approx"):
        amount = amount._replace(kind=item.value_type)  # type: ignore[arg-type]
    unit = read_unit(item.unit) if item.unit.strip() else None
    if unit is None and item.unit.strip():
        return f"{item.unit!r} is no unit"
    material, flaws = judged(_material(item, labels))
    reading = read_value(
        amount, unit, find_property(item.property, unit), find_property(item.property), item.property, []
    )
    record = LiteratureRecord(
        document=item.document,
        page=item.page,
        quote=item.quote,
        source="text",
        material=material.written,
        label=material.label,
        composition=material.composition,
        basis=material.basis,
        property=reading.property,
        property_written=item.property,
        conditions=read_conditions(item.quote),
        proposer=proposer,
        flaws=(*flaws, *reading.flaws),
        **reading.numbers(),
    )
    if not has_material(record, item.quote, [material.label] if material.label else []):
        record = record.with_flaws(Flaw(reason="material_not_in_quote", detail=f"{item.material} is not named in it"))
    return check(record, find)


def _material(item: Proposal, labels: Labels) -> Material:
    named = item.material.strip()
    if named in labels.materials:
        return labels.materials[named]._replace(label=named)
    at = item.quote.find(named)
    behind = item.quote[at + len(named) :][:24] if at >= 0 else ""
    for mention in find_materials(f"{named} {behind}", {}):
        if mention.formula is not None and mention.formula.variables:
            return filled(mention.formula, item.quote) or mention.material
        return mention.material
    problem = "an element, not a composition" if is_element(named) else "names no composition"
    return Material(named, None, "unknown", problem)


def beside_rules(proposed: Sequence[LiteratureRecord], rules: Sequence[LiteratureRecord]) -> list[LiteratureRecord]:
    """Proposed records that add something: what the rules have already is left out, a disagreement is flagged.

    Two records disagree where they give one property of one material on one page under the same temperature
    different values, and the rules' quote is the same; both stay, and neither is then verified.
    """
    kept = []
    for record in proposed:
        rivals = [other for other in rules if _is_rival(record, other)]
        if any(same_value(record, other) for other in rivals):
            continue
        if rivals and not _names_several(rivals):
            detail = f"the rules read {rivals[0].value} {rivals[0].unit} in the same sentence"
            record = record.with_flaws(Flaw(reason="disagrees", detail=detail[:300]))
        kept.append(record)
    return kept


def _is_rival(record: LiteratureRecord, other: LiteratureRecord) -> bool:
    is_place = other.document == record.document and other.page == record.page and other.property == record.property
    return is_place and other.composition == record.composition and record.quote[:80] in other.quote


def _names_several(rivals: Sequence[LiteratureRecord]) -> bool:
    """Whether the rules read several values there, as of a series: then another one is no contradiction."""
    return len({rival.value for rival in rivals}) > 1
