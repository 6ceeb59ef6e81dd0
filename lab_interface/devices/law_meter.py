"""A simulated instrument for made samples: a law's values with noise, the same for the same seed and trial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from eutectic.core.plan import Plan
from eutectic.core.record import Record, significant
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Device
from eutectic.lab_interface.devices.driver import DeviceFault, Reply
from eutectic.lab_interface.devices.program import Command
from eutectic.lab_interface.faults import stream
from eutectic.lab_interface.law import Law
from eutectic.lab_interface.registry import open_law
from eutectic.lab_interface.simulated_checks import check_spec


class LawMeterSettings(Record):
    """A law in place of an instrument, to try a robot's whole campaign before any liquid flows."""

    by: Literal["law"] = "law"
    law: str
    noise: float = Field(default=0.03, ge=0)
    """Relative standard deviation of one reading."""
    readings: int = Field(default=3, ge=1, le=50)


class LawMeter:
    """Measures what the plan says was made."""

    simulated = True
    address = ""

    def __init__(self, settings: LawMeterSettings, spec: CampaignSpec) -> None:
        self._settings, self._seed = settings, spec.seed
        self._law: Law = open_law(settings.law)
        check_spec(spec, self._law)
        self.units: Mapping[str, str] = {item.name: item.unit for item in self._law.properties}
        self.device = Device(name=f"law {settings.law}", software="eutectic")
        self.instrument = f"law:{settings.law} (simulated)"

    def open(self, plan: Plan) -> LawSession:
        """A session on the samples of a plan."""
        return LawSession(self._settings, self._law, self._seed, plan)

    def check(self) -> str:
        """Nothing stands against it."""
        return ""


class LawSession:
    """The law over the samples of one plan."""

    def __init__(self, settings: LawMeterSettings, law: Law, seed: int, plan: Plan) -> None:
        self._settings, self._law, self._seed, self._plan = settings, law, seed, plan
        self._samples = {sample.trial: sample for sample in plan.samples}

    def measure(self, command: Command) -> Reply:
        """Readings by property.

        Raises:
            DeviceFault: no sample can be made of it, says the law.
        """
        sample = self._samples[command.trial]
        cause = self._law.feasible(sample.achieved, sample.process)
        if cause is not None:
            raise DeviceFault(cause, "no sample could be made of it")
        found: dict[str, list[float]] = {}
        for name, value in self._law.true_values(sample.achieved, sample.process).items():
            draws = stream(self._seed, "device", command.trial, self._plan.attempt, name)
            n = self._settings.readings
            found[name] = [significant(value * (1 + draws.gauss(0, self._settings.noise)), 9) for _ in range(n)]
        return {"readings": found}

    def stop(self) -> None:
        """Nothing moves."""

    def close(self) -> None:
        """Nothing is held."""
