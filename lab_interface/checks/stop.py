"""The check of the emergency stop, on this machine and in the lab."""

from __future__ import annotations

from eutectic.core.plan import Check
from eutectic.lab_interface.checks.subject import Subject, outcome


def check_stop(subject: Subject) -> list[Check]:
    """Nothing is stopped; what cannot be read counts as stopped."""
    found = {"this machine": subject.stop.reason(), f"lab {subject.capabilities.name!r}": subject.lab.stop_reason()}
    problems = [f"emergency stop of {where}: {why}" for where, why in found.items() if why is not None]
    return [outcome("emergency stop", problems, "none on this machine or in the lab")]
