"""The names a document gives its materials (`BT48`, `alloy A`), and its families of formulas with the values of `x`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from eutectic.core.elements import is_element
from eutectic.knowledge.amounts import find_amounts
from eutectic.knowledge.formula_text import Formula, find_formulas
from eutectic.knowledge.materials import Material, Mention, find_materials, material_of, shared_sites
from eutectic.knowledge.properties import Property

NOUN = r"(?:[Aa]lloy|[Ss]ample|[Gg]lass|[Ss]pecimen|[Cc]atalyst|[Cc]omposition|[Rr]ibbon|[Ss]teel|合金|样品|试样)s?"
_NAME = rf"(?:{NOUN}\s?(?:[Nn]o\.?\s?)?[#\w][\w.-]{{0,6}}|#?[A-Za-z][\w@./-]{{0,14}}|[A-Z]\d?)"
_CALLED = (
    r"(?:denoted|labell?ed|named|designated|referred|abbreviated|called|termed|marked|coded|hereafter|hereinafter|"
    r"henceforth|abbr\.?|记为|记作|简称|标记为|命名为)"
)
_AFTER = re.compile(
    rf"\s*(?:[(（\[]\s*(?:(?:at|wt|mol|mass)\.?\s*%\s*[,;]?\s*)?(?:{_CALLED}[\s:]*)*(?:to\s+)?(?:as|by)?\s*[“\"'‘]?(?P<inside>{_NAME})[”\"'’]?\s*[)）\]]"
    rf"|[^.;()（）]{{0,25}}?,?\s*(?:(?:is|are|was|were|which is)\s+)?(?:{_CALLED}[\s:]*)+(?:to\s+)?(?:as|by)?\s*[“\"'‘]?(?P<said>{_NAME})(?![\w]))"
)
_BEFORE = re.compile(
    rf"(?P<name>{_NAME})[”\"'’]?\s*(?:[(（\[]\s*|[=:：]\s*|(?:has|had|with)\s+(?:the|a)\s+(?:nominal\s+)?composition\s+(?:of\s+)?)$"
)
_NOT_NAMES = re.compile(
    r"^(?:at|wt|mol|mass|vol|in|is|are|the|of|and|with|for|from|as|x|y|z|Fig\w*|Table\w*|Eq\w*|ref\w*|e\.g|i\.e|see|"
    r"all\w*|both|bcc|fcc|hcp|BCC|FCC|HCP|amorphous|glass\w*|alloys?|samples?|right|left|top|red|blue|green|black|phase|"
    r"Type|type|based|nominal|compositions?|namely|where|than|to|by|inset)$"
)
_LIST = re.compile(
    r"(?<![A-Za-z])([xyz])\s*[=＝]\s*(\d+(?:\.\d+)?(?:\s*(?:,|、|and|or|;|和)+\s*\d+(?:\.\d+)?)*(?:\s*[-–−~to]{1,2}\s*\d+(?:\.\d+)?)?)"
)

_RESPECTIVELY = re.compile(r"\brespectively\b|分别")
_COMMA = r"\s*(?:,\s*and|,|\band\b|、|和)\s*"
_NAMES = re.compile(rf"{_NAME}(?:{_COMMA}{_NAME})+")


class Family(NamedTuple):
    """A formula with open variables, where it stands, and the values the document gives them."""

    formula: Formula
    page: int
    values: tuple[tuple[str, tuple[float, ...]], ...]
    """By variable; empty where none are given beside it."""


class Labels(NamedTuple):
    """What a document calls its materials."""

    materials: dict[str, Material]
    families: tuple[Family, ...]
    numbers: Mapping[str, Material] = MappingProxyType({})
    """Materials that a table only numbers: for other tables, as text has too many numbers."""
    symbols: Mapping[str, Property] = MappingProxyType({})
    """What the text explains symbols of properties by."""


def read_labels(pages: Iterable[tuple[int, str]]) -> Labels:
    """The names that the pages of a document (number, text) give to formulas."""
    named: dict[str, Material] = {}
    families: list[Family] = []
    shortened: dict[str, list[Material]] = {}
    for number, page in pages:
        text = re.sub(r"(?<=[a-z])[-‐]\n(?=[a-z])", "", re.sub(r"[ \t]*\n[ \t]*", "\n", page))
        for mention in find_materials(text, {}):
            if mention.formula is not None and mention.formula.variables:
                families.append(_family(text, mention.formula, number))
                named.update(_listed(text, families[-1], mention))
            elif mention.material.composition is not None and not mention.is_reagent:
                for name in _names(text, mention):
                    named.setdefault(name, mention.material)
                if (short := shared_sites(mention.material.written)) != mention.material.written:
                    shortened.setdefault(short, []).append(mention.material)
        for name, material in _respective(text):
            named.setdefault(name, material)
    for short, materials in shortened.items():
        if len({material.composition for material in materials}) == 1:
            named.setdefault(short, materials[0])
    return Labels(named, tuple(families))


def filled(family: Formula, text: str) -> Material | None:
    """A family's material where a label such as `x = 0.2` fills all its variables."""
    values: dict[str, float] = {}
    for variable, listed in _lists(text).items():
        if len(listed) == 1:
            values[variable] = listed[0]
    if not family.variables or any(name not in values for name in family.variables):
        return None
    material = material_of(family, values)
    said = ", ".join(f"{name} = {values[name]:g}" for name in family.variables)
    return material._replace(written=f"{material.written} ({said})")


