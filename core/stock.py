"""Stocks: what a lab doses from, how strong and how certain it is, and the vessels that are dosed into."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, model_validator

from eutectic.core.record import Grown, Record, sha256

Tick = Literal["0.1 mg", "1 mg", "0.1 uL", "1 uL"]
AmountUnit = Literal["mg", "g", "kg", "uL", "mL", "L"]
StrengthUnit = Literal["mol/L", "g/L", "wt%", "at%", "mol%", "vol%"]
_MILLI: dict[str, float] = {"mg": 1.0, "g": 1e3, "kg": 1e6, "uL": 1e-3, "mL": 1.0, "L": 1e3}
"""Milligrams or millilitres in one unit."""
_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")


class Amount(Record):
    """A mass or a volume; in a file also a text such as `50 mL`."""

    value: float = Field(ge=0)
    unit: AmountUnit

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if isinstance(given, str):
            match = _AMOUNT.fullmatch(given)
            if match is None:
                raise ValueError(f"{given[:20]!r} is not an amount: write such as 50 mL or 12.5 g")
            return {"value": float(match[1]), "unit": match[2]}
        return given

    @property
    def is_volume(self) -> bool:
        """Whether it is a volume."""
        return self.unit.endswith("L")

    def ticks(self, tick: Tick, density: float | None = None) -> float | None:
        """How many ticks it is; None where mass and volume meet without a density (g/mL)."""
        size, unit = tick.split()
        wants_volume = unit == "uL"
        milli = self.value * _MILLI[self.unit]  # mL or mg
        per_tick = float(size) * (1e-3 if wants_volume else 1.0)
        if wants_volume == self.is_volume:
            return milli / per_tick
        if density is None:
            return None
        return (milli / 1e3 / density if wants_volume else milli * 1e3 * density) / per_tick

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


class Dispenser(Record):
    """The balance or pipette of one stock, where it is not the lab's own: a powder in milligrams beside volumes."""

    name: str = Field(default="", max_length=80)
    tick: Tick
    """What it resolves."""
    min_ticks: int = Field(gt=0)
    """Least dose that it does well enough, in its ticks."""
    max_transfer_ticks: int | None = Field(default=None, gt=0)
    """What it moves at once; larger doses are split."""
    sd_ticks: float = Field(default=0.0, ge=0)
    """Its standard uncertainty in ticks, beside the rounding."""
    sd_share: float = Field(default=0.0, ge=0, le=0.5)
    """The same relative to the dose."""

    @model_validator(mode="after")
    def _splits(self) -> Dispenser:
        if self.max_transfer_ticks is not None and self.max_transfer_ticks < 2 * self.min_ticks - 1:
            raise ValueError(
                f"max_transfer_ticks {self.max_transfer_ticks} is less than twice min_ticks {self.min_ticks}: a larger "
                "dose could not be split into parts it can do"
            )
        return self


class Stock(Grown):
    """One source of components: a pure powder, a solution, a master alloy, or the solvent that tops a vessel up."""

    later = frozenset({"price", "dispenser"})
    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.()\-]{0,39}$")
    form: Literal["powder", "solution", "master_alloy", "solvent"] = "solution"
    strength: dict[str, float] = {}
    """Amount of each component of the composition, and of impurities, in `unit`; empty for a solvent."""
    unit: StrengthUnit = "mol/L"
    """`wt%`, `at%`, `mol%` and `vol%` are numbers from 0 to 100."""
    strength_sd: float = Field(default=0.0, ge=0, le=0.5)
    """Relative standard uncertainty of the strengths, from the certificate or how it was prepared."""
    density: float | None = Field(default=None, gt=0, le=25)
    """g/mL; needed where a volume is dosed of something whose strength is by mass, or the reverse."""
    chemicals: tuple[str, ...] = ()
    """What is really in the bottle, as the hazard rules name it, such as `Ni(NO3)2`; the components where left out."""
    solvent: str = ""
    lot: str = ""
    supplier: str = ""
    purity: float | None = Field(default=None, gt=0, le=1)
    """Share by mass of what the label says; None where nobody stated it."""
    prepared: date | None = None
    expires: date | None = None
    container: str = ""
    """Where it stands: a bottle, a reservoir, a position on the deck."""
    on_hand: Amount | None = None
    """What there is of this lot before any plan; None where nobody knows, which blocks a real lab."""
    dead: Amount | None = None
    """What cannot be drawn from the container."""
    price: float | None = Field(default=None, ge=0)
    """Money per kg, or per litre of what is dosed by volume; the components' prices where left out."""
    dispenser: Dispenser | None = None
    """What doses it, where it is not the lab's own balance or pipette."""

    @model_validator(mode="after")
    def _check(self) -> Stock:
        for name, amount in self.strength.items():
            if not amount > 0:
                raise ValueError(f"stock {self.id}: strength of {name} is {amount:g}: write a number above 0")
        if self.unit.endswith("%") and sum(self.strength.values()) > 100 + 1e-9:
            total = sum(self.strength.values())
            raise ValueError(f"stock {self.id}: the strengths add up to {total:g} %: more than the whole")
        if (self.form == "solvent") != (not self.strength):
            raise ValueError(f"stock {self.id}: only a solvent has no strength: write strength, or form: solvent")
        if self.prepared is not None and self.expires is not None and self.expires < self.prepared:
            raise ValueError(f"stock {self.id}: it expires before it was prepared")
        return self

    @cached_property
    def holds(self) -> tuple[str, ...]:
        """Everything that is in a vessel once this stock is, by name: chemicals and solvent."""
        named = self.chemicals or tuple(sorted(self.strength)) or ((self.id,) if not self.solvent else ())
        return tuple(dict.fromkeys((*named, self.solvent) if self.solvent else named))


