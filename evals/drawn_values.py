"""What made papers are about: materials with known compositions, properties, and values as papers print them."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from eutectic.core.composition import Composition


class Made(NamedTuple):
    """A made material; text is marked up with `_{…}` and `^{…}`."""

    written: str
    amounts: dict[str, float]
    """By element, in at%."""

    @property
    def composition(self) -> Composition:
        """In at%."""
        return Composition.of(self.amounts, "at%", normalise=True)


class Quantity(NamedTuple):
    """A property as one paper prints it."""

    names: tuple[str, ...]
    """Spellings of the header, marked up."""
    property: str
    """Canonical name."""
    unit: str
    """Marked up; empty for a number."""
    plain: str
    """The unit as `read_unit` takes it."""
    low: float
    high: float
    decimals: int
    chinese: str = ""


class Cell(NamedTuple):
    """A value as printed, and what it says."""

    text: str
    value: float | None
    kind: str


_Q = Quantity
DOMAINS: dict[str, tuple[Quantity, ...]] = {
    "magnets": (
        _Q(("B_{s}", "Bs", "Saturation induction"), "saturation induction", "T", "T", 0.9, 1.9, 2, "饱和磁感应强度"),
        _Q(("H_{c}", "Hc", "Coercivity"), "coercivity", "A/m", "A/m", 1.0, 40.0, 1, "矫顽力"),
        _Q(("T_{C}", "Curie temperature"), "curie temperature", "K", "K", 560, 760, 0, "居里温度"),
        _Q(("μ_{e}", "Effective permeability"), "permeability", "", "1", 4000, 32000, 0, "有效磁导率"),
        _Q(("Core loss",), "core loss", "W/kg", "W/kg", 0.1, 4.0, 2, "铁损"),
        _Q(("Density", "ρ"), "density", "g/cm^{3}", "g/cm3", 7.1, 7.8, 2, "密度"),
    ),
    "glasses": (
        _Q(("T_{g}", "Tg", "Glass transition temperature"), "glass transition temperature", "K", "K", 620, 720, 0,
           "玻璃化转变温度"),
        _Q(("T_{x}", "Tx"), "crystallization temperature", "K", "K", 730, 790, 0, "晶化温度"),
        _Q(("T_{l}", "Liquidus temperature"), "liquidus temperature", "K", "K", 1050, 1250, 0, "液相线温度"),
        _Q(("D_{max}", "Critical diameter"), "critical diameter", "mm", "mm", 1, 20, 0, "临界直径"),
        _Q(("Young's modulus", "E"), "young's modulus", "GPa", "GPa", 78, 118, 1, "弹性模量"),
        _Q(("Vickers hardness", "HV"), "hardness", "HV", "HV", 420, 640, 0, "硬度"),
    ),
    "alloys": (
        _Q(("Yield strength", "σ_{0.2}", "YS"), "yield strength", "MPa", "MPa", 320, 1250, 0, "屈服强度"),
        _Q(("UTS", "Tensile strength"), "ultimate tensile strength", "MPa", "MPa", 1260, 1900, 0, "抗拉强度"),
        _Q(("Elongation", "EL"), "elongation", "%", "%", 3, 45, 1, "延伸率"),
        _Q(("Hardness", "Microhardness"), "hardness", "HV", "HV", 150, 780, 0, "硬度"),
        _Q(("Grain size",), "grain size", "μm", "μm", 0.6, 80, 1, "晶粒尺寸"),
        _Q(("Fracture toughness",), "fracture toughness", "MPa m^{1/2}", "MPa m1/2", 20, 140, 1, "断裂韧性"),
    ),
    "thermoelectrics": (
        _Q(("Seebeck coefficient", "S"), "seebeck coefficient", "μV/K", "μV/K", 95, 310, 0, "塞贝克系数"),
        _Q(("Thermal conductivity", "κ"), "thermal conductivity", "W m^{−1} K^{−1}", "W/m/K", 0.6, 3.2, 2, "热导率"),
        _Q(("ZT", "Figure of merit"), "figure of merit", "", "1", 0.2, 1.9, 2, "热电优值"),
        _Q(("Band gap",), "band gap", "eV", "eV", 0.1, 1.2, 2, "带隙"),
        _Q(("Density",), "density", "g cm^{−3}", "g/cm3", 5.6, 7.9, 2, "密度"),
    ),
    "ceramics": (
        _Q(("Dielectric constant", "ε_{r}"), "dielectric constant", "", "1", 300, 9000, 0, "介电常数"),
        _Q(("Curie temperature",), "curie temperature", "°C", "°C", 40, 180, 0, "居里温度"),
        _Q(("d_{33}", "Piezoelectric coefficient"),
           "piezoelectric coefficient", "pC/N", "pC/N", 60, 620, 0, "压电系数"),
        _Q(("Relative density",), "relative density", "%", "%", 91, 99.6, 1, "相对密度"),
        _Q(("Grain size",), "grain size", "μm", "μm", 0.5, 15, 1, "晶粒尺寸"),
    ),
}  # fmt: skip

_METALLIC: dict[str, tuple[tuple[str, ...], ...]] = {
    "magnets": (("Fe", "Co", "Si", "B"),
                ("Fe", "Ni", "B", "Nb"), ("Fe", "Si", "B", "P", "Cu"), ("Co", "Fe", "Si", "B")),
    "glasses": (("Zr", "Cu", "Ni", "Al"), ("Zr", "Ti", "Cu", "Al"), ("Cu", "Zr", "Al"), ("La", "Al", "Ni", "Cu")),
    "alloys": (("Ti", "Nb", "Zr"), ("Al", "Co", "Cr", "Fe", "Ni"), ("Fe", "Mn", "Al", "Cr"), ("Ni", "Cr", "Al", "Mo")),
}  # fmt: skip
_OXIDES = (("Ba", "Sr", "TiO"), ("Ba", "Ca", "ZrO"), ("La", "Sr", "MnO"), ("Pb", "Sr", "TiO"))
_CHALCOGENIDES = (("Bi", "Te", "Se"), ("Sn", "Te", "Se"), ("Pb", "Te", "S"), ("Bi", "Se", "S"))


def written(amounts: dict[str, float]) -> str:
    """A formula with lowered amounts; an amount of 1 is not said."""
    return "".join(
        f"{symbol}_{{{amount:g}}}" if amount != 1 else symbol for symbol, amount in amounts.items() if amount
    )


def materials(random: Random, domain: str, n: int) -> list[Made]:
    """Different materials of one system."""
    makers = {"ceramics": _oxide, "thermoelectrics": _chalcogenide}
    symbols = random.choice(_METALLIC.get(domain, (("",),)))
    found: dict[str, Made] = {}
    oxide, chalcogenide = random.choice(_OXIDES), random.choice(_CHALCOGENIDES)
    while len(found) < n:
        if domain not in makers:
            made = _metal(random, symbols)
        else:
            made = _oxide(random, oxide) if domain == "ceramics" else _chalcogenide(random, chalcogenide)
        found.setdefault(made.written, made)
    return list(found.values())


def _metal(random: Random, symbols: tuple[str, ...]) -> Made:
    rest = [float(random.choice((2, 3, 4, 5, 6, 8, 9, 10, 12, 7.5, 2.5))) for _ in symbols[1:]]
    amounts = {symbols[0]: 100 - sum(rest)} | dict(zip(symbols[1:], rest, strict=True))
    return Made(written(amounts), amounts)


def _oxide(random: Random, system: tuple[str, ...]) -> Made:
    x = random.choice((0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4))
    amounts = {system[0]: round(1 - x, 3), system[1]: x, system[2][:-1]: 1.0, "O": 3.0}
    return Made(written(amounts), amounts)


def _chalcogenide(random: Random, system: tuple[str, ...]) -> Made:
    whole = 3.0 if system[0] == "Bi" else 1.0
    x = random.choice((0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6))
    amounts = {system[0]: 2.0 if system[0] == "Bi" else 1.0, system[1]: round(whole - x, 3), system[2]: x}
    return Made(written(amounts), amounts)


def quantities(random: Random, domain: str, n: int, *, with_unit: bool = False) -> list[Quantity]:
    """Different properties of a domain, each with one spelling of its name kept."""
    pool = [item for item in DOMAINS[domain] if item.unit or not with_unit]
    chosen = random.sample(pool, min(n, len(pool)))
    return [item._replace(names=(random.choice(item.names),)) for item in chosen]


def headed(quantity: Quantity, style: str) -> str:
    """A header: name and unit as one paper sets them."""
    name, unit = quantity.names[0], quantity.unit
    if not unit:
        return name
    return {"round": f"{name} ({unit})", "square": f"{name} [{unit}]", "comma": f"{name}, {unit}",
            "slash": f"{name} / {unit}"}[style]  # fmt: skip


def unit_style(random: Random) -> str:
    """How one paper sets its units."""
    return random.choice(("round", "round", "square", "comma", "slash"))


def number(random: Random, quantity: Quantity) -> tuple[str, float]:
    """A plain value: its text and number."""
    value = round(random.uniform(quantity.low, quantity.high), quantity.decimals)
    return f"{value:.{quantity.decimals}f}", value


def plain(random: Random, quantity: Quantity) -> Cell:
    """An exact value."""
    text, value = number(random, quantity)
    return Cell(text, value, "exact")


def uncertain(random: Random, quantity: Quantity, style: str) -> Cell:
    """A value with its uncertainty: `plus` ±, `last` digits in brackets."""
    text, value = number(random, quantity)
    step = 10.0**-quantity.decimals
    if style == "last":
        return Cell(f"{text}({random.randint(1, 9)})", value, "exact")
    return Cell(f"{text} ± {step * random.randint(1, 9):.{quantity.decimals}f}", value, "exact")


def odd(random: Random, quantity: Quantity) -> Cell:
    """A bound, range, rough value, or none."""
    text, value = number(random, quantity)
    kind = random.choice(("below", "above", "about", "range", "none", "dash"))
    if kind == "range":
        other = round(value + (quantity.high - quantity.low) * random.uniform(0.05, 0.2), quantity.decimals)
        other = max(other, round(value + 10.0**-quantity.decimals, quantity.decimals))
        return Cell(f"{text}–{other:.{quantity.decimals}f}", (value + other) / 2, "range")
    return {
        "below": Cell(f"< {text}", value, "upper_bound"),
        "above": Cell(f">{text}", value, "lower_bound"),
        "about": Cell(f"~{text}", value, "approx"),
        "none": Cell("n.d.", None, "not_detected"),
        "dash": Cell(random.choice(("–", "—", "-")), None, "missing"),
    }[kind]
