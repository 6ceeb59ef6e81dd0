"""Rigs put together: a robot that makes samples, an instrument that measures them, or both one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from eutectic.core.errors import EutecticError
from eutectic.core.plan import Check, Plan
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Device
from eutectic.lab_interface.devices.driver import Driver, Reply
from eutectic.lab_interface.devices.law_meter import LawMeter, LawMeterSettings
from eutectic.lab_interface.devices.ledger import ledger_check
from eutectic.lab_interface.devices.program import Command, Deck, pipetting, vessels
from eutectic.lab_interface.devices.visa_meter import VisaMeter, VisaMeterSettings
from eutectic.lab_interface.plan_checks import shape


class PersonSettings(Record):
    """A person measures and fills a table in, as with the worksheet lab."""

    by: Literal["person"] = "person"


MeasureSettings = PersonSettings | VisaMeterSettings | LawMeterSettings


class Session(Protocol):
    """An open instrument."""

    def measure(self, command: Command) -> Reply:
        """Readings of one sample."""
        ...

    def stop(self) -> None:
        """Stop at once and make safe."""
        ...

    def close(self) -> None:
        """Give the instrument back."""
        ...


class Meter(Protocol):
    """An instrument that a rig may measure with."""

    units: Mapping[str, str]
    simulated: bool
    address: str
    instrument: str
    device: Device

    def open(self, plan: Plan) -> Session:
        """Connect."""
        ...

    def check(self) -> str:
        """What stands against using it at all; empty when nothing does."""
        ...


class Robot(Protocol):
    """A robot that a rig may make samples with."""

    simulated: bool
    address: str
    instrument: str
    device: Device

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> Driver:
        """Connect."""
        ...

    def dry_run(self, plan: Plan, program: Sequence[Command], used_ul: Mapping[str, float]) -> str:
        """Carry the program out in the robot's own simulator; what it complains of, or empty."""
        ...


def open_meter(settings: MeasureSettings, spec: CampaignSpec) -> Meter | None:
    """The instrument of a `measure:` block; None where a person measures."""
    if isinstance(settings, VisaMeterSettings):
        return VisaMeter(settings)
    return LawMeter(settings, spec) if isinstance(settings, LawMeterSettings) else None


class BenchRig:
    """A robot, an instrument, or a robot and then an instrument."""

    def __init__(self, robot: Robot | None, deck: Deck | None, meter: Meter | None) -> None:
        self._robot, self._deck, self._meter = robot, deck, meter
        self._dry: dict[str, str] = {}
        devices: list[Robot | Meter] = [item for item in (robot, meter) if item is not None]
        self.simulated = any(item.simulated for item in devices)
        self.address = next((item.address for item in devices if item.address), "")
        self.instrument = " + ".join(item.instrument for item in devices)
        self.devices = tuple(item.device for item in devices)
        self.units: Mapping[str, str] = meter.units if meter is not None else {}

    def program(self, plan: Plan) -> tuple[Command, ...]:
        """Every sample made, then every sample measured."""
        made = pipetting(plan) if self._deck is not None else ()
        if self._meter is None:
            return made
        wells = vessels(plan)
        places = {sample.trial: wells[sample.trial] if made else str(n) for n, sample in enumerate(plan.samples, 1)}
        return (*made, *(Command(trial=name, action="measure", place=place) for name, place in places.items()))

    def check(self, plan: Plan, used_ul: Mapping[str, float]) -> Sequence[Check]:
        """The ledger over the whole program, the instrument, and the robot's own simulator last."""
        try:
            program = self.program(plan)
        except EutecticError as error:
            return [shape("lab_program", False, str(error))]
        checks = [shape("lab_program", True, f"{len(program)} commands")]
        if self._deck is not None:
            checks.append(ledger_check(program, self._deck, used_ul))
        if self._meter is not None:
            wrong = self._meter.check()
            checks.append(shape("lab_instrument", not wrong, wrong or self._meter.instrument))
        if self._robot is not None and all(check.verdict == "pass" for check in checks):
            checks.append(self._dry_run(self._robot, plan, program, used_ul))
        return checks

    def _dry_run(self, robot: Robot, plan: Plan, program: Sequence[Command], used_ul: Mapping[str, float]) -> Check:
        if plan.sha256 not in self._dry:
            try:
                self._dry = {plan.sha256: robot.dry_run(plan, program, used_ul)}
            except EutecticError as error:
                return shape("lab_dry_run", False, str(error))
        wrong = self._dry[plan.sha256]
        return shape("lab_dry_run", not wrong, wrong or f"{robot.instrument}: its own simulator carried it out")

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> Driver:
        """Connect to the robot, then to the instrument."""
        robot = self._robot.open(plan, used_ul) if self._robot is not None else None
        return BenchDriver(robot, self._meter.open(plan) if self._meter is not None else None)

    def recall(self, plan: Plan, command: Command) -> Reply | None:
        """These devices keep no results."""
        return None

    def stop_now(self, reason: str) -> str:
        """The process at work stops them."""
        return ""

    def clear_stop(self, by: str) -> None:
        """These devices hold no stop of their own."""


class BenchDriver:
    """Sends each command to the device it is for."""

    def __init__(self, robot: Driver | None, meter: Session | None) -> None:
        self._robot, self._meter = robot, meter

    def do(self, command: Command) -> Reply:
        """Carry one command out."""
        if command.action == "measure":
            assert self._meter is not None
            return self._meter.measure(command)
        assert self._robot is not None
        return self._robot.do(command)

    def recover(self) -> None:
        """Make the robot fit for the next sample."""
        if self._robot is not None:
            self._robot.recover()

    def stop(self) -> None:
        """Stop both."""
        for device in (self._robot, self._meter):
            if device is not None:
                device.stop()

    def close(self) -> None:
        """Give both back."""
        for device in (self._robot, self._meter):
            if device is not None:
                device.close()
