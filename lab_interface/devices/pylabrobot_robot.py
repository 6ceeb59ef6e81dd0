"""A liquid handler through PyLabRobot, with tip and volume tracking on, on its simulator or a real backend."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from eutectic.core.errors import BadInput, LabFailed, MissingExtra
from eutectic.core.plan import Plan
from eutectic.core.record import Record, canonical_json
from eutectic.core.stock import Device
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.devices.driver import DeviceFault, DeviceLost, Reply
from eutectic.lab_interface.devices.program import MIXINGS, Command, Deck
from eutectic.lab_interface.devices.software import installed

if TYPE_CHECKING:
    from pylabrobot.liquid_handling import LiquidHandler

_DRY_RUN_S = 120
_CAUSES: dict[str, CauseCode] = {
    "TooLittleLiquidError": "precursor_issue",
    "TooLittleVolumeError": "not_dispensable",
    "NoTipError": "not_dispensable",
    "HasTipError": "not_dispensable",
}


class Rehearsal(Record):
    """What goes wrong in the simulator, so that a bench can see what becomes of it before it happens."""

    lost_at: int | None = Field(default=None, ge=1)
    """The movement at which contact breaks."""
    short_ul: dict[str, float] = {}
    """By how much stocks hold less than was declared, as after a spill: no preflight can know it."""


class RobotSettings(Record):
    """Which robot, and how its deck is laid out."""

    backend: Literal["chatterbox", "star", "vantage"] = "chatterbox"
    """`chatterbox` is PyLabRobot's simulator; the others are Hamilton robots on USB."""
    deck_file: str = ""
    """A deck saved by PyLabRobot, whose stocks bear the stocks' IDs; a STARlet with a 96-well plate where empty."""
    plate: str = "samples"
    """Name of the plate on the deck."""
    premix_plate: str = "mixtures"
    """Name of the plate for mixing beforehand, where the lab has `premix`."""
    tip_racks: tuple[str, ...] = Field(default=("tips 0", "tips 1", "tips 2", "tips 3", "tips 4"), min_length=1)
    """Names of the racks of fresh tips, in the order they are used up."""
    rehearse: Rehearsal | None = None
    """For the simulator alone."""

    @model_validator(mode="after")
    def _only_simulated(self) -> RobotSettings:
        if self.rehearse is not None and self.backend != "chatterbox":
            raise ValueError("rehearse goes wrong on purpose: only the simulator does")
        return self


class PylabrobotRobot:
    """Opens a robot for a run, and carries programs out on the simulator beforehand."""

    def __init__(self, settings: RobotSettings, deck: Deck) -> None:
        self._settings, self._deck = settings, deck
        self.simulated = settings.backend == "chatterbox"
        self.address = "" if self.simulated else f"pylabrobot:{settings.backend}"
        self.instrument = f"pylabrobot:{settings.backend}" + (" (simulated)" if self.simulated else "")
        self.device = Device(name=f"liquid handler, {settings.backend}", software=installed("pylabrobot"))
        if settings.deck_file and not Path(settings.deck_file).expanduser().is_file():
            raise BadInput("the deck's file is not there", where=f"lab.settings.robot.deck_file: {settings.deck_file}")

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> PylabrobotDriver:
        """Connect, with the stocks filled to what the ledger says is left.

        Raises:
            DeviceLost: the robot does not answer.
            MissingExtra: PyLabRobot is not installed.
        """
        return PylabrobotDriver(self._settings, self._deck, used_ul)

    def dry_run(self, plan: Plan, program: Sequence[Command], used_ul: Mapping[str, float]) -> str:
        """Carry the program out on the simulator, in a process of its own: its trackers are global to a process."""
        task = {
            "settings": self._settings.model_copy(update={"backend": "chatterbox", "rehearse": None}).model_dump(
                mode="json"
            ),
            "deck": self._deck.model_dump(mode="json"),
            "used_ul": dict(used_ul),
            "program": [command.model_dump(mode="json") for command in program if command.action != "measure"],
        }
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__],
                input=canonical_json(task),
                capture_output=True,
                text=True,
                timeout=_DRY_RUN_S,
            )
        except subprocess.TimeoutExpired:
            return f"PyLabRobot's simulator took longer than {_DRY_RUN_S} s"
        except OSError as error:
            raise LabFailed(f"the simulator could not be started: {error}") from error
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            return f"PyLabRobot's simulator failed: {last[:300]}"
        return str(json.loads(done.stdout)["problem"])


