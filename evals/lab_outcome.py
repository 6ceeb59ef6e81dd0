"""What becomes of a fault against a lab, and the promise that no sample is made twice."""

from __future__ import annotations

from typing import Literal, NamedTuple

from eutectic.evals.lab_bench_rig import Bench
from eutectic.lab_interface.devices.sila_server import times_made

Verdict = Literal["caught", "held", "missed", "n/a"]


class Outcome(NamedTuple):
    """What became of one fault against one lab."""

    verdict: Verdict
    by: str
    """The layer that caught it, or what held, or why it does not apply."""


class Broken(Exception):
    """A promise of the lab contract did not hold."""


def made_once(rig: Bench) -> None:
    """Raise `Broken` where the lab, or the device's own record, began a sample more than once."""
    lab = rig.lab()
    made = lab.executions() if hasattr(lab, "executions") else {}
    record = rig.folder / "devices" / "sila-server.db"
    if record.is_file():
        made = {**made, **times_made(record.parent)}
    doubled = {key: times for key, times in made.items() if times > 1}
    if doubled:
        raise Broken(f"made more than once: {doubled}")
