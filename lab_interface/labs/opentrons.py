"""The Opentrons lab: a protocol for an OT-2, checked by Opentrons' own analyzer; a person runs it and measures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import JsonValue

from eutectic.core.errors import MissingExtra, NotSupported
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.devices.by_hand import a_person
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.devices.opentrons_analysis import PYTHON, opentrons_python
from eutectic.lab_interface.devices.opentrons_protocol import Ot2Settings
from eutectic.lab_interface.devices.opentrons_rig import OpentronsRig
from eutectic.lab_interface.devices.settings import PipettingDeviceSettings, read_settings
from eutectic.lab_interface.examples import EXAMPLE_STOCKS, Injected

NAME = "opentrons"


class OpentronsSettings(PipettingDeviceSettings):
    """What `lab.settings` may hold for an Opentrons lab."""

    robot: Ot2Settings = Ot2Settings()
    tips: int = 8 * 96


def open(spec: CampaignSpec, folder: Path) -> DeviceLab:
    """The Opentrons lab of a spec; its record is `lab.db` in the folder.

    Raises:
        BadInput: settings it does not know.
    """
    settings = read_settings(spec, OpentronsSettings)
    rig = OpentronsRig(settings.robot, settings.deck, folder)
    return DeviceLab(NAME, spec, folder, settings, rig, by_hand=a_person(spec, folder, settings, doser="the robot"))


@contextmanager
def example(folder: Path, fault: Injected = "none") -> Iterator[dict[str, JsonValue]]:
    """Settings for an OT-2 with two pipettes; a person measures."""
    if opentrons_python() is None:
        mend = f"eutectic doctor --make opentrons, or set {PYTHON}"
        raise MissingExtra("Opentrons' analyzer is not installed", mend=mend)
    if fault != "none":
        raise NotSupported("a person runs the protocol and measures")
    yield {"stocks": EXAMPLE_STOCKS, "vessel_ul": 360, "tip_ul": 300}
