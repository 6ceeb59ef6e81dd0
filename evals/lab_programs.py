"""Faulty pipetting programs: the faults of a robot's own language, against our ledger and against its simulator."""

from __future__ import annotations

from typing import Any

from eutectic.core.errors import BadInput
from eutectic.lab_interface.devices.driver import DeviceFault
from eutectic.lab_interface.devices.ledger import check_program, read_program
from eutectic.lab_interface.devices.program import Command, Deck, StockOnDeck

DECK = Deck(
    stocks={
        "Fe": StockOnDeck(volume_ul=1500, dead_ul=500),
        "Co": StockOnDeck(volume_ul=1500, dead_ul=500),
        "dry": StockOnDeck(volume_ul=500, dead_ul=500),
    },
    vessel_ul=360,
    tip_ul=300,
    min_ul=5,
)


def _command(action: str, place: str = "", volume: float | None = None) -> dict[str, Any]:
    given = {"trial": "r01-s01", "action": action, "place": place}
    return given if volume is None else given | {"volume_ul": volume}


def _stroke(stock: str, volume: float, tip: str = "1", well: str = "A1") -> list[dict[str, Any]]:
    return [
        _command("pick_up_tip", tip),
        _command("aspirate", stock, volume),
        _command("dispense", well, volume),
        _command("drop_tip"),
    ]


_STROKE = _stroke("Fe", 50.0)
PROGRAM_FAULTS: dict[str, list[dict[str, Any]]] = {
    "source overdrawn": [item for tip in range(1, 6) for item in _stroke("Fe", 250, str(tip), f"A{tip}")],
    "empty source": _stroke("dry", 50),
    "well overfilled": [*_stroke("Fe", 250, "1"), *_stroke("Co", 250, "2")],
    "above tip capacity": [_STROKE[0], _command("aspirate", "Fe", 500), *_STROKE[3:]],
    "no tip": _STROKE[1:3],
    "tip reused": [*_STROKE, *_STROKE],
    "dispense above tip content": [*_STROKE[:2], _command("dispense", "A1", 80), _STROKE[3]],
    "negative volume": _stroke("Fe", -50),
    "NaN volume": _stroke("Fe", float("nan")),
    "infinite volume": _stroke("Fe", float("inf")),
    "zero volume": _stroke("Fe", 0.0),
    "below minimum": _stroke("Fe", 0.1),
    "dirty tip into stock": [*_STROKE[:3], _command("aspirate", "Co", 50), _command("dispense", "A2", 50), _STROKE[3]],
}


def caught_by_ledger(fault: str) -> str:
    """Which layer of ours catches a fault: the command's own schema, or the ledger with its name for it."""
    import json

    try:
        program = read_program(json.dumps(_STROKE if fault == "none" else PROGRAM_FAULTS[fault]))
    except BadInput:
        return "schema"
    problems = check_program(program, DECK)
    return f"ledger: {problems[0].fault}" if problems else ""


def caught_by_simulator(fault: str) -> str:
    """What PyLabRobot's simulator, with tip and volume tracking on, says of the same program; empty: it accepts it.

    Raises:
        MissingExtra: PyLabRobot is not installed.
    """
    from eutectic.lab_interface.devices.pylabrobot_robot import PylabrobotDriver, RobotSettings

    driver = PylabrobotDriver(RobotSettings(), DECK, {})
    try:
        for item in PROGRAM_FAULTS[fault]:
            driver.do(Command.model_construct(**({"volume_ul": None, "doses_ul": {}} | item)))
    except DeviceFault as error:
        return str(error).split(": ")[1]
    finally:
        driver.recover()
        driver.close()
    return ""
