"""A sample maker behind a SiLA 2 server: one command per sample with an idempotency key, results recalled by key."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field, model_validator

from eutectic.core.errors import EutecticError, LabFailed, MissingExtra
from eutectic.core.plan import Check, Plan
from eutectic.core.record import Record
from eutectic.core.stock import Device
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.devices.driver import DeviceFault, DeviceLost, Reply
from eutectic.lab_interface.devices.ledger import ledger_check
from eutectic.lab_interface.devices.program import Command, Deck, doses_ul, vessels
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.plan_checks import shape

if TYPE_CHECKING:
    from sila2.client import SilaClient

T = TypeVar("T")
_POLL_S = 0.02
_CALL_S = 10.0
_CAUSES: dict[str, CauseCode] = {"SourceOverdrawn": "precursor_issue", "Stopped": "other"}


class ServerSettings(Record):
    """Where the SiLA server listens; nothing is discovered, nothing is guessed."""

    address: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    certificate: str = ""
    """PEM file of the authority that signed the server's certificate; the system's authorities where empty."""
    insecure: bool = False
    """Without encryption; only on this machine."""
    simulated: bool
    """Whether anything behind it is simulated; the server must say the same."""
    timeout_s: float = Field(default=3600.0, gt=0)
    """Longest a sample may take; after that its outcome is unknown."""

    @model_validator(mode="after")
    def _only_here(self) -> ServerSettings:
        if self.insecure and not _is_loopback(self.address):
            raise ValueError(f"{self.address} is not this machine: an unencrypted line is for loopback alone")
        return self


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


class SilaRig:
    """The server as a rig: it makes and measures by itself."""

    def __init__(self, server: ServerSettings, deck: Deck, units: Mapping[str, str]) -> None:
        self._server, self._deck = server, deck
        self.units = units
        self.simulated = server.simulated
        place = f"{server.address}:{server.port}"
        self.address = "" if server.simulated else f"sila:{place}"
        self.instrument = f"sila:SampleMaker@{place}" + (" (simulated)" if server.simulated else "")
        self.devices = (Device(name=f"SiLA server at {place}", software=installed("sila2")),)

    def program(self, plan: Plan) -> tuple[Command, ...]:
        """One command for each sample."""
        wells = vessels(plan)
        return tuple(
            Command(trial=item.trial, action="make", place=wells[item.trial], doses_ul=doses_ul(item))
            for item in plan.samples
        )

    def check(self, plan: Plan, used_ul: Mapping[str, float]) -> Sequence[Check]:
        """The ledger, then what the server says of itself."""
        try:
            program = self.program(plan)
        except EutecticError as error:
            return [shape("lab_program", False, str(error))]
        checks = [ledger_check(program, self._deck, used_ul)]
        if checks[0].verdict == "block":
            return checks
        try:
            with self._connected() as client:
                wrong = _within(_CALL_S, lambda: self._disagreement(client))
        except EutecticError as error:
            wrong = str(error)
        return [*checks, shape("lab_server", not wrong, wrong or self.instrument)]

    def _disagreement(self, client: SilaClient) -> str:
        maker = client.SampleMaker
        reason = maker.StopReason.get()
        if reason:
            return f"the server is stopped: {reason}"
        if maker.IsSimulated.get() != self._server.simulated:
            return f"the settings say simulated: {self._server.simulated}, the server says otherwise"
        given = {item.Property: item.Unit for item in maker.Measures.get()}
        wrong = [f"{name} in {unit}" for name, unit in self.units.items() if given.get(name) != unit]
        return f"the server does not measure {', '.join(wrong)}" if wrong else ""

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> SilaDriver:
        """Connect."""
        return SilaDriver(self._client(), plan, self._server.timeout_s)

    def recall(self, plan: Plan, command: Command) -> Reply | None:
        """What the server keeps under the sample's key."""
        with self._connected() as client:
            found = _within(_CALL_S, lambda: client.SampleMaker.RecallSample(sample_key(plan, command)))
        return reply_of(found.Result) if found.State == "done" else None

    def stop_now(self, reason: str) -> str:
        """Tell the server itself; what is not known where it does not answer."""
        try:
            with self._connected() as client:
                _within(_CALL_S, lambda: client.SampleMaker.EmergencyStop(reason[:200]))
        except EutecticError as error:
            return str(error)
        return ""

    def clear_stop(self, by: str) -> None:
        """Lift the server's stop as well."""
        with self._connected() as client:
            _within(_CALL_S, lambda: client.SampleMaker.ClearStop(by[:200]))

    @contextmanager
    def _connected(self) -> Iterator[SilaClient]:
        client = self._client()
        try:
            yield client
        finally:
            client._channel.close()

    def _client(self) -> SilaClient:
        """A connection.

        Raises:
            MissingExtra: the package is not installed.
            DeviceLost: nobody answers, or it is another kind of server.
        """
        try:
            from sila2.client import SilaClient
        except ImportError as error:
            raise MissingExtra("a SiLA lab needs an extra", mend="pip install 'eutectic[sila]'") from error
        given: dict[str, Any] = {"insecure": True} if self._server.insecure else {}
        if self._server.certificate:
            given["root_certs"] = Path(self._server.certificate).expanduser().read_bytes()
        place = f"{self._server.address}:{self._server.port}"
        client = _within(_CALL_S, lambda: SilaClient(self._server.address, self._server.port, **given))
        if "SampleMaker" not in client._features:
            raise DeviceLost(f"the server at {place} has no Sample Maker feature")
        return client


