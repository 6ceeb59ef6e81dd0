"""What a property's short name means: `YS_MPa` is a yield strength, `Ms` one thing in tesla and another in kelvin."""

from __future__ import annotations

import re
from typing import NamedTuple

from eutectic.tools.prior_columns import same_unit

_STRESS = ("Pa", "kPa", "MPa", "GPa", "ksi", "psi", "kgf/mm2", "kg/mm2", "N/mm2")
_HARDNESS = ("", "HV", "HV0.1", "HV0.2", "HV0.3", "HV0.5", "HV1", "HV5", "HV10", "kgf", *_STRESS)
_INDUCTION = ("T", "mT", "G", "kG")
_FIELD = ("A/m", "kA/m", "MA/m", "Oe", "kOe", *_INDUCTION)
_MOMENT = ("emu/g", "emu/cm3", "emu/cc", "Am2/kg", "A m2/kg", "J/T/kg", *_FIELD)
_TEMPERATURE = ("K", "°C", "degC", "C")
_POTENTIAL = ("V", "mV")


class _Short(NamedTuple):
    symbols: tuple[str, ...]
    meaning: str
    units: tuple[str, ...]


_TABLE: tuple[_Short, ...] = (
    _Short(("ys", "yield", "rp0.2", "σy"), "yield strength", _STRESS),
    _Short(("uts", "rm"), "ultimate tensile strength", _STRESS),
    _Short(("hv",), "hardness", _HARDNESS),
    _Short(("bs", "js"), "saturation induction", _INDUCTION),
    _Short(("ms",), "saturation magnetisation", _MOMENT),
    _Short(("ms",), "martensite start temperature", _TEMPERATURE),
    _Short(("bs",), "bainite start temperature", _TEMPERATURE),
    _Short(("hc",), "coercivity", _FIELD),
    _Short(("tg",), "glass transition temperature", _TEMPERATURE),
    _Short(("tx",), "crystallisation temperature", _TEMPERATURE),
    _Short(("tc",), "critical temperature", _TEMPERATURE),
    _Short(("η", "η10"), "overpotential", _POTENTIAL),
)
_UNITS = tuple(dict.fromkeys(unit for short in _TABLE for unit in short.units if unit))
_HEAD = re.compile(r"\s*([^\s_()\[\]/,]+)(.*)", re.DOTALL)
_TAIL = re.compile(r"(.+?)(?:\s*[(\[](.+)[)\]]|\s*/\s*(.+)|,\s*(.+)|[_\s](.+))\s*", re.DOTALL)


def split_unit(name: str, unit: str) -> tuple[str, str]:
    """A property's name without the unit glued to it, and that unit, else the one stated beside it.

    Args:
        name: Such as `YS_MPa`, `UTS (MPa)` or `yield strength / MPa`.
        unit: The objective's own.
    """
    for start in range(1, len(name)):
        match = _TAIL.fullmatch(name[start - 1 :])
        if match is None:
            break
        tail = next(group for group in match.groups()[1:] if group is not None)
        if any(same_unit(tail, known) for known in (*_UNITS, unit) if known not in ("", "1")):
            return name[: start - 1] + match[1], tail
    return name, unit


def meaning(name: str, unit: str) -> str:
    """The name in words: a standard abbreviation written out where its unit fits, other names without their unit."""
    bare, found = split_unit(name.strip(), unit)
    head = _HEAD.fullmatch(bare)
    for short in _TABLE:
        if head and head[1].lower() in short.symbols and any(same_unit(found, known) for known in short.units):
            return short.meaning + head[2].replace("_", " ")
    return bare.replace("_", " ").strip()
