"""What a column of a table holds, read from its header: a material, an element's share, a property, a condition."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from eutectic.core.elements import elements, is_element
from eutectic.knowledge.conditions import is_calculated
from eutectic.knowledge.formula_words import RADIOACTIVE
from eutectic.knowledge.properties import Property, find_property, properties
from eutectic.knowledge.table_states import is_state, meaning_said, unit_said
from eutectic.knowledge.units import NUMBER, Unit, read_basis, read_unit

ColumnKind = Literal["material", "label", "element", "property", "error", "condition", "variable", "reference", "text"]

_MATERIAL = re.compile(
    r"^(?:nominal\s+|chemical\s+|target\s+|actual\s+)?(?:alloys?|compositions?|compounds?|materials?|samples?|specimens?|catalysts?|formulas?|formulae|"
    r"glass(?:es)?|electrolytes?|steels?|ceramics?|perovskites?|electrodes?|electrocatalysts?|cathodes?|anodes?|films?|ribbons?|systems?|code|designation|"
    r"名义成分|化学成分|成分|合金(?:成分)?|样品|试样|材料|化学式|催化剂|编号|牌号)"
    r"(?:\s*(?:no\.?|number|id|name|code|label|composition|system|designation|\(at\.?\s?%\)|\(wt\.?\s?%\)|编号|成分))*\s*[.:]?$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^(?:refs?\.?|references?|sources?|years?|authors?|doi|文献|参考文献|年份|来源)\b", re.IGNORECASE
)
_CHANGE = re.compile(
    r"^(?:(?:relative|percent(?:age)?|%|net|mean|average)\s*)?(?:changes?|differences?|increments?|increases?|decreases?|"
    r"improvements?|deviations?|variations?|reductions?|gains?|enhancements?)\s*$|^(?:变化率?|增量|差值|偏差|提高率?)$",
    re.IGNORECASE,
)
"""Differences from another column, which are no values of its property."""
_CONDITION = re.compile(
    r"^(?:(?:annealing|heat[- ]treatment|sintering|calcination|aging|ageing|test(?:ing)?|measur\w+|deposition|growth|solution|tempering|holding|soaking|"
    r"melt|substrate|pouring|casting|processing|reaction|operating)\s+)?(?:temperatures?|temp\.?|times?|duration|heating rate|scan(?:ning)? rate|strain rate|frequency|"
    r"pressure|atmosphere|method|route|process(?:ing)?|conditions?|states?|treatment|cycles?|field|ph|speed|melt level.*|level.*|position|"
    r"退火温度|温度|时间|退火时间|状态|工艺|处理)$|^(?:T|t|Ta|TA|Tann|T_a|ta|pH|f)$|^(?:年|温度)",
    re.IGNORECASE,
)
_EDGE = re.compile(r"[abc](?:_?0|hex|H|t|c)?")
"""An edge of the unit cell."""
_NANOMETRE = 1.01e-9
_EXTREME = re.compile(r"^(.{1,12}?)[\s,_-]?(?:max|min|avg|av|mean|exp|meas)\.?$", re.IGNORECASE)
"""A symbol with what of its values is given: `ZTmax`, `Bs,exp`."""
_PROCESS = re.compile(
    r"\b(?:mill|wheel|roll|spin|rotation|laser|scan|sputter|deposit|cool|heat|anneal|age?ing|sinter|calcin|quench|hold|soak|"
    r"press|mix|stir|growth|extru|substrate|input|beam|dwell)\w*(?:[- ]\w+)?\s+(?:times?|durations?|temperatures?|speeds?|"
    r"velocity|pressures?|rates?|power|voltage|current|energy)$|(?:球磨|辊速|铜辊|冷却|加热|保温|烧结|溅射|扫描|激光).{0,4}"
    r"(?:时间|温度|速度|速率|压力|功率)$",
    re.IGNORECASE,
)
"""Variables of processing that the property table does not know."""
_CONDITION_SYMBOLS = ("T", "t", "Ta", "TA", "Tann", "ta", "pH", "f")
_ERROR = re.compile(r"^(?:±|s\.?d\.?|std\.?|stdev|error|uncertainty|standard deviation|误差|标准差)$", re.IGNORECASE)
_VARIABLE = re.compile(
    r"^(?P<bare>[xyz])(?:\s*(?:values?|contents?))?(?:\s+in\s.*)?$"
    r"|\b(?:content|concentration|fraction|amount|level|substitution|doping|composition|dopant|value|ratio|含量|掺杂量)"
    r"(?:\s*,\s*|\s*[(（]\s*|\s+)(?P<named>[xyz])\s*[)）]?$",
    re.IGNORECASE,
)
_SCALE = re.compile(r"[×xX*·]\s*10\s*\^?\{?([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[-−–]?\d{1,2})\}?")
_AT = re.compile(r"\s*(?:\bat\b|@).*$|\s*\d+\s?(?:K|°C)$")
"""The condition behind a symbol: `σ at 25 °C`."""
_TOLERANCE = re.compile(r"\s*[,;]?\s*(?:±|\+/-).*$")
"""How certain a column's values are, behind its unit: `(g/cm³, ±1%)`."""
_ENDS_IN_NUMBER = re.compile(r"(?:\b(?:at|to|for|of|by|在)|[=~≈])\s*[-−–]?\d[\d.,]*\s*$", re.IGNORECASE)
"""Before a unit that belongs to a condition: `Annealing at 450 °C`."""
_BRACKET = re.compile(r"[(（\[]([^()（）\[\]]*(?:\([^()]*\)[^()（）\[\]]*)?)[)）\]]")
_GREEK = re.compile(r"([α-ωΑ-Ω])[\s_,]?[A-Za-z]{1,4}")
"""A Greek symbol with letters lowered behind it: `ρv`, `ρexp`."""
_SUNK = re.compile(
    r"(?<![A-Za-z])([A-Za-zα-ωΔ]) (?!(?:at|in|of|to|by|as|on|or|is|and|for|per|vs)\b)([a-z]{1,3}|\d)(?![A-Za-z\d])"
)
"""A symbol whose lowered letters were set apart from it: `T g`."""
_LEADING = re.compile(
    r"^(?:average|mean|measured|experimental|exp\.?|theor\.?|theoretical|calculated|calc\.?|expected|predicted|estimated|total|max(?:imum)?\.?|min(?:imum)?\.?|apparent|nominal|room[- ]temperature)\s+",
    re.IGNORECASE,
)
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−–", "0123456789+---")
_ELEMENT = re.compile(r"^(?:c\s?[(_]?|content of\s+|w\(|x\()?([A-Z][a-z]?)\)?$")


