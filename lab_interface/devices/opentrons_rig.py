"""An OT-2 that a person runs: the protocol is written, checked by Opentrons' analyzer and handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from eutectic.core.errors import EutecticError, StorageFailed
from eutectic.core.plan import Check, Plan
from eutectic.core.stock import Device
from eutectic.lab_interface.devices.driver import Reply
from eutectic.lab_interface.devices.ledger import ledger_check
from eutectic.lab_interface.devices.opentrons_analysis import VERSION, analysed_protocol
from eutectic.lab_interface.devices.opentrons_protocol import Ot2Settings, protocol_text, strokes
from eutectic.lab_interface.devices.program import Command, Deck, doses_ul, pipetting, vessels
from eutectic.lab_interface.plan_checks import shape


class OpentronsRig:
    """Writes protocols; what the robot then does, a person says."""

    simulated = False
    address = ""
    instrument = "opentrons:OT-2"
    units: Mapping[str, str] = {}
    devices = (Device(name="OT-2", software=f"protocol checked by opentrons {VERSION}"),)

    def __init__(self, settings: Ot2Settings, deck: Deck, folder: Path) -> None:
        self._settings, self._deck, self._folder = settings, deck, folder

    def program(self, plan: Plan) -> tuple[Command, ...]:
        """The hand-over of each sample."""
        wells = vessels(plan)
        return tuple(
            Command(trial=item.trial, action="hand_over", place=wells[item.trial], doses_ul=doses_ul(item))
            for item in plan.samples
        )

    def check(self, plan: Plan, used_ul: Mapping[str, float]) -> Sequence[Check]:
        """The ledger over every stroke, the pipettes' ranges, and Opentrons' own analyzer last."""
        try:
            program = pipetting(plan)
            checks = [ledger_check(program, self._deck, used_ul)]
            if checks[0].verdict == "block":
                return checks
            found = strokes(program, self._settings, self._deck)
            checks.append(shape("lab_pipettes", True, f"{len(found)} strokes"))
            text = protocol_text(plan, found, self._settings, self._deck)
            wrong = analysed_protocol(text, found)
        except EutecticError as error:
            return [shape("lab_protocol", False, str(error))]
        return [
            *checks,
            shape("lab_analysis", not wrong, wrong or f"opentrons {VERSION} read {len(found)} strokes, ok"),
        ]

    def open(self, plan: Plan, used_ul: Mapping[str, float]) -> OpentronsHandOver:
        """Write the protocol beside the plan's sheet.

        Raises:
            StorageFailed: the folder cannot be written.
        """
        found = strokes(pipetting(plan), self._settings, self._deck)
        path = self._folder / "plans" / plan.key.replace("/", "_") / "protocol.py"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(protocol_text(plan, found, self._settings, self._deck), encoding="utf-8")
        except OSError as error:
            raise StorageFailed(f"the protocol cannot be written: {error.strerror}", where=str(path)) from error
        return OpentronsHandOver()

    def recall(self, plan: Plan, command: Command) -> Reply | None:
        """A person says what became of it."""
        return {}

    def stop_now(self, reason: str) -> str:
        """Only a person can stop a protocol that runs in the Opentrons App."""
        return "a protocol under way is stopped in the Opentrons App or at the robot"

    def clear_stop(self, by: str) -> None:
        """The robot holds no stop of ours."""


class OpentronsHandOver:
    """The protocol is written; each sample counts as handed over."""

    def do(self, command: Command) -> Reply:
        """Nothing is sent: the person loads the protocol."""
        return {}

    def recover(self) -> None:
        """Nothing is held."""

    def stop(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""
