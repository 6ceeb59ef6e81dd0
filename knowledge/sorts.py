"""Sorts of things that a question asks for by a class noun (a phase, a program, a gas), and how one shows in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from eutectic.core.elements import elements
from eutectic.knowledge.tokens import token_set

_PROPER = re.compile(
    r"(?<=[a-z\d,;:(\"“] )\(?([A-Z][A-Za-zé]*[a-zA-Zé\d][\w.-]*)|\b([A-Z]{2,}[\w-]*|[A-Z][a-z]+[A-Z]\w*)\b"
)
"""Words with a capital that does not begin a sentence, and words with several."""
_INSTRUMENT = re.compile(
    r"\b\w*(?:scopes?|meters?|graphs?|analy[sz]ers?|machines?|furnaces?|probes?|balances?|gauges?)\b|仪|镜|计|炉|机"
)
_CHEMICAL = re.compile(
    r"[αβγδεησθτ]['′’]?(?:\s?[-–]\s?[A-Z]\w*)?|"
    r"\b\w+(?:oxides?|ides?|ates?|ites?|ols?|anes?|enes?|ium|ines?|ic acid|amides?|ethers?|oses?|water)\b|"
    r"\b(?:austenite|martensite|ferrite|glass|graphite|carbon black|steel|brass|bronze|quartz|sapphire|silica|alumina)"
    r"\b|相"
)
_GAS = re.compile(
    r"\b(?:argon|nitrogen|helium|hydrogen|oxygen|air|vacuum|Ar|N2|N₂|He|H2|H₂|O2|O₂|CO2|inert|ammonia|steam)\b|"
    r"氩|氮|真空|空气|氢|氧"
)
_SYMMETRY = re.compile(
    r"(?<!\w)[PIFRCAB][\d̅¯m-][\w/¯̅]*|\b(?:cubic|hexagonal|tetragonal|orthorhombic|monoclinic|triclinic|trigonal|"
    r"rhombohedral|(?i:b\.?c\.?c|f\.?c\.?c|h\.?c\.?p)|spinel|perovskite|rock.?salt|wurtzite|garnet|layered|amorphous|"
    r"(?:body|face)-cent\w+|close-packed)\b|"
    r"\b[A-Z]\w*(?:-type)? (?:crystal )?structure\b|\b\w+-type\b|立方|六方|四方|正交"
)
_SHAPE = re.compile(
    r"\b\w*(?:spher\w+|rods?|rod-\w+|plates?|plate-\w+|platelets?|needles?|cub\w+|discs?|disks?|cylind\w+|dendrit\w+|"
    r"equiaxed|fib(?:er|re)s?|flakes?|round\w*|faceted|irregular|elongated|lath\w*|polygon\w*|wires?|tubes?)\b"
)
_WAY = re.compile(
    r"\b\w+(?:metry|scopy|graphy|lysis|phoresis)\b|\b[A-Z]{3,6}\b|\b(?:methods?|techniques?|process|route|approach|"
    r"procedure|approximation|equation|criterion|calculations?|analysis|by|using|via|through|means)\b|(?<!方)法|通过|采用|熔|铸|烧结|溅射"
)
_VERSION = re.compile(r"\b(?:v(?:ersion|er)?\.?\s?)?\d+(?:\.\d+)+|\bversion\s\d|\bv\d")

_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|USD|EUR|RMB|dollars?|euros?|yuan|元)", re.IGNORECASE)
_PLANE = re.compile(
    r"[(\[{<⟨](?:\s?[-−]?\d){3,4}\s?[)\]}>⟩]|"
    r"\b(?:basal|prismatic|close-packed|[abc]-axis|random|isotropic|goss|fib(?:er|re) texture)\b",
    re.IGNORECASE,
)
_BINDER = re.compile(
    r"\b(?:PVDF|PTFE|CMC|SBR|PAA|PVA|PVB|polyvinylidene|carboxymethyl|styrene|polyacryl\w+|polyvinyl|cellulose|alginate|"
    r"epoxy|resin|wax|glue)\b|\bbind(?:er|ing agent)s?\b|粘结剂|黏结剂"
)
_SOLVENT = re.compile(
    r"\b(?:water|ethanol|methanol|isopropanol|propanol|acetone|toluene|hexane|heptane|NMP|\w*pyrrolidone|DMF|DMSO|THF|"
    r"\w*formamide|\w*furan|acetonitrile|chloroform|glycol|ether|EC|DMC|DEC|EMC|\w+ carbonate)\b|"
    r"\bsolvents?\b|溶剂|乙醇"
)
_SALT = re.compile(
    r"\b\w*(?:PF6|BF4|ClO4|TFSI|FSI|BOB|NO3|SO4|Cl2?|Br2?|I2)\b(?!-type)|\b\w+(?:chloride|bromide|iodide|fluoride|nitrate|sul[fp]h?ate|"
    r"perchlorate|phosphate|acetate|borate|imide)\b|盐"
)
_NOUNS: tuple[tuple[str, str], ...] = (
    ("proper", r"compan(?:y|ies)|corporations?|firms?|manufacturers?|suppliers?|vendors?|universit\w+|institut\w+|"
               r"laborator(?:y|ies)|countr(?:y|ies)|cit(?:y|ies)|synchrotrons?|beamlines?|agenc(?:y|ies)|journals?|"
               r"programs?|software|codes?|packages?|librar(?:y|ies)|languages?|databases?|data ?sets?|frameworks?|"
               r"公司|软件|大学"),
    ("instrument", r"microscopes?|instruments?|diffractometers?|spectrometers?|calorimeters?|analy[sz]ers?|apparatus|"
                   r"devices?|machines?|equipment|仪器|设备"),
    ("money", r"costs?|prices?|成本|价格"),
    ("binder", r"binders?|粘结剂|黏结剂"),
    ("solvent", r"solvents?|溶剂"),
    ("salt", r"salts?"),
    ("chemical", r"phases?|compounds?|elements?|metals?|electrolytes?|dopants?|anions?|"
                 r"cations?|ions?|additives?|precursors?|alloys?|oxides?|impurit(?:y|ies)|precipitates?|catalysts?|substrates?|"
                 r"crystals?|ligands?|polymers?|reagents?|electrodes?|materials?|相|元素|添加剂"),
    ("gas", r"atmospheres?|gas(?:es)?|气氛|气体"),
    ("plane", r"(?:lattice |crystal )?planes?|facets?|(?:crystal |growth |easy )?directions?|orientations?|textures?|"
              r"晶面|取向"),
    ("symmetry", r"space groups?|crystal (?:structures?|lattices?|systems?)|symmetr(?:y|ies)|lattices?|structures?|"
                 r"structure types?|空间群|晶体结构"),
    ("shape", r"shapes?|morpholog(?:y|ies)|形状|形貌"),
    ("way", r"functionals?|algorithms?|methods?|techniques?|procedures?|models?|approximations?|equations?|方法|技术"),
    ("version", r"versions?|releases?|版本"),
)  # fmt: skip


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    form = r"(?:^|[\s-])(?:{})(?:$|\s+[a-z]+(?:s|ed)\s)"
    return tuple((sort, re.compile(form.format(nouns), re.IGNORECASE)) for sort, nouns in _NOUNS)


def sort_of(phrase: str) -> str:
    """The sort of thing that an asked phrase names with its noun; empty where that tells of none."""
    return next((sort for sort, pattern in _patterns() if pattern.search(phrase.strip())), "")


def shows(sort: str, words: str, asked: frozenset[str]) -> bool:
    """Whether words hold a thing of a sort that the question does not name itself.

    Args:
        sort: as `sort_of` gives it.
        words: of a statement.
        asked: tokens of the question, and of what they mean.
    """
    return _SHOWS[sort](words, asked)


def _new(pattern: re.Pattern[str]) -> Callable[[str, frozenset[str]], bool]:
    def found(words: str, asked: frozenset[str]) -> bool:
        return any(not token_set(match[0]) or not token_set(match[0]) <= asked for match in pattern.finditer(words))

    return found


def _is_chemical(words: str, asked: frozenset[str]) -> bool:
    tokens = token_set(words)
    if any(token.startswith(("f:", "el:")) and token not in asked for token in tokens):
        return True
    return _new(_CHEMICAL)(words, asked)


def _is_proper(words: str, asked: frozenset[str]) -> bool:
    found = (next(filter(None, match.groups())) for match in _PROPER.finditer(words))
    return any(word not in elements() and not token_set(word) <= asked for word in found)


_SHOWS: dict[str, Callable[[str, frozenset[str]], bool]] = {
    "proper": _is_proper,
    "chemical": _is_chemical,
    "instrument": lambda words, asked: _is_proper(words, asked) or _new(_INSTRUMENT)(words, asked),
    "money": lambda words, _: bool(_MONEY.search(words)),
    "binder": lambda words, _: bool(_BINDER.search(words)),
    "solvent": lambda words, _: bool(_SOLVENT.search(words)),
    "salt": lambda words, _: bool(_SALT.search(words)),
    "gas": _new(_GAS),
    "plane": lambda words, _: bool(_PLANE.search(words)),
    "symmetry": _new(_SYMMETRY),
    "shape": _new(_SHAPE),
    "way": _new(_WAY),
    "version": _new(_VERSION),
}