class Column(NamedTuple):
    """A column as its header says."""

    kind: ColumnKind
    name: str
    """The header without unit and scale."""
    unit: Unit | None = None
    scale: float = 1.0
    """The header's `× 10³` beside a name: cells are value x scale, so the value is cell / scale."""
    property: Property | None = None
    element: str = ""
    basis: str = ""
    is_calculated: bool = False
    is_nominal: bool = False
    """The header names the variable that the series was designed by."""


def read_header(header: str) -> Column:
    """The column under a header; header rows stand parted by ` | `, the lowest last."""
    parts = [part.strip() for part in header.split(" | ") if part.strip(" -–—")]
    parts = [part for part in parts if not is_state(part)] or parts[-1:] or [""]
    if is_state(parts[-1]):
        return Column("text", parts[-1])
    unit, basis, scale = None, "", 1.0
    names: list[str] = []
    for part in parts:
        name, found, power = _split(part)
        scale *= power
        unit = found or unit
        basis = (found.basis if found else "") or read_basis(part) or basis
        names.append(name)
    last = next((name for name in reversed(names) if name), "")
    column = Column("text", last, unit, scale, basis=basis, is_calculated=any(map(is_calculated, parts)))
    for name in (last, *reversed(names)) if unit is None or unit.dimension == NUMBER else ():
        if element := _element(name):
            return column._replace(kind="element", element=element)
    if _MATERIAL.match(last):
        return column._replace(kind="material")
    if _REFERENCE.match(last) or _CHANGE.match(last):
        return column._replace(kind="reference")
    if _ERROR.match(last):
        return column._replace(kind="error")
    if (variable := _VARIABLE.search(last)) is not None:
        return column._replace(kind="variable", name=(variable["bare"] or variable["named"]).lower())
    if last in _CONDITION_SYMBOLS or _CONDITION.match(_LEADING.sub("", last)):
        return column._replace(kind="condition")
    known = column_property(last, unit) or column_property(" ".join(names), unit)
    if re.search(r"(?<![\w=])[xyz](?![\w=])", last):
        column = column._replace(is_nominal=True)
    if known is None and unit is not None and len(names) > 1:
        column = column._replace(name=" ".join(dict.fromkeys(name for name in names if name)))
    if known is None and _PROCESS.search(last) and (unit is None or unit.dimension != NUMBER):
        return column._replace(kind="condition")
    if known is not None or unit is not None:
        return column._replace(kind="property", property=known)
    return column


