"""The lab protocol: what every lab, simulated or real, promises."""

from __future__ import annotations

from typing import Protocol

from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.run import RunEvent, RunRef, RunStatus
from eutectic.core.trial import Observation


class Lab(Protocol):
    """One contract for a simulator, a person with a worksheet, a device and a recording.

    Only `eutectic.lab_interface.gate` hands plans to `submit`.
    """

    def capabilities(self) -> Capabilities:
        """What this lab can do."""
        ...

    def validate(self, plan: Plan) -> tuple[Check, ...]:
        """The lab's own checks, without any effect."""
        ...

    def submit(self, plan: Plan, key: str) -> RunRef:
        """Start the plan; the same key with the same plan returns the first run again.

        Raises:
            PlanChanged: the key was used for another plan.
            LabFailed: the lab is stopped or out of reach.
        """
        ...

    def status(self, ref: RunRef) -> RunStatus:
        """Where a run stands; `unknown` where the lab cannot tell."""
        ...

    def events(self, ref: RunRef, since: int = 0) -> tuple[RunEvent, ...]:
        """What happened to a run after event number `since`, oldest first."""
        ...

    def result(self, ref: RunRef) -> tuple[Observation, ...]:
        """Observations so far, in the order of the plan's trials."""
        ...

    def cancel(self, ref: RunRef) -> None:
        """Give up what has not begun."""
        ...

    def abort(self, ref: RunRef, reason: str) -> None:
        """Stop the run and make it safe."""
        ...

    def estop(self, reason: str) -> None:
        """Stop everything; latched, survives a restart, cleared only by a person."""
        ...

    def clear_estop(self, by: str) -> None:
        """Lift the emergency stop, in a person's name.

        Raises:
            BadInput: nobody is named.
        """
        ...

    def stop_reason(self) -> str | None:
        """Why the lab is stopped, or None."""
        ...

    def reconcile(self, ref: RunRef, outcome: str, by: str) -> RunStatus:
        """A person says what became of an unknown run: `ran` or `did_not_run`."""
        ...
