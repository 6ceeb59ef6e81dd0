"""What the tests of the way to a lab start from: a spec, trials, a plan, a recorded lab and a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eutectic.core.notebook import Notebook
from eutectic.core.plan import Approval, Capabilities, Parameter, Plan, Protocol, ProtocolStep
from eutectic.core.record import canonical_json
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation, Trial
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.gate import Gate
from eutectic.lab_interface.labs.replay import ReplayLab

CAMPAIGN = "alloy-1"


def spec_of(components: Sequence[str] = ("Fe", "Co", "B", "Si"), basis: str = "at%", **changes: Any) -> CampaignSpec:
    """A small spec; `changes` replace its fields."""
    given: dict[str, Any] = {
        "name": "alloy",
        "goal": "find the best alloy",
        "space": {"basis": basis, "components": [{"name": name, "price": 20} for name in components]},
        "objectives": [{"property": "Bs", "unit": "T", "direction": "maximize"}],
        "budget": {"experiments": 40, "money": 10_000, "hours": 1_000},
        "batch": 4,
    }
    return CampaignSpec.model_validate(given | changes)


def abilities(**changes: Any) -> Capabilities:
    """A simulated lab that weighs 2 g samples to the milligram; `changes` replace its fields."""
    given: dict[str, Any] = {
        "name": "simulated",
        "simulated": True,
        "idempotent": True,
        "properties": ("Bs",),
        "max_batch": 8,
        "tick": "1 mg",
        "total_ticks": 2000,
        "min_ticks": 1,
        "cost_per_trial": 25,
        "hours_per_trial": 0.5,
        "hours_per_batch": 2,
    }
    return Capabilities.model_validate(given | changes)


def protocol_of(*parameters: Parameter, action: str = "mix") -> Protocol:
    """One step with these parameters."""
    step = ProtocolStep.model_validate({"action": action, "parameters": parameters, "note": ""})
    return Protocol(title="as cast", steps=(step,), analysis_code="")


def trials_of(*compositions: Any, round: int = 1, **fields: Any) -> list[Trial]:
    """One trial per composition."""
    return [
        Trial.model_validate(
            {"id": f"r{round:02d}-s{n:02d}", "composition": item, "source": "initial", "why": "spread"} | fields
        )
        for n, item in enumerate(compositions, start=1)
    ]


def shares(fractions: dict[str, float], basis: str = "at%") -> dict[str, Any]:
    """A composition as data."""
    return {"basis": basis, "parts": [{"component": name, "fraction": f} for name, f in fractions.items()]}


class Bench:
    """A gate before a lab that knows the results of a plan's trials."""

    def __init__(
        self, folder: Path, spec: CampaignSpec, trials: Sequence[Trial], lab: Capabilities | None = None, **plan: Any
    ) -> None:
        self.spec = spec
        self.abilities = lab or abilities()
        protocol = plan.pop("protocol", protocol_of())
        self.plan: Plan = compile_plan(spec, CAMPAIGN, 1, 1, trials, protocol, self.abilities).model_copy(update=plan)
        recorded = [
            Observation(trial=trial.id, composition=trial.composition, simulated=self.abilities.simulated)
            for trial in trials
        ]
        self.lab = ReplayLab(recorded, self.abilities)
        self.notebook = Notebook(folder / "notebook.db", CAMPAIGN)
        self.gate = Gate(spec, self.lab, self.notebook)

    @property
    def data(self) -> bytes:
        """The plan's bytes."""
        return canonical_json(self.plan).encode()

    def approval(self, **changes: Any) -> Approval:
        """A person's yes to the plan."""
        given = {"plan_sha256": self.plan.sha256, "decision": "approve", "by": "Ada", "reason": "looks right"}
        return Approval.model_validate(given | changes)

    def verdicts(self) -> dict[str, str]:
        """Verdict by check."""
        return {check.name: check.verdict for check in self.gate.verdict(self.data).checks}

    def detail(self, name: str) -> str:
        """What a check says."""
        return next(check.detail for check in self.gate.verdict(self.data).checks if check.name == name)
