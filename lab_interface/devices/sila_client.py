"""The SiLA 2 client of the Sample Maker feature: connect, make one sample after the other, ask short questions.

Nothing but a run's own process and `sila_apart` may call into this: see there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field, model_validator

from eutectic.core.errors import LabFailed, MissingExtra
from eutectic.core.plan import Plan
from eutectic.core.record import Record
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.devices.driver import DeviceFault, DeviceLost, Reply
from eutectic.lab_interface.devices.program import Command

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


def connected(server: ServerSettings) -> SilaClient:
    """A connection.

    Raises:
        MissingExtra: the package is not installed.
        DeviceLost: nobody answers, or it is another kind of server.
    """
    try:
        from sila2.client import SilaClient
    except ImportError as error:
        raise MissingExtra("a SiLA lab needs an extra", mend="pip install 'eutectic[sila]'") from error
    given: dict[str, Any] = {"insecure": True} if server.insecure else {}
    if server.certificate:
        given["root_certs"] = Path(server.certificate).expanduser().read_bytes()
    client = _within(_CALL_S, lambda: SilaClient(server.address, server.port, **given))
    if "SampleMaker" not in client._features:
        raise DeviceLost(f"the server at {server.address}:{server.port} has no Sample Maker feature")
    return client


def answer(server: ServerSettings, question: str, given: str = "") -> Any:
    """What a server says to `facts`, `recall`, `stop` or `clear`, JSON-safe.

    Raises:
        DeviceLost: it does not answer.
        DeviceFault: it refuses.
    """
    client = connected(server)
    try:
        return _within(_CALL_S, lambda: _answer(client.SampleMaker, question, given))
    finally:
        client._channel.close()


def _answer(maker: Any, question: str, given: str) -> Any:
    if question == "facts":
        units = {item.Property: item.Unit for item in maker.Measures.get()}
        return {"stop": maker.StopReason.get(), "simulated": maker.IsSimulated.get(), "units": units}
    if question == "recall":
        found = maker.RecallSample(given)
        return reply_of(found.Result) if found.State == "done" else None
    if question == "stop":
        maker.EmergencyStop(given)
    elif question == "clear":
        maker.ClearStop(given)
    return None


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