class Transfer(Record):
    """One movement of a whole number of ticks from a stock into a vessel."""

    number: int = Field(ge=1)
    stock: str
    """ID of the stock; the component itself where the plan lists no stocks."""
    sample: str
    vessel: str
    """Well, crucible or vial; the sample's label where the plan has no map."""
    ticks: int = Field(gt=0)
    tick: Tick


class StockUse(Record):
    """How much of which lot went into a sample."""

    stock: str
    lot: str = ""
    ticks: int = Field(ge=0)
    tick: Tick


class Vessels(Grown):
    """The deck, plate or crucible map of a lab: where samples stand and what one holds."""

    later = frozenset({"order"})

    kind: Literal["well", "crucible", "vial", "mould", "substrate"] = "well"
    places: tuple[str, ...] = Field(min_length=1, max_length=1536)
    """Names of the places in the order they are filled, such as `A1`; in a file also `96`, `384` or a count."""
    material: str = ""
    max_c: float | None = Field(default=None, gt=0, le=3500)
    """Hottest the vessel may get, in degC; where unknown, nothing hot is allowed in a real lab."""
    order: Literal["listed", "random"] = "listed"
    """How places are filled: `random` keeps an edge or a gradient of the plate from looking like a composition."""

    @model_validator(mode="before")
    @classmethod
    def _from_count(cls, given: Any) -> Any:
        return _with_places(given, str(given.get("kind", "well")) if isinstance(given, dict) else "")

    def filled(self, seed: int | None) -> tuple[str, ...]:
        """The places in the order they are filled; shuffled by a seed, the same on any machine, where one is given."""
        if seed is None:
            return self.places
        return tuple(sorted(self.places, key=lambda place: sha256(f"{seed}/{place}".encode())))

    @model_validator(mode="after")
    def _distinct(self) -> Vessels:
        if len(set(self.places)) != len(self.places) or not all(self.places):
            raise ValueError("two vessels have the same name, or one has none: name each place once")
        return self


class PremixVessels(Record):
    """Vessels for mixing stocks before a part of the mixture goes into a sample: one mixture per sample."""

    places: tuple[str, ...] = Field(min_length=1, max_length=1536)
    """Names in the order they are filled; in a file also a count, which gives `P001` and so on."""
    total_ticks: int = Field(ge=2)
    """What one takes, in the lab's ticks."""
    dead_ticks: int = Field(default=0, ge=0)
    """What cannot be drawn from it."""
    above: float | None = Field(default=None, ge=0, le=1)
    """A mixture is made where the direct doses miss by more than this share; half the tolerance where left out."""

    @model_validator(mode="before")
    @classmethod
    def _from_count(cls, given: Any) -> Any:
        return _with_places(given, "premix")

    @model_validator(mode="after")
    def _sensible(self) -> PremixVessels:
        if len(set(self.places)) != len(self.places) or not all(self.places):
            raise ValueError("two pre-mix vessels have the same name, or one has none: name each place once")
        if self.dead_ticks >= self.total_ticks:
            raise ValueError(f"dead_ticks {self.dead_ticks} is all that a pre-mix vessel of {self.total_ticks} takes")
        return self


def _with_places(given: Any, kind: str) -> Any:
    """What a file gives, with names in place of a count of places."""
    count = given.get("places") if isinstance(given, dict) else None
    if not isinstance(count, int) or isinstance(count, bool):
        return given
    return given | {"places": place_names(count, kind)}


def place_names(count: int, kind: str) -> tuple[str, ...]:
    """Names of so many places: `A1` to `H12` for 96 wells (row by row), numbers for others, three digits for `premix`.

    Raises:
        ValueError: not 1 to 1536.
    """
    if not 1 <= count <= 1536:
        raise ValueError(f"{count} places: write 1 to 1536")
    shape = {6: (2, 3), 12: (3, 4), 24: (4, 6), 48: (6, 8), 96: (8, 12), 384: (16, 24)}.get(count)
    if kind == "well" and shape is not None:
        return tuple(f"{chr(65 + row)}{column + 1}" for row in range(shape[0]) for column in range(shape[1]))
    digits = 3 if kind == "premix" else 2
    return tuple(f"{kind[0].upper()}{number:0{digits}d}" for number in range(1, count + 1))


class Device(Record):
    """A device that takes part, and the software that drove it."""

    name: str = Field(min_length=1, max_length=80)
    serial: str = ""
    firmware: str = ""
    software: str = ""
    """Name and version, such as `pylabrobot 0.2.2`."""
