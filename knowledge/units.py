"""Units as papers write them, read into a factor to SI and a dimension; what cannot be read is no unit."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

Dimension = tuple[float, ...]
"""Powers of metre, kilogram, second, ampere, kelvin, mole, and of the pseudo-unit a scale such as Rockwell C makes."""
_BASE = ("m", "kg", "s", "A", "K", "mol", "scale")
NUMBER: Dimension = (0.0,) * len(_BASE)


class Unit(NamedTuple):
    """A unit: SI value = value x `factor` + `offset`."""

    text: str
    """As it was written."""
    factor: float
    dimension: Dimension
    offset: float = 0.0
    """273.15 for degrees Celsius standing alone."""
    basis: str = ""
    """`at%`, `wt%`, `mol%` or `vol%` where the unit says so."""

    def to_si(self, value: float, *, is_difference: bool = False) -> float:
        """A value in SI units; a difference of temperatures has no offset."""
        return value * self.factor + (0.0 if is_difference else self.offset)


def _dimension(**powers: float) -> Dimension:
    return tuple(float(powers.get(name, 0.0)) for name in _BASE)


_J, _PA, _N = _dimension(kg=1, m=2, s=-2), _dimension(kg=1, m=-1, s=-2), _dimension(kg=1, m=1, s=-2)
_V, _OHM, _S = (
    _dimension(kg=1, m=2, s=-3, A=-1),
    _dimension(kg=1, m=2, s=-3, A=-2),
    _dimension(kg=-1, m=-2, s=3, A=2),
)
_T, _FIELD = _dimension(kg=1, s=-2, A=-1), _dimension(A=1, m=-1)
_SCALED: dict[str, tuple[float, Dimension]] = {
    "m": (1.0, _dimension(m=1)),
    "g": (1e-3, _dimension(kg=1)),
    "s": (1.0, _dimension(s=1)),
    "A": (1.0, _dimension(A=1)),
    "K": (1.0, _dimension(K=1)),
    "mol": (1.0, _dimension(mol=1)),
    "Hz": (1.0, _dimension(s=-1)),
    "N": (1.0, _N),
    "Pa": (1.0, _PA),
    "bar": (1e5, _PA),
    "J": (1.0, _J),
    "cal": (4.184, _J),
    "W": (1.0, _dimension(kg=1, m=2, s=-3)),
    "Wh": (3600.0, _J),
    "V": (1.0, _V),
    "eV": (1.602176634e-19, _J),
    "C": (1.0, _dimension(A=1, s=1)),
    "F": (1.0, _dimension(kg=-1, m=-2, s=4, A=2)),
    "H": (1.0, _dimension(kg=1, m=2, s=-2, A=-2)),
    "ohm": (1.0, _OHM),
    "S": (1.0, _S),
    "Wb": (1.0, _dimension(kg=1, m=2, s=-2, A=-1)),
    "T": (1.0, _T),
    "G": (1e-4, _T),
    "Oe": (1e3 / (4 * math.pi), _FIELD),
    "Ah": (3600.0, _dimension(A=1, s=1)),
    "L": (1e-3, _dimension(m=3)),
    "M": (1e3, _dimension(mol=1, m=-3)),
    "Da": (1e-3, _dimension(kg=1, mol=-1)),
}
"""Units that take a prefix."""
_FIXED: dict[str, tuple[float, Dimension]] = {
    "ml": (1e-6, _dimension(m=3)),
    "cc": (1e-6, _dimension(m=3)),
    "MGOe": (1e5 / (4 * math.pi), _PA),
    "emu": (1e-3, _dimension(A=1, m=2)),
    "kgf": (9.80665, _N),
    "min": (60.0, _dimension(s=1)),
    "h": (3600.0, _dimension(s=1)),
    "hr": (3600.0, _dimension(s=1)),
    "hrs": (3600.0, _dimension(s=1)),
    "hour": (3600.0, _dimension(s=1)),
    "hours": (3600.0, _dimension(s=1)),
    "sec": (1.0, _dimension(s=1)),
    "d": (86400.0, _dimension(s=1)),
    "day": (86400.0, _dimension(s=1)),
    "days": (86400.0, _dimension(s=1)),
    "year": (31557600.0, _dimension(s=1)),
    "yr": (31557600.0, _dimension(s=1)),
    "y": (31557600.0, _dimension(s=1)),
    "rpm": (1 / 60.0, _dimension(s=-1)),
    "angstrom": (1e-10, _dimension(m=1)),
    "atm": (101325.0, _PA),
    "Torr": (101325.0 / 760, _PA),
    "mmHg": (133.322387415, _PA),
    "psi": (6894.757293168, _PA),
    "HV": (9.80665e6, _PA),
    "HB": (9.80665e6, _PA),
    "HRC": (1.0, _dimension(scale=1)),
    "dec": (1.0, NUMBER),
    "decade": (1.0, NUMBER),
    "cycle": (1.0, NUMBER),
    "atom": (1.0, NUMBER),
    "cycles": (1.0, NUMBER),
    "degC": (1.0, _dimension(K=1)),
    "deg": (math.pi / 180, NUMBER),
    "%": (0.01, NUMBER),
    "ppm": (1e-6, NUMBER),
    "ppb": (1e-9, NUMBER),
    "percent": (0.01, NUMBER),
    "mu0": (4e-7 * math.pi, _dimension(kg=1, m=1, s=-2, A=-2)),
    "muB": (9.2740100783e-24, _dimension(A=1, m=2)),
}
_RARE_PREFIXES = {"h": ("Pa",), "d": ("m", "L"), "c": ("m", "mol"), "M": tuple(set(_SCALED) - {"g", "m", "s"})}
"""The only units these prefixes stand on: `cd`, `has`, `Mg` are something else."""
_PREFIXES = {
    "f": 1e-15,
    "p": 1e-12,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "c": 1e-2,
    "d": 1e-1,
    "h": 1e2,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
}
CHINESE_UNITS = {
    "特斯拉": "T", "安/米": "A/m", "千安/米": "kA/m", "奥斯特": "Oe", "高斯": "G", "兆帕": "MPa", "吉帕": "GPa",
    "帕": "Pa", "千克": "kg", "公斤": "kg", "克": "g", "毫克": "mg", "纳米": "nm", "微米": "um", "毫米": "mm",
    "厘米": "cm", "米": "m", "小时": "h", "分钟": "min", "分": "min", "秒": "s", "天": "d", "摄氏度": "degC",
    "开尔文": "K", "毫伏": "mV", "伏": "V", "电子伏特": "eV", "瓦": "W", "焦耳": "J", "欧姆": "ohm", "西门子": "S",
    "赫兹": "Hz", "毫安": "mA", "安培": "A", "安": "A", "牛": "N", "维氏": "HV",
}  # fmt: skip
_SPELLED = {
    "℃": "degC", "°C": "degC", "◦C": "degC", "ºC": "degC", "˚C": "degC", "oC": "degC", "° C": "degC", "◦ C": "degC",
    "µ": "u", "μ": "u", "Ω": "ohm", "Å": "angstrom", "°": "deg", "％": "%",
    "−": "-", "–": "-", "‐": "-", "⁻": "-", "·": "*", "⋅": "*", "•": "*", "∙": "*", "×": "*", "・": "*", "˙": "*",
    "Tesla": "T", "tesla": "T", "Ohm": "ohm", "vickers": "HV", "Hv": "HV", "VHN": "HV", "μB": "muB", "Bohr": "muB",
}  # fmt: skip
_LONGEST = 80
_MOST_POWER = 12
_LEAST_FACTOR = 1e-60
"""Characters, power and factor beyond which nothing is a unit that anybody writes."""
_PER = re.compile(r"\bper\b")
_BASES = re.compile(
    r"\b(atom|at|atomic|wt|weight|mass|mol|mole|vol|volume|w|m|x)\.?\s*-?(%|percent|pct)", re.IGNORECASE
)
_WORDED = re.compile(
    r"\b(atomic|weight|mass|mole|molar|volume)\s+(?:fractions?|percent\w*|percentages?|concentrations?)\b",
    re.IGNORECASE,
)
_BASIS_OF = {"a": "at%", "x": "at%", "w": "wt%", "m": "wt%", "v": "vol%"}
_POWER = re.compile(r"\*?\s*10\s*\^?\s*\(?(-?\d{1,2})\)?(?![\d.])\s*")
_FACTOR = re.compile(r"(mu[0B]|[A-Za-z%]+)(\^?\(?(?:1/2|-?\d+(?:\.\d+)?)\)?)?")


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit | None:
    """The unit a text writes, whole; None where any part of it is not one.

    Reads `A/m`, `A m⁻¹`, `Acm-2`, `J/(mol K)`, `10^3 A/m`, `at.%`, `°C`, `μΩ·cm`, `mV dec-1`, `安/米`.
    """
    plain = _plain(text) if len(text) <= _LONGEST else ""
    if not plain:
        return None
    if basis := read_basis(text):
        is_bare = not _BASES.sub("", plain, count=1).strip(" .()") or (
            _chinese_basis(text) and not re.search("[A-Za-z]", text)
        )
        return Unit(text, 0.01, NUMBER, basis=basis) if is_bare else None
    power = _POWER.match(plain)
    scale, rest = (10.0 ** int(power[1]), plain[power.end() :]) if power else (1.0, plain)
    read = _product(rest)
    if read is None:
        return None
    return Unit(text, scale * read[0], read[1], 273.15 if rest == "degC" else 0.0)


def read_basis(text: str) -> str:
    """The basis a text names (`at%`, `wt%`, `mol%`, `vol%`); empty where it names none."""
    plain = unicodedata.normalize("NFKC", text)
    match = _BASES.search(plain) or _WORDED.search(plain)
    if match is None:
        return _chinese_basis(text)
    word = match[1].lower()
    return "mol%" if word.startswith("mol") else _BASIS_OF[word[0]]


def _chinese_basis(text: str) -> str:
    for words, basis in ((("原子分数", "原子百分"), "at%"), (("质量分数", "质量百分", "重量百分"), "wt%"),
                         (("摩尔分数", "摩尔百分"), "mol%"), (("体积分数", "体积百分"), "vol%")):  # fmt: skip
        if any(word in text for word in words):
            return basis
    return ""


def _plain(text: str) -> str:
    text = re.sub(r"(?<=[A-Za-z])⁰[.·]⁵", "^0.5", text)
    text = re.sub("(?<=[A-Za-z])\ufffd\\s?(?=[1-4])", "-", text)
    text = re.sub(r"√\s?\(?(m|Hz)\b\)?", r" \1^0.5", text)
    for chinese, written in CHINESE_UNITS.items():
        text = text.replace(chinese, written)
    for odd, written in _SPELLED.items():
        text = text.replace(odd, written)
    text = unicodedata.normalize("NFKC", text).replace("{", "(").replace("}", ")")
    for odd, written in (("−", "-"), ("⁄", "/"), ("∕", "/"), ("µ", "u"), ("μ", "u"), ("Ω", "ohm"), ("Å", "angstrom")):
        text = text.replace(odd, written)
    text = re.split(r"\s+(?:vs|versus|RHE|SHE)\b", text)[0]
    text = re.sub(r"/\s?\(?mK\b\)?", "/(m K)", text)
    if "/" in text:
        text = re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", " ", text)
    text = re.sub(r"\bH[Vv]\s?\d+(?:\.\d+)?$", "HV", text.strip())
    return " ".join(_PER.sub("/", text).replace("u m", "um").split()).strip(" ,;:.")


def _product(text: str) -> tuple[float, Dimension] | None:
    """Factor and dimension of a product of powers; `/` divides by all that follows, but for written negative powers."""
    factor, dimension, at, sign = 1.0, NUMBER, 0, 1.0
    while at < len(text):
        character = text[at]
        if character in " *.()" or (character == "1" and text[at + 1 : at + 2] in ("/", "")):
            at += 1
            continue
        if character == "/":
            sign, at = -1.0, at + 1
            continue
        match = _FACTOR.match(text, at)
        if match is None:
            return None
        power = _power(match[2])
        units = symbols_of(match[1], may_join=match[2] is not None or sign < 0)
        if units is None:
            return None
        side = 1.0 if power < 0 else sign
        for place, (scale, powers) in enumerate(units):
            exponent = side * (power if place == len(units) - 1 else 1.0)
            if abs(exponent) > _MOST_POWER:
                return None
            factor, dimension = factor * scale**exponent, _add(dimension, powers, exponent)
        at = match.end()
    return (factor, dimension) if _LEAST_FACTOR < factor < 1 / _LEAST_FACTOR else None


def _power(text: str | None) -> float:
    written = (text or "1").strip("^()")
    return 0.5 if written == "1/2" else float(written)


@lru_cache(maxsize=1024)
def symbols_of(word: str, *, may_join: bool) -> tuple[tuple[float, Dimension], ...] | None:
    """A word as one unit, else, where a power or a slash shows that it is one, as units written together (`Scm⁻¹`)."""
    one = _symbol(word)
    if one is not None:
        return (one,)
    for cut in range(len(word) - 1, 0, -1) if may_join else ():
        first, rest = _symbol(word[:cut]), symbols_of(word[cut:], may_join=True)
        if first is not None and rest is not None:
            return (first, *rest)
    return None


def _symbol(word: str) -> tuple[float, Dimension] | None:
    if word in _FIXED:
        return _FIXED[word]
    if word in _SCALED:
        return _SCALED[word]
    prefix, unit = _PREFIXES.get(word[:1]), _SCALED.get(word[1:])
    if prefix is not None and unit is not None and word[1:] in _RARE_PREFIXES.get(word[0], (word[1:],)):
        return prefix * unit[0], unit[1]
    return None


def _add(first: Dimension, second: Dimension, power: float) -> Dimension:
    return tuple(a + b * power for a, b in zip(first, second, strict=True))
