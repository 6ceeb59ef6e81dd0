"""A sample maker behind a SiLA 2 server: one command per sample with an idempotency key, results recalled by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eutectic.core.errors import EutecticError, MissingExtra
from eutectic.core.plan import Check, Plan
from eutectic.core.stock import Device
from eutectic.lab_interface.devices.driver import Reply
from eutectic.lab_interface.devices.ledger import ledger_check
from eutectic.lab_interface.devices.program import Command, Deck, doses_ul, vessels
from eutectic.lab_interface.devices.sila_apart import asked_apart
from eutectic.lab_interface.devices.sila_client import ServerSettings, SilaDriver, connected, sample_key
from eutectic.lab_interface.devices.software import installed
from eutectic.lab_interface.plan_checks import shape


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
            wrong = self._disagreement(self._ask("facts"))
        except EutecticError as error:
            wrong = str(error)
        return [*checks, shape("lab_server", not wrong, wrong or self.instrument)]

    def _ask(self, question: str, given: str = "") -> Any:
        if not installed("sila2"):
            raise MissingExtra("a SiLA lab needs an extra", mend="pip install 'eutectic[sila]'")
        return asked_apart(self._server.model_dump(mode="json"), question, given)

    def _disagreement(self, facts: Mapping[str, Any]) -> str:
        if facts["stop"]:
            return f"the server is stopped: {facts['stop']}"
        if facts["simulated"] != self._server.simulated:
            return f"the settings say simulated: {self._server.simulated}, the server says otherwise"
        wrong = [f"{name} in {unit}" for name, unit in self.units.items() if facts["units"].get(name) != unit]
        return f"the server does not measure {', '.join(wrong)}" if wrong else ""

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> SilaDriver:
        """Connect, in the run's own process."""
        return SilaDriver(connected(self._server), plan, self._server.timeout_s)

    def recall(self, plan: Plan, command: Command) -> Reply | None:
        """What the server keeps under the sample's key."""
        found: Reply | None = self._ask("recall", sample_key(plan, command))
        return found

    def stop_now(self, reason: str) -> str:
        """Tell the server itself; what is not known where it does not answer."""
        try:
            self._ask("stop", reason[:200])
        except EutecticError as error:
            return str(error)
        return ""

    def clear_stop(self, by: str) -> None:
        """Lift the server's stop as well."""
        self._ask("clear", by[:200])
