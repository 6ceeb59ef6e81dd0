"""A read amount under its property: unit and scale applied, in SI, with what speaks against it."""

from __future__ import annotations

from typing import Any, NamedTuple

from eutectic.knowledge.amounts import Amount
from eutectic.knowledge.properties import Property
from eutectic.knowledge.record import Flaw
from eutectic.knowledge.table_headers import Column, column_property
from eutectic.knowledge.units import NUMBER, Unit, read_unit

_DIGITS = 12


class Reading(NamedTuple):
    """An amount with unit, property and flaws."""

    amount: Amount
    unit: str
    factor: float
    """To SI."""
    si_unit: str
    property: str
    written: str
    flaws: tuple[Flaw, ...] = ()
    offset: float = 0.0

    def numbers(self) -> dict[str, Any]:
        """The fields of a record that hold the value."""

        def si(value: float | None, offset: float = 0.0) -> float | None:
            return None if value is None or not self.si_unit else float(f"{value * self.factor + offset:.{_DIGITS}g}")

        amount = self.amount
        return {
            "value": amount.value,
            "value_type": amount.kind,
            "low": amount.low,
            "high": amount.high,
            "sd": amount.sd,
            "unit": self.unit,
            "si_value": si(amount.value, self.offset),
            "si_low": si(amount.low, self.offset),
            "si_high": si(amount.high, self.offset),
            "si_sd": None if amount.sd is None else si(abs(amount.sd)),
            "si_unit": self.si_unit,
        }


def valued(amount: Amount, column: Column, unit_in_cell: str) -> Reading:
    """The value of a table cell under its column's property and unit."""
    unit = (read_unit(unit_in_cell) if unit_in_cell else None) or column.unit
    known = column.property
    if known is None or (unit is not None and known.to_si(1.0, unit) is None):
        known = column_property(column.name, unit)
    flaws: list[Flaw] = []
    if column.scale != 1.0:
        flaws.append(Flaw(reason="scale_ambiguous", detail=f"the header multiplies by {column.scale:g}: divided out"))
        amount = _scaled(amount, 1 / column.scale)
    return read_value(amount, unit, known, column.property, column.name, flaws)


def read_value(
    amount: Amount, unit: Unit | None, known: Property | None, named: Property | None, written: str, flaws: list[Flaw]
) -> Reading:
    """An amount in SI, judged by the property's dimension and range.

    Args:
        amount: As read.
        unit: None where none is written.
        known: The property that fits name and unit.
        named: The property by its name alone, whose dimension the unit may miss.
        written: The property as written.
        flaws: What is known to be wrong already.
    """
    if amount.is_flat_power:
        flaws.append(Flaw(reason="flat_exponent", detail="the power of ten stands on the line: a lost superscript?"))
    if unit is None and known is not None and known.dimension == NUMBER:
        unit = read_unit("1")
        if known.is_share and amount.kind != "not_detected":
            flaws.append(Flaw(reason="unit_unknown", detail="no unit is written: a fraction, or percent?"))
    if unit is None and amount.kind != "not_detected":
        flaws.append(Flaw(reason="unit_unknown", detail="no unit is written"))
    if known is None and named is not None and unit is not None:
        flaws.append(Flaw(reason="unit_of_another_quantity", detail=f"{unit.text} does not measure {named.name}"))
    item = known or named
    name = item.name if item is not None else written
    unit_text = unit.text.strip(" ()") if unit else ""
    if unit is None:
        return Reading(amount, "", 1.0, "", name, written, tuple(flaws))
    if known is None:
        return Reading(amount, unit_text, unit.factor, si_text(unit), name, written, tuple(flaws), unit.offset)
    one, zero = known.to_si(1.0, unit), known.to_si(0.0, unit)
    assert one is not None and zero is not None
    if amount.value is not None and _is_impossible(amount, one - zero, zero, known):
        detail = f"{amount.value:g} {unit_text} lies outside {known.low:g} to {known.high:g} {known.unit}"
        flaws.append(Flaw(reason="out_of_range", detail=detail))
    return Reading(amount, unit_text, one - zero, known.unit, name, written, tuple(flaws), zero)


def _is_impossible(amount: Amount, factor: float, offset: float, known: Property) -> bool:
    values = [value for value in (amount.value, amount.low, amount.high) if value is not None]
    slack = 1e-9 * max(abs(known.low), abs(known.high))
    return any(not known.low - slack <= value * factor + offset <= known.high + slack for value in values)


def _scaled(amount: Amount, by: float) -> Amount:
    def times(value: float | None) -> float | None:
        return None if value is None else float(f"{value * by:.12g}")

    return amount._replace(
        value=times(amount.value), low=times(amount.low), high=times(amount.high), sd=times(amount.sd)
    )


def si_text(unit: Unit) -> str:
    """The SI base units of a dimension, such as `kg m-1 s-2`."""
    names = ("m", "kg", "s", "A", "K", "mol", "HRC")
    parts = [
        f"{name}{'' if power == 1 else f'{power:g}'}"
        for name, power in zip(names, unit.dimension, strict=True)
        if power
    ]
    return " ".join(parts) or "1"
