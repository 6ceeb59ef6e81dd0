"""The VISA lab: samples made by hand or already in place, measured by an instrument through PyMeasure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from eutectic.core.errors import NotSupported
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.devices.by_hand import a_person
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.devices.rigs import BenchRig
from eutectic.lab_interface.devices.settings import DeviceSettings, read_settings
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.devices.visa_example import example_meter
from eutectic.lab_interface.devices.visa_meter import VisaMeter, VisaMeterSettings
from eutectic.lab_interface.devices.visa_server import instrument_on_socket
from eutectic.lab_interface.examples import Injected

NAME = "visa"


class VisaSettings(DeviceSettings):
    """What `lab.settings` may hold for a VISA lab."""

    tick: Literal["0.1 mg", "1 mg", "0.1 uL", "1 uL"] = "1 mg"  # type: ignore[assignment]
    min_ticks: int = 5
    meter: VisaMeterSettings
    samples: Literal["by_hand", "in_place"] = "by_hand"
    """`by_hand`: each run waits until a person says that its samples are mounted; `in_place`: they are there."""


def open(spec: CampaignSpec, folder: Path) -> DeviceLab:
    """The VISA lab of a spec; its record is `lab.db` in the folder.

    Raises:
        BadInput: settings it does not know, or an instrument PyMeasure does not know.
    """
    settings = read_settings(spec, VisaSettings)
    rig = BenchRig(None, None, VisaMeter(settings.meter))
    maker = a_person(spec, folder, settings) if settings.samples == "by_hand" else None
    return DeviceLab(NAME, spec, folder, settings, rig, prepared_by=maker)


@contextmanager
def example(folder: Path, fault: Injected = "none") -> Iterator[dict[str, JsonValue]]:
    """Settings for a simulated instrument over samples that are in place."""
    if fault != "lost":
        yield {"samples": "in_place", "meter": example_meter(folder, fault)}
        return
    if not installed("pyvisa-py"):
        raise NotSupported("the line to an instrument needs pyvisa-py to be cut")
    with instrument_on_socket(lost_at=7) as address:
        meter = example_meter(folder) | {"address": address, "library": "@py"}
        yield {"samples": "in_place", "meter": meter}
