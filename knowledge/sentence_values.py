"""Amounts of a sentence with their units, each under the property that is named for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eutectic.knowledge.amounts import Amount, find_amounts, plainly
from eutectic.knowledge.properties import Property
from eutectic.knowledge.sentence_properties import NamedProperty
from eutectic.knowledge.units import NUMBER, Unit, read_unit
from eutectic.knowledge.units_text import unit_at

RESPECTIVELY = re.compile(r"\brespectively\b|分别", re.IGNORECASE)
AT_VARIABLE = re.compile(r"\s*\(?(?:at|for|with|when)\s+(?P<name>[xyz])\s*=\s*(?P<value>\d+(?:\.\d+)?)(?![\d,])")
"""Behind a value of a family: `90 °C at x = 0.1`."""
_AT = re.compile(r"\bat\b|@|在")
_FORMULA_LIKE = re.compile(r"\(?[A-Z][\w.()]*\d[\w.()]*")
_TEMPERATURE = "K"
_IN_FORMULA = re.compile(r"(?:[A-Z][a-z]?|[A-Za-z\d.]\))$")
"""Before the last amount of a formula: `0.42 eV for LiZr2(PO4)3 to 0.31 eV`."""
_FROM = re.compile(r"\bfrom\s+\d+(?:\.\d+)?\s?(?:K|°C|℃)(?=\s+(?:for|in|of)\s.*\bto\s*$)")
"""The first of two values of two materials: `from 620 K for Fe85B15 to 655 K`."""
_VARIABLE = re.compile(r"(?<![A-Za-z])[xyz]\s*=\s*$")
"""Before a family's variable, which makes no range with a value behind it: `from 665 K for x = 0 to 641 K`."""


class Value(NamedTuple):
    amount: Amount
    unit: Unit
    end: int


