"""Materials in a text: formulas, alloys written amount first, mixtures of compounds, and trade names, with their basis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from eutectic.core.composition import Basis, Composition
from eutectic.core.elements import elements, is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.knowledge.formula_text import Formula, find_formulas
from eutectic.knowledge.formula_words import REAGENTS
from eutectic.knowledge.units import read_basis

TRADE_NAME = "a trade name, not a composition"
"""Why a grade or a trade name has no composition."""
StatedBasis = Literal["at%", "wt%", "mol%", "vol%", "unknown"]

_DASH = r"\s?[-–−‐]\s?"
_AMOUNT = r"\d{1,2}(?:\.\d+)?"
_PERCENT = r"(?:\s?\(?\s*(?:at|wt|mass|mol|vol|weight|atomic)\.?\s*-?%\s*\)?)"
_DASHED = re.compile(
    rf"(?<![\w.])(?P<base>[A-Z][a-z]?)(?P<rest>(?:{_DASH}{_AMOUNT}{_PERCENT}?\s?[A-Z][a-z]?(?![a-z]))+)(?P<basis>{_PERCENT})?"
)
_SOLUTE = re.compile(rf"({_AMOUNT}){_PERCENT}?\s?([A-Z][a-z]?)")
_MIXED = re.compile(
    r"(?<![\w.])(?P<all>\(?\d+(?:\.\d+)?\)?\s?\(?[A-Z][A-Za-z\d().]*\)?[A-Za-z\d]*"
    r"(?:\s?[-–−·⋅•∙]\s?\(?\d+(?:\.\d+)?\)?\s?\(?[A-Z][A-Za-z\d().]*[A-Za-z\d)])+)(?P<basis>\s?\(?(?:at|wt|mass|mol|mole)\.?\s*-?%)?"
)
_PART = re.compile(r"(?<![A-Za-z\d.])\(?(\d+(?:\.\d+)?)\)?\s?(\(?[A-Z].*?)(?=\s?[-–−·⋅•∙]\s?\(?\d|$)")
_TRADE = re.compile(
    r"(?<![\w-])(?:EN\s?AW[- ]?\d{4}[A-Z]?|AA\s?\d{4}[A-Z]?|(?:AISI|SAE|SUS|SS|UNS)[- ]?[A-Z]?\d{3,5}[A-Z]{0,2}|\d{3}(?:L|LN|H)?(?= (?:stainless )?steel)"
    r"|(?:Inconel|Hastelloy|Incoloy|Monel|Waspaloy|Stellite)[- ]?[A-Z]?-?\d{1,4}[A-Z]?|(?:AZ|ZK|AM|WE|EZ|ZE)\d{2}[A-Z]?"
    r"|Vitreloy[- ]?\d+[a-z]?|Vit[- ]?\d+[a-z]?|[CS]\d{2}(?= steel))(?![\w])"
)
_TOOL = re.compile(
    r"\s*[-–]?\s*(?:emery|abrasive|sand|grinding|milling|single[- ]crystal|\(\d+\))?\s*"
    r"(?:sand)?(?:papers?|grits?|abrasives?|crucibles?|mou?lds?|boats?|tubes?|wafers?|substrates?|balls?|mortars?|砂纸|坩埚|衬底)(?![a-z])"
)
"""What a formula in front of it names is what a sample was ground, molten or grown on, not the sample."""
_BEHIND = re.compile(
    r"\s*[(,]?\s*(?:in\s+|all in\s+|nominal,?\s+)?(at|atomic|wt|weight|mass|mol|mole|vol)\.?\s*-?(?:%|percent)",
    re.IGNORECASE,
)


_OPEN_SITE = re.compile(
    r"(?<![\w.])(?:[A-Z][a-z]?[\d.]*)*(?:\((?:[A-Z][a-z]?\s?[,，]\s?)+[A-Z][a-z]?\)[\d.]*(?:[A-Z][a-z]?[\d.]*)*)+(?![a-z(])"
)


_GUEST = re.compile(r":([A-Z][a-z]?)(?![a-z\d])(?!\s*[=:])")
"""A guest without its amount: `ZnO:Al`, `SiO2.1:H`."""


class Material(NamedTuple):
    """What a record is about: as written, and as an at% composition where that can be told for certain."""

    written: str
    composition: Composition | None
    basis: StatedBasis
    """The basis it was written in."""
    problem: str = ""
    """Why there is no composition."""
    label: str = ""
    """The document's own name for it, such as `BT48`."""


