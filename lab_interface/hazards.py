"""Hazards: the versioned table of what is dangerous alone, together or hot, and what it says of a vessel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, model_validator

from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.core.record import Record

Severity = Literal["pass", "warn", "block"]
_RANK: Mapping[Severity, int] = {"pass": 0, "warn": 1, "block": 2}
_SAFE_WHEN_BOUND = ("F", "Cl", "Br")
"""Elements that are denied as gases and harmless in many compounds."""


class Substance(Record):
    """An element or component of the table, or an unknown one."""

    name: str
    classes: tuple[str, ...] = ()
    verdict: Severity
    why: str
    source: str = ""
    ppe: str = ""
    boiling_c: float | None = None
    flash_c: float | None = None
    is_known: bool = True


class ElementRow(Record):
    """Elements that share a verdict."""

    symbols: tuple[str, ...] = Field(min_length=1)
    classes: tuple[str, ...] = ()
    verdict: Severity
    why: str
    source: str
    ppe: str = ""


class ComponentRow(Record):
    """Names of one kind of component."""

    names: tuple[str, ...] = Field(min_length=1)
    classes: tuple[str, ...] = ()
    verdict: Severity
    why: str
    source: str
    ppe: str = ""
    boiling_c: float | None = None
    flash_c: float | None = None
    """Flash point in degC (closed cup); None where the source has none."""


class Pattern(Record):
    """A name that gives a class away where the component is not listed."""

    pattern: str
    class_: str = Field(alias="class")
    source: str


class Rule(Record):
    """Classes that must not meet in a vessel, or not above a temperature."""

    id: str
    all: tuple[str, ...] = Field(min_length=1)
    above_c: float | None = None
    verdict: Severity
    why: str
    source: str


class Hazard(Record):
    """One thing the table says of a vessel."""

    verdict: Severity
    what: str


class Heat(Record):
    """A hot step as it meets the liquids in a vessel."""

    step: str
    hottest_c: float
    is_drying: bool
    is_inert: bool


class HazardTable(Record):
    """The whole rule set; deny beats warn, and unknown needs a person."""

    version: str
    sources: dict[str, str]
    elements: tuple[ElementRow, ...]
    components: tuple[ComponentRow, ...]
    patterns: tuple[Pattern, ...]
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _cited(self) -> HazardTable:
        cited = {row.source for row in self.elements} | {row.source for row in self.components}
        cited |= {row.source for row in self.patterns} | {row.source for row in self.rules}
        strange = sorted(cited - self.sources.keys())
        if strange:
            raise ValueError(f"sources {strange} are not listed")
        return self

    def substance(self, name: str) -> Substance:
        """What is known of an element (by its exact symbol) or a component (by any of its names)."""
        if is_element(name):
            return self._element(name)
        return self._component(name) or self._unknown(name)

    def medium(self, name: str) -> Substance:
        """What is known of an atmosphere or solvent, where `Ar` is the gas from a bottle."""
        return self._component(name) or self.substance(name)

    def has(self, name: str) -> bool:
        """Whether a text is a name of the table's components."""
        return self._component(name) is not None

    def vessel(self, contents: Iterable[Substance], hottest_c: float | None) -> list[Hazard]:
        """Everything the table says of substances that ever meet in one vessel, at the hottest it gets."""
        present = {item.name: item for item in contents}
        found = [
            Hazard(verdict=item.verdict, what=f"{name}: {item.why}{_cite(item.source)}")
            for name, item in sorted(present.items())
            if item.verdict != "pass"
        ]
        holders: dict[str, list[str]] = {}
        for name, item in sorted(present.items()):
            for kind in item.classes:
                holders.setdefault(kind, []).append(name)
        found += [
            Hazard(verdict=rule.verdict, what=f"{_who(rule, holders)}: {rule.why}{_cite(self.sources[rule.source])}")
            for rule in self.rules
            if set(rule.all) <= holders.keys() and _is_hot_enough(rule.above_c, hottest_c)
        ]
        return found

    def heated(self, contents: Iterable[Substance], heat: Heat) -> list[Hazard]:
        """What one hot step does to liquids: boiling outside a drying step, and a flammable one hot in air.

        Drying a liquid off on purpose needs a person; anything else that boils, or that is hot above its flash point
        without inert gas, blocks. A flammable liquid without a tabulated flash point counts as above it.
        """
        found = []
        for item in {item.name: item for item in contents}.values():
            if item.boiling_c is not None and heat.hottest_c >= item.boiling_c:
                said = f"{item.name} boils at {item.boiling_c:g} degC, {heat.step} is at {heat.hottest_c:g} degC"
                found.append(Hazard(verdict="warn" if heat.is_drying else "block", what=said + _cite(item.source)))
            burns = {"organic", "fuel"} <= set(item.classes) and item.boiling_c is not None
            if burns and (item.flash_c is None or heat.hottest_c >= item.flash_c) and not heat.is_inert:
                point = "is not tabulated" if item.flash_c is None else f"is {item.flash_c:g} degC"
                said = f"{item.name}: its flash point {point}, {heat.step} is at {heat.hottest_c:g} degC, not inert"
                found.append(Hazard(verdict="warn" if heat.is_drying else "block", what=said + _cite(item.source)))
        return found

    def _element(self, symbol: str) -> Substance:
        for row in self.elements:
            if symbol in row.symbols:
                return Substance(
                    name=symbol,
                    classes=row.classes,
                    verdict=row.verdict,
                    why=row.why,
                    source=self.sources[row.source],
                    ppe=row.ppe,
                )
        return Substance(name=symbol, verdict="warn", why="not in the hazard table", is_known=False)

    def _component(self, name: str) -> Substance | None:
        exact, folded = _names(self.components)
        row = exact.get(_plain(name)) or (None if _elements_in(name) else folded.get(_plain(name).casefold()))
        if row is None:
            return None
        fields = row.model_dump(exclude={"names"}) | {"source": self.sources[row.source]}
        return Substance.model_validate({"name": name} | fields)

    def _unknown(self, name: str) -> Substance:
        texts = {name, unicodedata.normalize("NFKC", name), name.casefold()}
        classes = {p.class_ for p in self.patterns if any(re.search(p.pattern, text) for text in texts)}
        denied = [
            s for s in map(self._element, _elements_in(name)) if s.verdict == "block" and s.name not in _SAFE_WHEN_BOUND
        ]
        if denied:
            why = f"holds {denied[0].name}: {denied[0].why}"
            return Substance(
                name=name, classes=tuple(sorted(classes)), verdict="block", why=why, source=denied[0].source
            )
        why = "not in the hazard table: a person must judge it"
        return Substance(name=name, classes=tuple(sorted(classes)), verdict="warn", why=why, is_known=False)