def _lists(text: str) -> Mapping[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for match in _LIST.finditer(text):
        found.setdefault(
            match[1], tuple(a.value for a in find_amounts(match[2]) if a.value is not None and a.kind == "exact")
        )
    return found


def values_of(text: str) -> dict[str, tuple[float, ...]]:
    """The values that a text gives to x, y and z."""
    return dict(_lists(text))


def _family(text: str, formula: Formula, page: int) -> Family:
    near = _lists(text[formula.end : formula.end + 160])
    return Family(formula, page, tuple((name, near[name]) for name in formula.variables if near.get(name)))


def _listed(text: str, family: Family, mention: Mention) -> dict[str, Material]:
    """`Fe80-xCoxB20 (x = 0, 5, 10), denoted as Co0, Co5 and Co10`: name by name."""
    if len(family.values) != 1:
        return {}
    variable, values = family.values[0]
    match = re.search(
        rf"(?:{_CALLED}[\s:]*)+(?:to\s+)?(?:as|by)?\s*((?:{_NAME}(?:\s*,\s*(?:and\s+)?|\s+and\s+|、|和)?)+)",
        text[mention.end : mention.end + 240],
    )
    names = re.findall(rf"{_NAME}", match[1].replace(" and ", ", ")) if match else []
    names = [_tidy(name) for name in names if _is_name(name)][: len(values)]
    if len(names) != len(values):
        return {}
    return {
        name: material_of(family.formula, {variable: value})._replace(written=f"{family.formula.text} ({variable} = {value:g})")
        for name, value in zip(names, values, strict=True)
    }  # fmt: skip


def _respective(text: str) -> Iterator[tuple[str, Material]]:
    """`Samples S1, S2 and S3 have the compositions …, … and …, respectively`, names before or behind: one by one."""
    for match in _RESPECTIVELY.finditer(text):
        start = (
            max(
                text.rfind(". ", 0, match.start()),
                text.rfind("\n\n", 0, match.start()),
                text.rfind("。", 0, match.start()),
            )
            + 1
        )
        sentence = text[start : match.start()] + (text[match.end() :].split("。")[0] if match[0] == "分别" else "")
        mentions = [m for m in find_materials(sentence, {}) if m.material.composition is not None and not m.is_reagent]
        if len(mentions) < 2:
            continue
        for part in (sentence[: mentions[0].start], sentence[mentions[-1].end :]):
            for run in _NAMES.finditer(part):
                names = [re.sub(rf"^{NOUN}\s+(?=\D)", "", _tidy(name)) for name in re.split(_COMMA, run[0])]
                if len(names) == len(mentions) and all(map(_is_name, names)):
                    yield from zip(names, (m.material for m in mentions), strict=True)


def _names(text: str, mention: Mention) -> list[str]:
    found = []
    after = _AFTER.match(text, mention.end)
    if after and _is_name(name := (after["inside"] or after["said"] or "")):
        found.append(_tidy(name))
    before = _BEFORE.search(text[max(0, mention.start - 60) : mention.start])
    if before and _is_name(before["name"]):
        found.append(_tidy(before["name"]))
    return [*found, *(bare for name in found if (bare := re.sub(rf"^{NOUN}\s+", "", name)) != name and _is_name(bare))]


def _tidy(name: str) -> str:
    return " ".join(name.split()).rstrip(".,;:-/")


def _is_name(text: str) -> bool:
    text = text.strip()
    if not text or _NOT_NAMES.match(text) or is_element(text) or find_formulas(text):
        return False
    if re.match(NOUN, text):
        return bool(re.search(r"[A-Z#\d]", text[3:]))
    return len(text) > 1 and bool(re.search(r"[A-Z\d]", text)) and not re.search(r"\.\w*%|%", text)
