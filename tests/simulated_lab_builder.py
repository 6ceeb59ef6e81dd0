"""Builds specs, plans and simulated labs for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.plan import Dose, Plan, Protocol, ProtocolStep, Sample
from eutectic.core.space import ComponentRange, SearchSpace
from eutectic.core.spec import Budget, CampaignSpec, LabSpec
from eutectic.core.stock import Tick
from eutectic.core.trial import Trial
from eutectic.lab_interface.emulator import Emulator
from eutectic.lab_interface.labs.simulated import Clock, SimulatedLab
from eutectic.lab_interface.registry import open_law
from eutectic.lab_interface.simulated_settings import read_settings

PROTOCOL = Protocol(
    title="cast and measure",
    steps=(ProtocolStep(action="measure", parameters=(), note="each property three times"),),
    analysis_code="def analyse(readings):\n    return {}\n",
)
QUIET: dict[str, Any] = {"noise": 0, "noise_of": {"Bs": 0}, "batch_sd": 0, "abandoned_rate": 0, "weighing_sd_ticks": 0}


def make_spec(settings: dict[str, Any] | None = None, *, kind: str = "simulated", seed: int = 5) -> CampaignSpec:
    """A spec of Fe, Co and B for a lab."""
    return CampaignSpec(
        name="probe",
        goal="probe the lab",
        space=SearchSpace(components=tuple(ComponentRange(name=name) for name in ("Fe", "Co", "B"))),
        objectives=(Objective(property="Bs", unit="T", direction="maximize"),),
        budget=Budget(experiments=500),
        lab=LabSpec(kind=kind, settings={"law": "fe_soft_magnet"} if settings is None else settings),
        seed=seed,
    )


def make_plan(
    n: int = 4,
    *,
    round: int = 1,
    attempt: int = 1,
    boron: int = 400,
    lab: str = "simulated",
    tick: Tick = "1 mg",
) -> Plan:
    """A plan of samples whose doses are 2000 ticks each; `boron` changes its bytes."""
    trials, samples = [], []
    for i in range(n):
        ticks = {"Fe": 1600 - 10 * i, "Co": 2000 - 1600 + 10 * i - boron // 5, "B": boron // 5}
        made = Composition.of({k: v / 2000 for k, v in ticks.items()}, "wt%", normalise=True).to("at%")
        name = f"r{round:02d}-s{i + 1:02d}"
        trials.append(Trial(id=name, composition=made, source="initial", why="test"))
        doses = tuple(Dose(component=k, ticks=v, tick=tick) for k, v in ticks.items())
        samples.append(Sample(trial=name, sample=f"K7-{round:02d}{i:02d}", doses=doses, achieved=made))
    return Plan(
        campaign="probe-1", round=round, attempt=attempt, lab=lab, simulated=True, trials=tuple(trials),
        samples=tuple(samples), protocol=PROTOCOL, cost=1.0, hours=1.0,
    )  # fmt: skip


def make_lab(folder: Path, clock: Clock | None = None, *, seed: int = 5, **settings: Any) -> SimulatedLab:
    """A lab of the magnet law."""
    spec = make_spec({"law": "fe_soft_magnet", **settings}, seed=seed)
    given = {} if clock is None else {"clock": clock}
    return SimulatedLab(spec, read_settings(spec), open_law("fe_soft_magnet"), "fe_soft_magnet", folder, **given)


def emulator_lab(folder: Path, law: Emulator, **settings: Any) -> SimulatedLab:
    """A lab of an emulator that is at hand."""
    spec = make_spec({"law": "fe_soft_magnet", **settings})
    return SimulatedLab(spec, read_settings(spec), law, "table", folder)