@cache
def hazard_table() -> HazardTable:
    """The table that ships with Eutectic.

    Raises:
        BadInput: the file is damaged; nothing passes the gate then.
    """
    import yaml

    try:
        text = files("eutectic.lab_interface").joinpath("hazards.yaml").read_text(encoding="utf-8")
        return HazardTable.model_validate(yaml.safe_load(text))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BadInput(f"the hazard table cannot be read: {error}", where="hazards.yaml") from error


@cache
def _names(rows: tuple[ComponentRow, ...]) -> tuple[dict[str, ComponentRow], dict[str, ComponentRow]]:
    """Rows by name as written (`CoCl2` is not `COCl2`), and by name without case, the worst one where two meet."""
    exact = {_plain(name): row for row in rows for name in row.names}
    folded: dict[str, ComponentRow] = {}
    for name, row in sorted(exact.items(), key=lambda item: _RANK[item[1].verdict]):
        folded[name.casefold()] = row
    return exact, folded


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "-", unicodedata.normalize("NFKC", name).strip())


def _elements_in(name: str) -> list[str]:
    try:
        return sorted(parse_formula(name))
    except BadInput:
        return []


def _cite(source: str) -> str:
    return f" [{source}]" if source else ""


def _who(rule: Rule, holders: Mapping[str, list[str]]) -> str:
    who = " with ".join("/".join(holders[kind]) + f" ({kind})" for kind in rule.all)
    return f"rule {rule.id}: {who}" + (f" above {rule.above_c:g} degC" if rule.above_c is not None else "")


def _is_hot_enough(above_c: float | None, hottest_c: float | None) -> bool:
    return above_c is None or (hottest_c is not None and hottest_c > above_c)
