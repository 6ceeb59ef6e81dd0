"""The PyLabRobot lab: a liquid handler makes the samples; an instrument, a law or a person measures them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field, JsonValue

from eutectic.core.errors import MissingExtra, NotSupported
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.devices.by_hand import a_person
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.devices.pylabrobot_robot import PylabrobotRobot, RobotSettings
from eutectic.lab_interface.devices.rigs import BenchRig, MeasureSettings, PersonSettings, open_meter
from eutectic.lab_interface.devices.settings import PipettingDeviceSettings, read_settings
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.devices.visa_example import example_meter
from eutectic.lab_interface.examples import EXAMPLE_STOCKS, Injected

NAME = "pylabrobot"


class PylabrobotSettings(PipettingDeviceSettings):
    """What `lab.settings` may hold for a PyLabRobot lab."""

    robot: RobotSettings = RobotSettings()
    measure: MeasureSettings = Field(default=PersonSettings(), discriminator="by")


def open(spec: CampaignSpec, folder: Path) -> DeviceLab:
    """The PyLabRobot lab of a spec; its record is `lab.db` in the folder.

    Raises:
        BadInput: settings it does not know, or a law, instrument or deck that is not there.
    """
    settings = read_settings(spec, PylabrobotSettings)
    meter = open_meter(settings.measure, spec)
    rig = BenchRig(PylabrobotRobot(settings.robot, settings.deck), settings.deck, meter)
    is_person = isinstance(settings.measure, PersonSettings)
    person = a_person(spec, folder, settings, doser="the robot") if is_person else None
    return DeviceLab(NAME, spec, folder, settings, rig, by_hand=person)


@contextmanager
def example(folder: Path, fault: Injected = "none") -> Iterator[dict[str, JsonValue]]:
    """Settings for a simulated robot and a law that measures, or a broken instrument."""
    if not installed("pylabrobot"):
        raise MissingExtra("PyLabRobot needs an extra", mend="pip install 'eutectic[pylabrobot]'")
    if fault == "twice":
        raise NotSupported("the simulated robot answers every command once")
    measure: JsonValue = {"by": "law", "law": "fe_soft_magnet"}
    if fault in ("nan", "slow"):
        measure = example_meter(folder, fault)
    rehearsed: dict[Injected, JsonValue] = {"lost": {"lost_at": 20}, "dry": {"short_ul": {"Fe": 14_000}}}
    robot: JsonValue = {"rehearse": rehearsed.get(fault)}
    yield {"stocks": EXAMPLE_STOCKS, "vessel_ul": 360, "tip_ul": 300, "measure": measure, "robot": robot}