class Clause(NamedTuple):
    """A sentence with the properties that it, or the one before it, names."""

    text: str
    named: tuple[NamedProperty, ...]
    is_own: bool
    """Whether the properties are named in this sentence."""

    def in_order(self, values: Sequence[Value]) -> list[tuple[Value, tuple[NamedProperty, Property] | None]]:
        """`Bs and Hc of 1.7 T and 4 A/m, respectively`: as many properties as values, each fitting its own."""
        if not RESPECTIVELY.search(self.text) or not self.is_own:
            return []
        for first in range(len(values)):
            named = [each for each in self.named if each.end <= values[first].amount.start][-(len(values) - first) :]
            several = values[first : first + len(named)]
            if len(named) < 2 or len(several) < len(named):
                continue
            pairs = []
            for value, name in zip(several, named, strict=True):
                item = next(
                    (
                        each
                        for each in name.candidates
                        if each.to_si(1.0, value.unit) is not None and _fits(each, value)
                    ),
                    None,
                )
                if item is not None:
                    pairs.append((value, (name, item)))
            if len(pairs) == len(named) and len({item.name for _, (_, item) in pairs}) == len(pairs):
                return list(pairs)
        return []

    def in_groups(self, values: Sequence[Value], n: int) -> list[tuple[Value, tuple[NamedProperty, Property] | None]]:
        """`Tg of 662 and 671 K and Tx of 741 and 749 K, respectively`: behind each property a value for each of n."""
        if n < 2 or len(self.named) < 2 or len(values) != n * len(self.named) or not RESPECTIVELY.search(self.text):
            return []
        pairs: list[tuple[Value, tuple[NamedProperty, Property] | None]] = []
        for place, value in enumerate(values):
            named = self.named[place // n]
            following = self.named[place // n + 1].start if place // n + 1 < len(self.named) else len(self.text)
            item = next((each for each in named.candidates if each.to_si(1.0, value.unit) is not None), None)
            if item is None or not named.end <= value.amount.start < following:
                return []
            pairs.append((value, (named, item)))
        return pairs

    def values(self) -> list[Value]:
        """Amounts with units; several before one unit share it: `2.9 × 10⁻⁵ and 6.1 × 10⁻³ S cm⁻¹`."""
        text = plainly(self.text)
        found: list[tuple[Amount, Unit | None, int]] = []
        for amount in find_amounts(text):
            spaces = re.compile(r"\s*(?=\s)").match(text, amount.end)
            behind = unit_at(text, spaces.end() if spaces else amount.end)
            found.append((amount, behind.unit if behind else None, behind.end if behind else amount.end))
        values: list[Value] = []
        for place, (amount, unit, end) in enumerate(found):
            if amount.kind == "range" and unit is not None and _is_other_number(text, amount.start):
                amount = amount._replace(value=_last(text, amount), kind="exact", low=None, high=None)
            if unit is None:
                for later, later_unit, _ in found[place + 1 :]:
                    gap = text[end : later.start]
                    if not re.fullmatch(r"\s*(?:,|and|or|to|/|;|、|和)*\s*(?:and\s*)?", gap):
                        break
                    end = later.end
                    if later_unit is not None:
                        unit = later_unit
                        break
            if unit is not None:
                values.append(Value(amount, unit, end))
            elif self._is_ratio(amount):
                values.append(Value(amount, _one(), amount.end))
        return values

    def _is_ratio(self, amount: Amount) -> bool:
        """Whether a bare number is said of a property without a unit: `relative permeability of 12,000`."""
        text = self.text
        return any(
            any(item.dimension == NUMBER and not item.is_share for item in named.candidates)
            and 0 <= amount.start - named.end <= 60
            and re.fullmatch(
                r"(?:\s+(?:of|for|in)\s+(?:the\s+)?[A-Z(]\S*(?:\s+(?:alloy|sample|glass|ceramic|film|core|ribbon|rod)s?)?(?=\s))?[\s(=~≈:]*(?:of|was|is|amount(?:s|ed) to|=|reache[sd]|为|达到?|约)*[\s(=~≈]*(?:about|up to)?\s*",
                text[named.end : amount.start],
            )
            for named in self.named
        )

    def property_of(self, value: Value) -> tuple[NamedProperty, Property] | None:
        """The nearest property that the unit measures; temperatures need their symbol or name right beside them."""
        text, fitting = self.text, []
        for named in self.named:
            item = next(
                (each for each in named.candidates if each.to_si(1.0, value.unit) is not None and _fits(each, value)),
                None,
            )
            if item is None or (named.is_symbol and not self.is_own):
                continue
            if not self.is_own:
                fitting.append((0.0, named, item))
                continue
            behind, ahead = value.amount.start - named.end, named.start - value.end
            if behind >= 0:
                distance = float(behind)
            elif ahead >= 0:
                distance = 12.0 + 2.5 * ahead
            else:
                continue
            if named.is_symbol and not re.fullmatch(
                r"[\s)]*(?:[=≈~∼:<>≥≤]|of|was|is|values?|as|for|to|about|,|\()*[\s=≈~∼(]*.{0,30}",
                text[named.end : value.amount.start] if behind >= 0 else "x" * 60,
            ):
                continue
            fitting.append((distance, named, item))
        if not fitting:
            return None
        distance, named, item = min(fitting, key=lambda each: each[0])
        if value.unit.dimension == _one_of(_TEMPERATURE) and not self._is_temperature_value(value, named):
            return None
        if self._is_condition(value) and not 0 <= named.start - value.end <= 2:
            return None
        return (named, item) if distance <= 140 else None

    def _is_temperature_value(self, value: Value, named: NamedProperty) -> bool:
        """A temperature is a property only where it is said to be one; else it is a condition."""
        between = self.text[named.end : value.amount.start] if value.amount.start >= named.end else ""
        words = _FORMULA_LIKE.sub("", _FROM.sub("", between))
        if AT_VARIABLE.match(self.text, value.end):
            words = AT_VARIABLE.sub("", re.sub(r"\d+(?:\.\d+)?\s?(?:K|°C)", "", words))
        if re.search(r"\d", words) and not RESPECTIVELY.search(self.text):
            return False
        return (
            bool(between)
            and len(words) <= 60
            and not re.search(r"\b(?:at|annealed|heated|below|above|over|by)\s*$|在\s*$", between)
        )

    def _is_condition(self, value: Value) -> bool:
        """`at 10 mA cm⁻²`, `at 50 Hz`: where it was measured, not what was."""
        before = self.text[max(0, value.amount.start - 14) : value.amount.start]
        return bool(
            re.search(
                r"(?:\bat|\bunder|\bwith a rate of|\bfor|@|在|\bper|\bheating rate of|\bfrequency of)\s*(?:a\s+)?$",
                before,
            )
        )

    def temperatures(self, values: Sequence[Value], used: Sequence[Value]) -> dict[int, float]:
        """Temperatures for values one by one, where as many stand behind: `at 400 and 800 °C, respectively`."""
        text = self.text
        temperatures = [
            value
            for value in values
            if value.unit.dimension == _one_of(_TEMPERATURE) and value not in used and value.amount.value is not None
        ]
        if not used:
            return {}
        if len(temperatures) == len(used) > 1 and (
            RESPECTIVELY.search(text) or temperatures[0].amount.start < used[-1].amount.start
        ):
            return {place: round(t.unit.to_si(t.amount.value or 0.0), 4) for place, t in enumerate(temperatures)}
        paired: dict[int, float] = {}
        for place, value in enumerate(used):
            following = [
                t
                for t in temperatures
                if 0 <= t.amount.start - value.end <= 30 and _AT.search(text[value.end : t.amount.start + 4])
            ]
            if following:
                paired[place] = round(following[0].unit.to_si(following[0].amount.value or 0.0), 4)
        return paired


def _last(text: str, amount: Amount) -> float | None:
    """The end of what looks like a range that is the value itself, whichever is the greater."""
    ends = [end for end in (amount.low, amount.high) if end is not None]
    last = re.findall(r"\d+(?:\.\d+)?", text[amount.start : amount.end])[-1:]
    return min(ends, key=lambda end: abs(end - float(last[0]))) if ends and last else amount.high


def _is_other_number(text: str, at: int) -> bool:
    """Whether what looks like the lower end of a range is a variable's value, or a formula's last amount."""
    return bool(_VARIABLE.search(text[:at])) or bool(_IN_FORMULA.search(text[:at]))


def _fits(item: Property, value: Value) -> bool:
    """A share in percent is no ratio above 1 and no permeability; a bare 1 is no fraction."""
    if item.dimension != NUMBER:
        return True
    if value.unit.text.startswith(("cycle", "atom", "dec")):
        return False
    if value.unit.text == "1":
        return not item.is_share
    return item.high <= 100


def _one() -> Unit:
    unit = read_unit("1")
    assert unit is not None
    return unit


def _one_of(name: str) -> tuple[float, ...]:
    unit = read_unit(name)
    assert unit is not None
    return unit.dimension
