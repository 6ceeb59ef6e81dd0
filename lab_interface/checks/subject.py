"""The subject of a verdict: a plan with everything it is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from eutectic.core.estop import EmergencyStop
from eutectic.core.lab import Lab
from eutectic.core.notebook import CampaignView
from eutectic.core.plan import Capabilities, Check, Plan
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.hazards import HazardTable
from eutectic.lab_interface.limits import BenchLimits
from eutectic.lab_interface.stock_ledger import StockLedger

_SHOWN = 6


@dataclass(frozen=True)
class Subject:
    """A plan, the spec and lab it is for, and what the notebook says so far."""

    plan: Plan
    spec: CampaignSpec
    lab: Lab
    capabilities: Capabilities
    limits: BenchLimits
    hazards: HazardTable
    campaign: str
    """ID of the notebook's campaign."""
    view: CampaignView
    sent: Mapping[str, str]
    """Key of the unfinished submission by trial."""
    sent_lately: int
    """Samples of other plans that this campaign sent within the last 24 hours."""
    stop: EmergencyStop
    ledger: StockLedger | None
    today: date | None
    """None in a replay, where dates are not judged anew."""


def outcome(name: str, problems: Iterable[str], passed: str, *, verdict: str = "block") -> Check:
    """One check: a pass in words, or the problems (the first few, and how many more)."""
    found = list(problems)
    if not found:
        return Check(name=name, verdict="pass", detail=passed)
    more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
    return Check.model_validate({"name": name, "verdict": verdict, "detail": "; ".join(found[:_SHOWN]) + more})