def column_property(name: str, unit: Unit | None) -> Property | None:
    """The property of a column; a bare symbol of one or two letters without a unit could be anything."""
    known = property_in(name, unit)
    if known is None and unit is not None and _EDGE.fullmatch(name) and _is_of_cells(unit):
        known = find_property("lattice parameter", unit)
    is_bare = unit is None and known is not None and known.dimension != NUMBER and name in known.symbols
    return None if is_bare and len(name.rstrip("0123456789")) <= 2 else known


def _is_of_cells(unit: Unit) -> bool:
    """Whether a unit of length is one that edges of unit cells are given in."""
    return find_property("lattice parameter", unit) is not None and unit.to_si(1.0) <= _NANOMETRE


def in_context(column: Column, caption: str) -> Column:
    """The column with a unit from the caption, and a property that its symbol leaves open (σ is two) settled by it."""
    if column.unit is None and column.kind in ("property", "text") and (unit := unit_said(column.name, caption)):
        known = column_property(column.name, unit)
        column = column._replace(kind="property", unit=unit, property=known) if known is not None else column
    if (
        column.kind in ("property", "text")
        and column.property is None
        and (meant := meaning_said(column.name, caption))
    ):
        known = property_in(meant, column.unit)
        column = column._replace(kind="property", property=known) if known is not None else column
    if (
        column.kind != "property"
        or column.property is None
        or column.unit is None
        or find_property(_AT.sub("", column.name)) is None
    ):
        return column
    if column.name.lower() in column.property.names or _has_words(caption.lower(), column.property.name):
        return column
    stated = property_in(caption, column.unit)
    is_rival = stated is not None and stated.dimension == column.property.dimension and stated != column.property
    is_symbol = stated is not None and set(_AT.sub("", column.name).split()) & set(stated.symbols)
    shares = stated is not None and (is_symbol or set(stated.names) & set(column.property.names))
    return column._replace(property=stated) if is_rival and shares else column


def property_in(name: str, unit: Unit | None) -> Property | None:
    """The property that a header or clause names, by its whole, a symbol in it or the longest name inside it."""
    bare = name.strip(" ,;:")
    while bare:
        if found := find_property(bare, unit):
            return found
        shorter = _LEADING.sub("", bare)
        if shorter == bare:
            break
        bare = shorter
    lowered = " ".join(re.sub(r"[-–_]", " ", bare.lower()).split())
    inside = [(len(known), item) for item in properties().values() for known in item.names
              if _has_words(lowered, known.replace("-", " ")) and (unit is None or item.to_si(1.0, unit) is not None)]  # fmt: skip
    if inside:
        return max(inside, key=lambda pair: pair[0])[1]
    if (extreme := _EXTREME.match(bare)) is not None and (found := find_property(extreme[1], unit)):
        return found
    bare = _SUNK.sub(r"\1\2", bare)
    for token in re.split(r"[\s,;:=()\[\]（）]+", bare):
        if token and (len(token) > 1 or unit is not None) and (found := _by_symbol(token, unit)):
            return found
    greek = _GREEK.fullmatch(bare) if unit is not None else None
    return _by_symbol(greek[1], unit) if greek is not None else None