class Mention(NamedTuple):
    """A material at a place in a text; `formula` is kept while a variable of it is open."""

    start: int
    end: int
    material: Material
    formula: Formula | None = None
    is_reagent: bool = False


def material_of(formula: Formula, values: Mapping[str, float], behind: str = "") -> Material:
    """The material of a formula, in atomic fractions unless the words behind it say `wt.%`."""
    match = _BEHIND.match(behind)
    named = read_basis(match[0]) if match else ""
    basis: Basis = "wt%" if named == "wt%" else "at%"
    written = "".join(formula.text.split())
    try:
        if basis == "wt%":
            amounts = parse_formula(formula.with_values(values))
            return _by_weight(written, amounts)
        return Material(written, formula.composition(values), "at%")
    except BadInput as error:
        return Material(written, None, basis, str(error))


def find_materials(text: str, labels: Mapping[str, Material]) -> list[Mention]:
    """Every material of a text in order; `labels` are the document's own names."""
    found: list[Mention] = []
    known = (*_dashed(text), *_mixtures(text), *_formulas(text), *_labelled(text, labels))
    for mention in (*known, *_open_sites(text), *_traded(text)):
        if not any(mention.start < other.end and other.start < mention.end for other in found):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _formulas(text: str) -> Iterator[Mention]:
    for formula in find_formulas(text):
        values: dict[str, float] = {}
        if formula.variables:
            values = dict.fromkeys(formula.variables, 0.0)
        material = material_of(formula, values, text[formula.end : formula.end + 24])
        if formula.variables:
            material = Material(material.written, None, material.basis, f"{', '.join(formula.variables)} is open")
        if (guest := _GUEST.match(text, formula.end)) is not None:
            problem = f"how much {guest[1]} it holds is not said"
            material = Material(f"{material.written}:{guest[1]}", None, material.basis, problem)
        is_tool = material.written in REAGENTS or _TOOL.match(text, formula.end) is not None
        yield Mention(formula.start, formula.end, material, formula, is_tool)


def _dashed(text: str) -> Iterator[Mention]:
    """`Ti-6Al-4V (wt%)`, `Fe-6.5 wt.% Si`: the first element takes what the others leave."""
    for match in _DASHED.finditer(text):
        solutes = [(float(amount), symbol) for amount, symbol in _SOLUTE.findall(match["rest"])]
        names = [match["base"], *(symbol for _, symbol in solutes)]
        total = sum(amount for amount, _ in solutes)
        if not all(is_element(name) for name in names) or len(set(names)) < len(names) or not 0 < total < 100:
            continue
        inside = re.search(_PERCENT, match["rest"])
        behind = match["basis"] or (inside[0] if inside else "") or _behind(text[match.end() :])
        amounts = {match["base"]: 100.0 - total, **{symbol: amount for amount, symbol in solutes}}
        yield Mention(match.start(), match.end(), _in_basis(" ".join(match[0].split()), amounts, read_basis(behind)))


def _in_basis(written: str, amounts: dict[str, float], basis: str) -> Material:
    if basis == "wt%":
        return _by_weight(written, amounts)
    if basis == "at%":
        return Material(written, Composition.of(amounts, "at%", normalise=True), "at%")
    return Material(written, None, "unknown", "basis_unknown: neither at% nor wt% is said of it")


def _by_weight(written: str, amounts: Mapping[str, float]) -> Material:
    total = sum(amounts.values())
    if not 99.0 <= total <= 101.0:
        return Material(written, None, "wt%", f"the percentages add up to {total:g}, not 100")
    try:
        return Material(written, Composition.of(amounts, "wt%", normalise=True).to("at%"), "wt%")
    except BadInput as error:
        return Material(written, None, "wt%", str(error))


