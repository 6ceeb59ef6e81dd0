"""The deck of a PyLabRobot robot: one that was saved to a file, or a STARlet with tips, a plate and troughs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.core.errors import BadInput
from eutectic.lab_interface.devices.program import Deck

if TYPE_CHECKING:
    from eutectic.lab_interface.devices.pylabrobot_robot import RobotSettings

_TROUGH_RAILS = range(15, 31)


def backend(name: str) -> Any:
    """PyLabRobot's way to a robot of that name."""
    from pylabrobot.liquid_handling import backends

    if name == "star":
        return backends.STARBackend()
    return backends.VantageBackend() if name == "vantage" else backends.LiquidHandlerChatterboxBackend(num_channels=1)


def laid_out(settings: RobotSettings, deck: Deck) -> Any:
    """The deck with a vessel for every stock.

    Raises:
        BadInput: the file holds no deck with these stocks, the plate and the tips.
    """
    from pylabrobot.resources import Deck as RobotDeck

    if not settings.deck_file:
        return _starlet(settings, deck)
    path = Path(settings.deck_file).expanduser()
    try:
        found = RobotDeck.load_from_json_file(str(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"this is no deck saved by PyLabRobot: {error}", where=str(path)) from error
    mixing = (settings.premix_plate,) if deck.premix is not None else ()
    needed = (*deck.stocks, settings.plate, *mixing, *settings.tip_racks)
    missing = [name for name in needed if not found.has_resource(name)]
    if missing:
        raise BadInput(
            f"there is no {missing} on the deck", where=str(path), mend="name the resources as the settings do"
        )
    return found


def _starlet(settings: RobotSettings, deck: Deck) -> Any:
    """Five racks of 300 uL tips, a 96-well plate, one of 2 mL for mixing if asked for, a 60 mL trough a stock."""
    from pylabrobot import resources
    from pylabrobot.resources.hamilton import STARLetDeck

    found = STARLetDeck()
    tips = resources.TIP_CAR_480_A00(name="tip carrier")
    for spot, name in zip(sorted(tips.sites), settings.tip_racks, strict=False):
        tips[spot] = resources.hamilton_96_tiprack_300uL(name=name)
    found.assign_child_resource(tips, rails=1)
    plates = resources.PLT_CAR_L5AC_A00(name="plate carrier")
    plates[0] = resources.cor_96_wellplate_360uL_Fb(name=settings.plate)
    if deck.premix is not None:
        plates[1] = resources.cor_96_wellplate_2mL_Vb(name=settings.premix_plate)
    found.assign_child_resource(plates, rails=8)
    left = list(deck.stocks)
    for rail in _TROUGH_RAILS:
        if not left:
            return found
        carrier = resources.Trough_CAR_5R60_A00(name=f"trough carrier {rail}")
        for spot in sorted(carrier.sites):
            if left:
                carrier[spot] = resources.hamilton_1_trough_60mL_Vb(name=left.pop(0))
        found.assign_child_resource(carrier, rails=rail)
    if left:
        raise BadInput(f"there is no room for {left}", where="lab.settings.stocks", mend="give a deck_file")
    return found
