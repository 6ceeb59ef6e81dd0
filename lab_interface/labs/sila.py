"""The SiLA lab: a sample maker behind a SiLA 2 server makes the samples and measures them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field, JsonValue

from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.devices.device_lab import DeviceLab
from eutectic.lab_interface.devices.settings import DosingDeviceSettings, read_settings
from eutectic.lab_interface.devices.sila_client import ServerSettings
from eutectic.lab_interface.devices.sila_example import simulated_server
from eutectic.lab_interface.devices.sila_rig import SilaRig
from eutectic.lab_interface.examples import EXAMPLE_STOCKS, Injected

NAME = "sila"


class SilaSettings(DosingDeviceSettings):
    """What `lab.settings` may hold for a SiLA lab."""

    server: ServerSettings
    measures: dict[str, str] = Field(min_length=1)
    """Unit by property that the server measures."""


def open(spec: CampaignSpec, folder: Path) -> DeviceLab:
    """The SiLA lab of a spec; its record is `lab.db` in the folder. The server is reached for when a plan is checked.

    Raises:
        BadInput: settings it does not know.
    """
    settings = read_settings(spec, SilaSettings)
    rig = SilaRig(settings.server, settings.deck, settings.measures)
    return DeviceLab(NAME, spec, folder, settings, rig)


@contextmanager
def example(folder: Path, fault: Injected = "none") -> Iterator[dict[str, JsonValue]]:
    """Settings for a simulated server that runs on this machine meanwhile, with its record in the folder."""
    with simulated_server(folder, fault) as port:
        yield {
            "server": {"address": "127.0.0.1", "port": port, "insecure": True, "simulated": True, "timeout_s": 30},
            "measures": {"Bs": "T"},
            "stocks": EXAMPLE_STOCKS,
            "vessel_ul": 360,
            "tip_ul": 1000,
        }