def _by_symbol(token: str, unit: Unit | None) -> Property | None:
    for item in properties().values():
        if token in item.symbols and (unit is None or item.to_si(1.0, unit) is not None):
            return item
    return None


def _has_words(text: str, words: str) -> bool:
    if not words.isascii():
        return words in text
    return re.search(rf"(?<![a-z]){re.escape(words)}(?![a-z])", text) is not None


def _split(part: str) -> tuple[str, Unit | None, float]:
    """Name, unit and scale of one header cell."""
    text = part
    for match in _BRACKET.finditer(part):
        unit = read_unit(match[1].removeprefix("in ").strip(" ,")) or read_unit(_TOLERANCE.sub("", match[1]).strip())
        if unit is None and (scaled := _SCALE.match(match[1].strip())):
            unit = read_unit(match[1].strip()[1:].strip()) if scaled else None
        if unit is not None and not match[1].strip().isdigit():
            return _named(part[: match.start()] + " " + part[match.end() :], unit)
    for separator in (" / ", ", ", "，", " in ", "/", "／", " "):
        left, found, right = text.rpartition(separator) if separator == " " else text.partition(separator)
        is_open = left.count("(") > left.count(")") or left.count("[") > left.count("]")
        unit = read_unit(right) if found and left.strip() and not is_open else None
        if unit is None or (separator == "/" and read_unit(text)):
            continue
        if is_element(right.strip()) and not _measures(left, unit):
            continue
        if separator == " " and (not _is_certain(right) or _ENDS_IN_NUMBER.search(left)):
            continue
        return _named(left, unit)
    whole = read_unit(text)
    if whole is not None and not is_element(text) and (whole.basis or text.strip() in ("%", "ppm")):
        return "", whole, 1.0
    return _named(text, None)


def _measures(name: str, unit: Unit) -> bool:
    """Whether a name means something that a unit of one letter, which is an element's symbol too, can measure."""
    bare = _LEADING.sub("", name.strip())
    return property_in(bare, unit) is not None or bare in _CONDITION_SYMBOLS or bool(_CONDITION.match(bare))


def _is_certain(text: str) -> bool:
    """Whether a word behind a bare space can only be a unit."""
    return text.strip() in (
        "%",
        "°C",
        "℃",
        "MPa",
        "GPa",
        "HV",
        "mm",
        "nm",
        "μm",
        "kJ/mol",
        "g/cm3",
        "at%",
        "wt%",
        "at.%",
        "wt.%",
        "A/m",
        "mV",
        "mol%",
    )


def _named(text: str, unit: Unit | None) -> tuple[str, Unit | None, float]:
    scale = 1.0
    match = _SCALE.search(text)
    if match:
        scale = 10.0 ** int(match[1].translate(_SUPER))
        text = text[: match.start()] + text[match.end() :]
    text = re.sub(r"\s*(?:±|\+/-)\s*\d+(?:\.\d+)?\s*%?$", "", text.strip())
    text = _BRACKET.sub(lambda m: "" if re.fullmatch(r"[\d.,\s]+", m[1]) else m[0], text)
    return " ".join(text.split()).strip(" ,;:/*†‡"), unit, scale


def _element(name: str) -> str:
    plain = re.sub(
        r"\b(?:at|wt|mass|mol|vol)\.?\s?-?%|\b(?:content|fraction|concentration|conc\.|含量)\b", "", name
    ).strip(" .,()[]")
    match = _ELEMENT.match(plain)
    if match and is_element(match[1]) and match[1] not in RADIOACTIVE:
        return match[1]
    return _element_names().get(plain.lower(), "")


def _element_names() -> dict[str, str]:
    return {entry.name.lower(): symbol for symbol, entry in elements().items() if entry.number <= 92}