def _mixtures(text: str) -> Iterator[Mention]:
    """`70SiO2-20Na2O-10CaO (mol%)`, `60MgS·40P2S5`, `0.94(Bi0.5Na0.5)TiO3-0.06BaTiO3`: compounds by moles or weight."""
    for match in _MIXED.finditer(text):
        parts = _PART.findall(match["all"])
        total = sum(float(amount) for amount, _ in parts)
        if len(parts) < 2 or not (99.0 <= total <= 101.0 or abs(total - 1) <= 0.011):
            continue
        basis = read_basis((match["basis"] or "") + _behind(text[match.end() :]))
        elements: dict[str, float] = {}
        try:
            for amount, compound in parts:
                for symbol, count in parse_formula(compound).items():
                    elements[symbol] = elements.get(symbol, 0.0) + float(amount) * count
            if len(elements) < 2 or all(len(parse_formula(compound)) == 1 for _, compound in parts):
                continue
            stated: StatedBasis = "mol%" if basis in ("mol%", "at%") or "·" in match["all"] or total < 2 else "unknown"
            written = " ".join(match["all"].split())
            if stated == "unknown":
                yield Mention(
                    match.start(),
                    match.end("all"),
                    Material(written, None, "wt%" if basis == "wt%" else stated, "basis_unknown: not said to be mol%"),
                )
                continue
            mixed = Composition.of(elements, "at%", normalise=True)
            yield Mention(match.start(), match.end("all"), Material(written, mixed, stated))
        except BadInput:
            continue


def of_compounds(amounts: Mapping[str, float], basis: str) -> Composition:
    """The elements of compounds given by moles, or by weight where the basis says so.

    Raises:
        BadInput: A compound that is no formula, or a basis that is neither.
    """
    moles: dict[str, float] = {}
    for compound, amount in amounts.items():
        counts = parse_formula(compound)
        mass = sum(count * elements()[symbol].mass for symbol, count in counts.items())
        share = amount / mass if basis == "wt%" else amount
        for symbol, count in counts.items():
            moles[symbol] = moles.get(symbol, 0.0) + share * count
    return Composition.of(moles, "at%", normalise=True)


def _open_sites(text: str) -> Iterator[Mention]:
    """`(Fe,Co)85B15`: a site shared in a ratio that is not said."""
    for match in _OPEN_SITE.finditer(text):
        written = re.sub(r"\s", "", match[0]).rstrip(".")
        symbols = re.findall(r"[A-Z][a-z]?", written)
        if len(set(symbols)) == len(symbols) and all(map(is_element, symbols)) and len(symbols) > 2:
            site = re.search(r"\(([^)]*)\)", written)
            problem = f"the ratio in ({site[1] if site else ''}) is open"
            yield Mention(
                match.start(), match.start() + len(match[0].rstrip(".")), Material(written, None, "at%", problem)
            )


def shared_sites(formula: str) -> str:
    """A formula with the amounts on its shared sites left out, as papers shorten it: `(Fe,Co)85B15`."""

    def bare(match: re.Match[str]) -> str:
        return f"({','.join(re.findall(r'[A-Z][a-z]?', match[1]))})"

    return re.sub(r"\(((?:[A-Z][a-z]?[\d.]+){2,})\)", bare, formula)


def _behind(text: str) -> str:
    match = _BEHIND.match(text)
    return match[0] if match else ""


def _traded(text: str) -> Iterator[Mention]:
    for match in _TRADE.finditer(text):
        written = " ".join(match[0].split())
        yield Mention(match.start(), match.end(), Material(written, None, "unknown", TRADE_NAME))


def _labelled(text: str, labels: Mapping[str, Material]) -> Iterator[Mention]:
    if not labels:
        return
    names = sorted(labels, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(name) for name in names) + r")(?![\w])")
    for match in pattern.finditer(text):
        yield Mention(match.start(), match.end(), labels[match[0]]._replace(label=match[0]))