class PylabrobotDriver:
    """An open liquid handler; what it prints is not for us."""

    def __init__(self, settings: RobotSettings, deck: Deck, used_ul: Mapping[str, float]) -> None:
        self._settings, self._deck, self._moves = settings, deck, 0
        self._loop = asyncio.new_event_loop()
        try:
            self._robot = _robot(settings, deck, used_ul)
            self._wait(self._robot.setup())
        except (OSError, RuntimeError, TimeoutError) as error:
            self._loop.close()
            raise DeviceLost(f"the robot cannot be reached: {error}") from error
        self._tips = [
            spot for name in settings.tip_racks for spot in self._robot.deck.get_resource(name).get_all_items()
        ]

    def do(self, command: Command) -> Reply:
        """Carry one command out."""
        try:
            self._wait(self._call(command))
        except (OSError, TimeoutError) as error:
            raise DeviceLost(f"contact to the robot was lost: {error}") from error
        except DeviceFault:
            raise
        except Exception as error:  # PyLabRobot's errors have no common base, and each backend has its own
            kind = type(error).__name__
            what = f"{command.action} {command.place}: {kind}: {' '.join(str(error).split())[:300]}"
            raise DeviceFault(_CAUSES.get(kind, "not_dispensable"), what) from error
        return {}

    async def _call(self, command: Command) -> None:
        robot, volume = self._robot, command.volume_ul or 0.0
        self._moves += 1
        if self._settings.rehearse is not None and self._moves == self._settings.rehearse.lost_at:
            raise ConnectionResetError("rehearsed: the line to the robot broke")
        if command.action == "pick_up_tip":
            number = int(command.place) - 1
            if number >= len(self._tips):
                raise DeviceFault("not_dispensable", f"tip {command.place} of {len(self._tips)} on the deck")
            await robot.pick_up_tips([self._tips[number]])
        elif command.action == "mix":
            for _ in range(MIXINGS):
                await robot.aspirate([self._place(command.place)], vols=[volume])
                await robot.dispense([self._place(command.place)], vols=[volume])
        elif command.action == "aspirate":
            await robot.aspirate([self._place(command.place)], vols=[volume])
        elif command.action == "dispense":
            await robot.dispense([self._place(command.place)], vols=[volume])
        else:
            await robot.discard_tips()

    def _place(self, name: str) -> Any:
        """The vessel of a stock, a mixture or a sample."""
        deck: Any = self._robot.deck
        if name in self._deck.stocks:
            return deck.get_resource(name)
        mixture = self._deck.premix_well(name)
        if mixture is not None:
            return deck.get_resource(self._settings.premix_plate).get_item(mixture)
        return deck.get_resource(self._settings.plate).get_item(name)

    def recover(self) -> None:
        """Throw away the tip in hand, with what is in it."""
        if any(self._robot.head[channel].has_tip for channel in self._robot.head):
            self._wait(self._robot.discard_tips())

    def stop(self) -> None:
        """Let nothing more be done; the tip in hand stays where it is, over the deck."""

    def close(self) -> None:
        """Give the robot back."""
        self._wait(self._robot.stop())
        self._loop.close()

    def _wait(self, awaitable: Awaitable[Any]) -> None:
        async def waited() -> None:
            await awaitable

        with redirect_stdout(StringIO()):
            self._loop.run_until_complete(waited())


def _robot(settings: RobotSettings, deck: Deck, used_ul: Mapping[str, float]) -> LiquidHandler:
    try:
        from pylabrobot.liquid_handling import LiquidHandler
        from pylabrobot.resources import set_tip_tracking, set_volume_tracking
    except ImportError as error:
        raise MissingExtra("PyLabRobot needs an extra", mend="pip install 'eutectic[pylabrobot]'") from error
    from eutectic.lab_interface.devices.pylabrobot_deck import backend, laid_out

    set_tip_tracking(True)
    set_volume_tracking(True)
    robot = LiquidHandler(backend=backend(settings.backend), deck=laid_out(settings, deck))
    short = {} if settings.rehearse is None else settings.rehearse.short_ul
    for name in deck.stocks:
        vessel: Any = robot.deck.get_resource(name)
        left = deck.available_ul(name, used_ul.get(name, 0.0)) - short.get(name, 0.0)
        vessel.tracker.set_volume(max(0.0, left))
    return robot


def main() -> None:
    """The dry run: read the task, carry it out on the simulator, print what it complains of."""
    task = json.loads(sys.stdin.read())
    settings, deck = RobotSettings.model_validate(task["settings"]), Deck.model_validate(task["deck"])
    driver = PylabrobotDriver(settings, deck, task["used_ul"])
    problem = ""
    for item in task["program"]:
        command = Command.model_validate(item)
        try:
            driver.do(command)
        except DeviceFault as fault:
            problem = f"{command.trial}: {fault}"
            break
    driver.close()
    sys.stdout.write(json.dumps({"problem": problem}))


if __name__ == "__main__":
    main()
