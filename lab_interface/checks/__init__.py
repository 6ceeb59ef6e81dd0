"""The gate's checks, in the order of the verdict: each looks at a subject and says what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eutectic.core.plan import Check
from eutectic.lab_interface.checks.budget import check_budget
from eutectic.lab_interface.checks.campaign import check_campaign, check_duplicates
from eutectic.lab_interface.checks.capability import check_capability, check_lab
from eutectic.lab_interface.checks.composition import check_composition, check_doses
from eutectic.lab_interface.checks.equipment import check_equipment
from eutectic.lab_interface.checks.hazard import check_hazards
from eutectic.lab_interface.checks.process import check_process, check_protocol
from eutectic.lab_interface.checks.stock import check_stocks, check_transfers
from eutectic.lab_interface.checks.stop import check_stop
from eutectic.lab_interface.checks.subject import Subject

CHECKS: tuple[tuple[str, Callable[[Subject], Sequence[Check]]], ...] = (
    ("emergency stop", check_stop),
    ("campaign", check_campaign),
    ("duplicates", check_duplicates),
    ("composition", check_composition),
    ("doses", check_doses),
    ("transfers", check_transfers),
    ("stocks", check_stocks),
    ("process", check_process),
    ("protocol", check_protocol),
    ("equipment", check_equipment),
    ("hazards", check_hazards),
    ("capability", check_capability),
    ("budget", check_budget),
    ("lab", check_lab),
)
"""Name and function of every check; the lab's own come last."""

__all__ = ["CHECKS", "Subject"]
