"""Opentrons protocols: a plan's transfers as a Python file for an OT-2, plain data and one loop, no cleverness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from eutectic.core.errors import BadInput
from eutectic.core.plan import Plan
from eutectic.core.record import Record
from eutectic.lab_interface.devices.program import MIXINGS, Command, Deck

PipetteName = Literal["p20_single_gen2", "p300_single_gen2", "p1000_single_gen2"]
RANGES: dict[PipetteName, tuple[float, float]] = {
    "p20_single_gen2": (1.0, 20.0),
    "p300_single_gen2": (20.0, 300.0),
    "p1000_single_gen2": (100.0, 1000.0),
}
"""Least and largest volume in uL, as the maker states them (Opentrons, pipette specifications)."""
_RACKS: dict[PipetteName, str] = {
    "p20_single_gen2": "opentrons_96_tiprack_20ul",
    "p300_single_gen2": "opentrons_96_tiprack_300ul",
    "p1000_single_gen2": "opentrons_96_tiprack_1000ul",
}
_RACK_SLOTS = ("4", "5", "6", "7", "8", "9", "10", "11")


class Ot2Settings(Record):
    """The deck of an OT-2: plate in slot 1, stocks in slot 2, mixtures in slot 3, tips from slot 4 on."""

    left: PipetteName = "p300_single_gen2"
    right: PipetteName | None = "p20_single_gen2"
    plate: str = Field(default="corning_96_wellplate_360ul_flat", pattern=r"^[a-z0-9_.]{1,80}$")
    reservoir: str = Field(default="nest_12_reservoir_15ml", pattern=r"^[a-z0-9_.]{1,80}$")
    reservoir_wells: int = Field(default=12, ge=1, le=96)
    """Stocks stand in its wells A1, A2, ... in the order of `stocks`."""
    premix_plate: str = Field(default="nest_96_wellplate_2ml_deep", pattern=r"^[a-z0-9_.]{1,80}$")
    """For mixing beforehand, where the lab has `premix`."""

    @model_validator(mode="after")
    def _two(self) -> Ot2Settings:
        if self.left == self.right:
            raise ValueError("both pipettes are the same: leave right out")
        return self

    @property
    def mounted(self) -> dict[str, PipetteName]:
        """Pipette by mount."""
        return {"left": self.left} | ({"right": self.right} if self.right is not None else {})


class Stroke(NamedTuple):
    """One aspiration and the dispense that follows."""

    mount: str
    source: str
    """`reservoir` or `mixtures` ..."""
    source_well: str
    target: str
    """... and `plate` or `mixtures`."""
    well: str
    volume_ul: float
    mixings: int
    """Times the source is mixed before."""


def strokes(program: Sequence[Command], settings: Ot2Settings, deck: Deck) -> tuple[Stroke, ...]:
    """The strokes of a program, each with the smallest pipette that takes it.

    Raises:
        BadInput: a volume no pipette takes, or more stocks or tips than there is room for.
    """
    wells = stock_wells(settings, deck)
    found, source, mixings = [], "", 0
    for command in program:
        if command.action == "mix":
            mixings = MIXINGS
        elif command.action == "aspirate":
            source = command.place
        elif command.action == "dispense":
            mount, volume = _mount(command, settings), command.volume_ul or 0.0
            taken = ("reservoir", wells[source]) if source in wells else _standing(deck, source)
            found.append(Stroke(mount, *taken, *_standing(deck, command.place), volume, mixings))
            mixings = 0
    _racks(found, settings)
    return tuple(found)


def _standing(deck: Deck, place: str) -> tuple[str, str]:
    """Labware and well of a mixture or a sample."""
    mixture = deck.premix_well(place)
    return ("plate", place) if mixture is None else ("mixtures", mixture)


def stock_wells(settings: Ot2Settings, deck: Deck) -> dict[str, str]:
    """Well of the reservoir by stock.

    Raises:
        BadInput: there are more stocks than wells.
    """
    names = list(deck.stocks)
    if len(names) > settings.reservoir_wells:
        raise BadInput(f"{len(names)} stocks, the reservoir has {settings.reservoir_wells} wells")
    return {name: f"A{number}" for number, name in enumerate(names, start=1)}


def _mount(command: Command, settings: Ot2Settings) -> str:
    volume = command.volume_ul or 0.0
    fitting = [
        (RANGES[name][1], mount)
        for mount, name in settings.mounted.items()
        if RANGES[name][0] - 1e-9 <= volume <= RANGES[name][1] + 1e-9
    ]
    if not fitting:
        there = ", ".join(f"{name} {RANGES[name][0]:g} to {RANGES[name][1]:g} uL" for name in settings.mounted.values())
        raise BadInput(f"{command.trial}: no pipette takes {volume:g} uL ({there})")
    return min(fitting)[1]


def _racks(found: Sequence[Stroke], settings: Ot2Settings) -> dict[str, list[str]]:
    """Deck slots of tip racks by mount, enough for a fresh tip each time."""
    needed = {mount: -(-sum(item.mount == mount for item in found) // 96) for mount in settings.mounted}
    free, slots = list(_RACK_SLOTS), dict[str, list[str]]()
    for mount, count in needed.items():
        if count > len(free):
            raise BadInput(
                f"{len(found)} strokes need more tip racks than the deck has room for", mend="smaller batches"
            )
        slots[mount], free = free[:count], free[count:]
    return slots


def protocol_text(plan: Plan, found: Sequence[Stroke], settings: Ot2Settings, deck: Deck) -> str:
    """The protocol file: literal metadata, every stroke as data, one loop."""
    racks = _racks(found, settings)
    wells = stock_wells(settings, deck)
    stocks = [(name, wells[name], round(item.volume_ul, 2)) for name, item in deck.stocks.items()]
    pipettes = [(mount, name, _RACKS[name], racks[mount]) for mount, name in settings.mounted.items() if racks[mount]]
    rows = "\n".join(f"    {tuple(item)!r}," for item in found)
    mixing = (
        ""
        if deck.premix is None
        else f"""
    labware["mixtures"] = protocol.load_labware({settings.premix_plate!r}, "3")"""
    )
    return f'''"""Plan {plan.key}, hash {plan.sha256}. Edited, it is not the plan that was approved any more."""

metadata = {{"protocolName": {plan.key!r}, "author": "Eutectic", "description": "plan {plan.sha256}"}}
requirements = {{"robotType": "OT-2", "apiLevel": "2.20"}}

STOCKS = {stocks!r}
PIPETTES = {pipettes!r}
STROKES = [  # mount, from (labware, well), to (labware, well), microlitres, times the source is mixed before
{rows}
]


def run(protocol):
    labware = {{}}
    labware["plate"] = protocol.load_labware({settings.plate!r}, "1")
    labware["reservoir"] = protocol.load_labware({settings.reservoir!r}, "2"){mixing}
    for name, well, volume in STOCKS:
        liquid = protocol.define_liquid(name=name, description=name, display_color="#3366CC")
        labware["reservoir"][well].load_liquid(liquid=liquid, volume=volume)
    pipettes = {{}}
    for mount, name, rack, slots in PIPETTES:
        tips = [protocol.load_labware(rack, slot) for slot in slots]
        pipettes[mount] = protocol.load_instrument(name, mount, tip_racks=tips)
    for mount, source, source_well, target, target_well, volume, mixings in STROKES:
        pipette = pipettes[mount]
        pipette.pick_up_tip()
        for _ in range(mixings):
            pipette.aspirate(volume, labware[source][source_well])
            pipette.dispense(volume, labware[source][source_well])
        pipette.aspirate(volume, labware[source][source_well])
        pipette.dispense(volume, labware[target][target_well])
        pipette.drop_tip()
'''