class SilaDriver:
    """An open connection that makes one sample after the other."""

    def __init__(self, client: SilaClient, plan: Plan, timeout_s: float) -> None:
        self._client, self._plan, self._timeout_s = client, plan, timeout_s

    def do(self, command: Command) -> Reply:
        """Make one sample and wait for it.

        Raises:
            DeviceFault: the server refused it, or could not make it.
            DeviceLost: the connection broke, or the server did not answer in time.
        """
        return _within(self._timeout_s, lambda: self._made(command))

    def _made(self, command: Command) -> Reply:
        doses = list(command.doses_ul.items())
        key = sample_key(self._plan, command)
        running = self._client.SampleMaker.MakeSample(key, self._plan.sha256, command.place, doses)
        while not running.done:
            self._client.SampleMaker.StopReason.get()  # a dead line shows here and not in the command's own state
            time.sleep(_POLL_S)
        return reply_of(running.get_responses().Result)

    def recover(self) -> None:
        """The server makes itself fit."""

    def stop(self) -> None:
        """Nothing is under way between two samples; an emergency stop is told to the server by itself."""

    def close(self) -> None:
        """Give the connection back."""
        self._client._channel.close()


def sample_key(plan: Plan, command: Command) -> str:
    """The idempotency key of one sample."""
    return f"{plan.key}/{command.trial}"


def reply_of(result: Any) -> Reply:
    """A result of the feature as a reply; the first entry of a property counts."""
    dispensed: dict[str, float] = {}
    for dose in result.Dispensed:
        dispensed[dose.Stock] = dispensed.get(dose.Stock, 0.0) + float(dose.Volume)
    readings: dict[str, list[float]] = {}
    for entry in result.Readings:
        readings.setdefault(entry.Property, [float(value) for value in entry.Values])
    return {"dispensed_ul": dispensed, "readings": readings}


def _within(seconds: float, call: Callable[[], T]) -> T:
    """The value of a call that may never come back, with SiLA's errors put into ours.

    Raises:
        DeviceFault: the server refused.
        DeviceLost: the connection broke, or there was no answer in time.
    """
    found: list[T] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            found.append(call())
        except Exception as error:  # handed to the thread that waits
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise _ours(failed[0]) from failed[0]
    if not found:
        raise DeviceLost(f"no answer within {seconds:g} s")
    return found[0]


def _ours(error: Exception) -> Exception:
    from sila2.framework import DefinedExecutionError, SilaConnectionError, SilaError

    if isinstance(error, SilaConnectionError):
        return DeviceLost(f"the connection broke: {error}")
    if isinstance(error, DefinedExecutionError):
        name = error.fully_qualified_identifier.rsplit("/", 1)[-1]
        return DeviceFault(_CAUSES.get(name, "not_dispensable"), f"{name}: {error.message}")
    if isinstance(error, SilaError):
        return DeviceFault("not_dispensable", f"the server refused it: {error}")
    return error if isinstance(error, LabFailed | DeviceFault) else DeviceLost(f"{type(error).__name__}: {error}")
