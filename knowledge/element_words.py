"""Elements as words of a sentence: symbols, English and Chinese names."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from eutectic.core.elements import elements

_CHINESE = (
    "氢H 锂Li 铍Be 硼B 碳C 氮N 氧O 氟F 钠Na 镁Mg 铝Al 硅Si 磷P 硫S 氯Cl 钾K 钙Ca 钪Sc 钛Ti 钒V 铬Cr 锰Mn "
    "铁Fe 钴Co 镍Ni 铜Cu 锌Zn 镓Ga 锗Ge 砷As 硒Se 溴Br 铷Rb 锶Sr 钇Y 锆Zr 铌Nb 钼Mo 钌Ru 铑Rh 钯Pd 银Ag 镉Cd 铟In "
    "锡Sn 锑Sb 碲Te 碘I 铯Cs 钡Ba 镧La 铈Ce 镨Pr 钕Nd 钐Sm 铕Eu 钆Gd 铽Tb 镝Dy 钬Ho 铒Er 铥Tm 镱Yb 镥Lu 铪Hf 钽Ta "
    "钨W 铼Re 锇Os 铱Ir 铂Pt 金Au 汞Hg 铊Tl 铅Pb 铋Bi "
)
_SYMBOL = re.compile(r"(?<![A-Za-z0-9_.])([A-Z][a-z]?)(?![a-zA-Z0-9_])")

_TOGETHER = re.compile(r"Co-\w+(?:ing|ion|ed)\s+(?:of|with|by)\b")
"""`Co-doping with Mg and Ti`: a prefix, no cobalt."""


class ElementWord(NamedTuple):
    """An element named at a place of a text."""

    start: int
    end: int
    symbol: str


def find_elements(text: str) -> list[ElementWord]:
    """Every element that a text names by symbol or by name, in order; formulas are no names."""
    symbols = [m for m in _SYMBOL.finditer(text) if m[1] in elements() and not _TOGETHER.match(text, m.start())]
    found = [ElementWord(m.start(), m.end(), m[1]) for m in symbols]
    for match in _name_pattern().finditer(text.lower()):
        found.append(ElementWord(match.start(), match.end(), _names()[match[0]]))
    for place, character in enumerate(text):
        if character in _chinese():
            found.append(ElementWord(place, place + 1, _chinese()[character]))
    return sorted(found)


@cache
def _names() -> dict[str, str]:
    named = {entry.name.lower(): symbol for symbol, entry in elements().items() if entry.number <= 92}
    return named | {"aluminum": "Al", "sulphur": "S", "cesium": "Cs"}


@cache
def _name_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_names(), key=len, reverse=True))})\b")


@cache
def _chinese() -> dict[str, str]:
    return {word[0]: word[1:] for word in _CHINESE.split()}
