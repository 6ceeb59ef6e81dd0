"""What a kind of device brings to a device lab: its program, its own checks, and a driver that carries commands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from eutectic.core.errors import LabFailed
from eutectic.core.plan import Check, Plan
from eutectic.core.stock import Device
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.devices.program import Command

Reply = dict[str, Any]
"""What a device answered, JSON-safe: `dispensed_ul` by stock, `readings` by property."""


class DeviceFault(Exception):
    """A device refused or failed a command and said so: this sample is lost, others may go on."""

    def __init__(self, cause: CauseCode, what: str) -> None:
        self.cause: CauseCode = cause
        super().__init__(what)


class DeviceLost(LabFailed):
    """Contact was lost: whether the last command was carried out cannot be known."""


class Driver(Protocol):
    """An open connection to the devices, held by the process that carries a run out."""

    def do(self, command: Command) -> Reply:
        """Carry one command out and return when it is done.

        Raises:
            DeviceFault: it was refused or failed, for certain.
            DeviceLost: whether it was carried out is unknown.
        """
        ...

    def recover(self) -> None:
        """After a fault: make the devices fit for the next sample, such as throwing a half-full tip away."""
        ...

    def stop(self) -> None:
        """Stop at once and make safe."""
        ...

    def close(self) -> None:
        """Give the devices back."""
        ...


class Rig(Protocol):
    """One kind of device lab, as its file in `labs/` sets it up."""

    @property
    def simulated(self) -> bool:
        """Whether any device behind it is simulated."""
        ...

    @property
    def address(self) -> str:
        """What tells the device from others, so that it does one run at a time; empty for a simulated one."""
        ...

    @property
    def instrument(self) -> str:
        """What observations name as their instrument."""
        ...

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices and the software that drives them."""
        ...

    @property
    def units(self) -> Mapping[str, str]:
        """Unit by property that the devices measure; empty where a person measures."""
        ...

    def program(self, plan: Plan) -> tuple[Command, ...]:
        """Every command for a plan, in order; the commands that end a sample come last.

        Raises:
            BadInput: the plan cannot be put into commands.
        """
        ...

    def check(self, plan: Plan, used_ul: Mapping[str, float]) -> Sequence[Check]:
        """Checks of a plan beyond those every device lab makes; `used_ul` is what earlier runs took of each stock."""
        ...

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> Driver:
        """Connect to the devices, of whose stocks earlier runs used so much.

        Raises:
            DeviceLost: they are out of reach; nothing was sent.
            MissingExtra: a package is not installed.
        """
        ...

    def recall(self, plan: Plan, command: Command) -> Reply | None:
        """What became of a command in doubt, from a device that keeps results by key; None where none does."""
        ...

    def stop_now(self, reason: str) -> str:
        """Stop the devices from outside the run; empty when confirmed or not needed, else what is not known."""
        ...

    def clear_stop(self, by: str) -> None:
        """Lift a stop that the devices hold themselves, in a person's name."""
        ...
