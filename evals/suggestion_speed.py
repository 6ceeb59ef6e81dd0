"""How long a suggestion takes as observations, components and batches grow, and how much memory it needs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import numpy as np

from eutectic.core.elements import elements
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.tools.optimizer_bayes import BayesOptimizer
from eutectic.tools.sampling import random_feasible


class SpeedCase(Record):
    """One size of campaign."""

    observations: int
    components: int
    at_most: int
    """Components in a recipe at most."""
    batch: int = 1
    objectives: int = 1
    limit_s: float | None = None
    """Seconds that a suggestion may take: of the processor, which is wall time where nothing else runs."""


class SpeedLine(Record):
    """What one size took."""

    case: SpeedCase
    told_s: float
    """Reading the observations in."""
    asked_s: tuple[float, ...]
    """Wall time of `ask`, by seed."""
    processor_s: float
    """Processor time of one `ask`, mean."""
    memory_mb: float
    """Resident memory of the process afterwards; 0 where the system does not tell."""
    feasible: bool
    """Whether every proposal kept the rules."""

    @property
    def is_kept(self) -> bool | None:
        """Whether the limit was kept; None without one."""
        return None if self.case.limit_s is None else self.processor_s < self.case.limit_s


CASES = (
    SpeedCase(observations=50, components=6, at_most=6),
    SpeedCase(observations=200, components=10, at_most=10, limit_s=1.0),
    SpeedCase(observations=200, components=10, at_most=10, batch=10),
    SpeedCase(observations=200, components=30, at_most=6),
    SpeedCase(observations=200, components=10, at_most=10, batch=96),
    SpeedCase(observations=200, components=10, at_most=10, batch=4, objectives=2),
    SpeedCase(observations=5_000, components=10, at_most=10, limit_s=10.0),
    SpeedCase(observations=20_000, components=10, at_most=10),
    SpeedCase(observations=20_000, components=30, at_most=6),
)


def speeds(seeds: int, *, smoke: bool = False) -> list[SpeedLine]:
    """The figures of every case, or of the small ones."""
    cases = [case for case in CASES if not smoke or (case.observations <= 200 and case.batch <= 10)]
    _time(cases[0], 1)  # so that imports stay out of the figures
    return [_time(case, seeds) for case in cases]


def _time(case: SpeedCase, seeds: int) -> SpeedLine:
    told, asked, used, feasible = 0.0, [], 0.0, True
    for seed in range(seeds):
        spec = spec_of(case, seed)
        observations = observations_of(spec, case, seed)
        optimizer = BayesOptimizer(spec)
        began = time.perf_counter()
        optimizer.tell(observations)
        told += time.perf_counter() - began
        began, processor = time.perf_counter(), time.process_time()
        advice = optimizer.ask(case.batch, round=2)
        asked.append(round(time.perf_counter() - began, 3))
        used += time.process_time() - processor
        broken = [p for p in advice.batch if spec.space.violations(p.composition, p.process)]
        feasible &= not broken and len(advice.batch) == case.batch
    return SpeedLine(
        case=case,
        told_s=round(told / seeds, 3),
        asked_s=tuple(asked),
        processor_s=round(used / seeds, 3),
        memory_mb=round(_resident_mb(), 0),
        feasible=feasible,
    )


def spec_of(case: SpeedCase, seed: int) -> CampaignSpec:
    """A campaign of that size, of as many elements."""
    names = [name for name in elements() if name not in ("He", "Ne", "Ar", "Kr", "Xe", "Rn")][: case.components]
    return CampaignSpec.model_validate(
        {
            "name": "speed",
            "goal": "time a suggestion",
            "space": {
                "components": [{"name": name, "step": "0.5%", "min_dose": "1%"} for name in names],
                "max_components": case.at_most,
            },
            "objectives": [{"property": f"y{i}", "unit": "1", "direction": "maximize"} for i in range(case.objectives)],
            "budget": {"experiments": 100_000},
            "batch": case.batch,
            "optimizer": {"replicates": 0},
            "seed": seed,
        }
    )


def observations_of(spec: CampaignSpec, case: SpeedCase, seed: int) -> list[Observation]:
    """Random recipes of a case with values of quadratic forms."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(case.objectives, case.components, case.components))
    found = []
    for i, (composition, process) in enumerate(random_feasible(spec.space, case.observations, seed)):
        shares = np.array(composition.vector(spec.space.component_names))
        values = np.einsum("i,kij,j->k", shares, weights, shares) + 0.02 * rng.normal(size=case.objectives)
        found.append(
            Observation(
                trial=f"r{i // 96 + 1}-s{i % 96}",
                composition=composition,
                process=process,
                measurements=tuple(
                    Measurement(property=f"y{k}", unit="1", value=float(v)) for k, v in enumerate(values)
                ),
                simulated=True,
            )
        )
    return found


def _resident_mb() -> float:
    from eutectic.evals.bench_loop import resident_mb

    return resident_mb()


def describe_speeds(lines: Sequence[SpeedLine]) -> str:
    """The figures as text."""
    words = [
        "seconds per suggestion on random recipes of a 0.5 % lattice (quadratic law, 2 % noise), one process",
        f"{'observations':>12}{'components':>11}{'at most':>8}{'batch':>6}{'objectives':>11}{'wall s, each seed':>26}"
        f"{'processor s':>12}{'tell s':>8}{'MB':>6}  limit",
    ]
    for line in lines:
        case = line.case
        limit = "" if case.limit_s is None else f"{case.limit_s:g} s {'kept' if line.is_kept else 'NOT KEPT'}"
        wall = " ".join(f"{seconds:.2f}" for seconds in line.asked_s)
        words.append(
            f"{case.observations:>12}{case.components:>11}{case.at_most:>8}{case.batch:>6}{case.objectives:>11}{wall:>26}"
            f"{line.processor_s:>12.2f}{line.told_s:>8.2f}{line.memory_mb:>6.0f}  {limit}"
            + ("" if line.feasible else "  A PROPOSAL BREAKS A RULE OR IS MISSING")
        )
    return "\n".join(words)


def run_speeds(seeds: int, *, smoke: bool, as_json: bool) -> int:
    """Print the figures; 1 where a limit was not kept or a proposal breaks a rule."""
    import typer

    lines = speeds(seeds, smoke=smoke)
    if as_json:
        typer.echo(json.dumps([line.model_dump(mode="json") for line in lines]))
    else:
        typer.echo(describe_speeds(lines))
    return 0 if all(line.feasible and line.is_kept is not False for line in lines) else 1
