"""Benchmark of the agent loop: its time per trial beside the bare optimiser on the same trials, and its memory."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import JsonValue

from eutectic.agents.campaign import Campaign, Collaborators
from eutectic.agents.minds.rules import RulesMind
from eutectic.agents.runs import opening
from eutectic.agents.spec_file import dump_spec
from eutectic.core.lab import Lab
from eutectic.core.notebook import Event
from eutectic.core.objective import Objective
from eutectic.core.optimizer import Advice, Optimizer, Pending
from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.core.space import ComponentRange, SearchSpace
from eutectic.core.spec import ApprovalPolicy, Budget, CampaignSpec, LabSpec, MindSpec, OptimizerSpec, StopRules
from eutectic.core.trial import Observation
from eutectic.lab_interface.labs.simulated import SimulatedLab
from eutectic.lab_interface.registry import open_lab

_LEAST_ROUNDS = 8
OptimizerKind = Literal["botorch", "random", "sobol"]


class LoopTimes(Record):
    """What one benchmark campaign took."""

    trials: int
    rounds: int
    batch: int
    optimizer: OptimizerKind
    seed: int
    total_s: float
    """Wall time of the whole campaign."""
    optimizer_s: float
    """Of it, inside the optimiser."""
    lab_s: float
    """Of it, inside the simulated lab, which makes and stores the results."""
    assess_s: float
    """Of it, assessing the surrogate for the analyst's findings."""
    bare_s: float
    """The bare optimiser, told the same observations and asked as often, without the loop."""
    overhead_ms_per_trial: float
    """Everything but the optimiser and the lab; the assessment is included."""
    overhead_by_tenth_ms: tuple[float, ...]
    """CPU time of the loop without assessments in each tenth of the rounds, so that growth shows whatever else runs."""
    overhead_by_quarter_ms: tuple[float, ...]
    """The same in each quarter."""
    memory_mb: tuple[float, ...]
    """Resident memory after 10, 25, 50, 75 and 100 % of the rounds; empty where the system does not tell."""
    growth: float
    """CPU per trial in the last quarter over that in the first; 1 with fewer than 8 rounds, which tell nothing."""
    memory_growth: float
    """Memory after the last round over that after a tenth of them; 1 with fewer than 8 rounds."""
    instruments: int
    instruments_used: int
    """How many instruments the observations name."""
    lab_hours: float
    """Makespan on the lab's own clock."""
    missing: int
    """Trials without an observation: what was lost."""
    doubled: int
    """Trials that the lab made more than once."""
    events: int
    """Events of the notebook, every link of whose hash chain was checked after the run."""
    notebook_mb: float


class _Timed:
    """An optimiser whose time is counted."""

    def __init__(self, inner: Optimizer) -> None:
        self._inner = inner
        self.seconds = self.cpu_s = 0.0

    def tell(self, observations: Sequence[Observation]) -> None:
        began, cpu = time.perf_counter(), time.process_time()
        self._inner.tell(observations)
        self.seconds += time.perf_counter() - began
        self.cpu_s += time.process_time() - cpu

    def ask(self, n: int, *, round: int, pending: Sequence[Pending] = (), alternatives: int = 0) -> Advice:
        began, cpu = time.perf_counter(), time.process_time()
        advice = self._inner.ask(n, round=round, pending=pending, alternatives=alternatives)
        self.seconds += time.perf_counter() - began
        self.cpu_s += time.process_time() - cpu
        return advice


class _TimedLab:
    """A lab whose time is counted."""

    def __init__(self, inner: Lab) -> None:
        self._inner = inner
        self.seconds = self.cpu_s = 0.0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            began, cpu = time.perf_counter(), time.process_time()
            try:
                return method(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - began
                self.cpu_s += time.process_time() - cpu

        return timed


class _Watch:
    """Listens to a notebook: memory and time by round, time between findings and their assessment."""

    def __init__(self, others: Callable[[], float]) -> None:
        """`others`: CPU seconds so far that are not the loop's."""
        self._others = others
        self._began = time.process_time()
        self.memory: list[float] = []
        self.closed_at: list[float] = []
        """CPU seconds of the loop alone, at the end of each round."""
        self.assess_s = 0.0
        self._assess_cpu_s = 0.0
        self._last, self._last_cpu = time.perf_counter(), time.process_time()

    def __call__(self, event: Event) -> None:
        now, cpu = time.perf_counter(), time.process_time()
        if event.kind == "tool" and event.slot.endswith("/analyst/assess"):
            self.assess_s += now - self._last
            self._assess_cpu_s += cpu - self._last_cpu
        if event.kind == "round_closed":
            self.memory.append(resident_mb())
            self.closed_at.append(time.process_time() - self._began - self._others() - self._assess_cpu_s)
        self._last, self._last_cpu = now, cpu


def resident_mb() -> float:
    """Resident memory of this process in MB; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0.0
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def bench_spec(trials: int, batch: int, optimizer: str, seed: int, instruments: int = 1) -> CampaignSpec:
    """The benchmark's campaign with one objective.

    One instrument measures the saturation of a soft magnet of six elements; several at once, the resistivity of thin
    films of five sputter targets, 96 on a shuffled plate with a composition spread.
    """
    law, wanted = "fe_soft_magnet", ("Bs", "T")
    names: tuple[str, ...] = ("Fe", "Co", "Ni", "B", "Si", "P")
    settings: dict[str, JsonValue] = {}
    if instruments > 1:  # a deposition chamber's batch, then several probes at once
        names, law, wanted = ("Ni", "Cr", "Al", "Cu", "Ta"), "thin_film_resistor", ("resistivity", "uOhm cm")
        plate: dict[str, JsonValue] = {"kind": "substrate", "places": 96, "order": "random"}
        settings = {"vessels": plate, "spread": 0.15, "instruments": instruments}
        settings |= {"hours_per_trial": 0.05, "hours_per_batch": 1.0}
    components = tuple(ComponentRange(name=n, min=0.5 if n == "Fe" else 0.0, step=0.005) for n in names)
    return CampaignSpec(
        name="bench-loop",
        goal="measure the overhead of the loop",
        space=SearchSpace(components=components),
        objectives=(Objective(property=wanted[0], unit=wanted[1], direction="maximize"),),
        budget=Budget(experiments=trials),
        batch=batch,
        stop=StopRules(when_met=False),
        approval=ApprovalPolicy(mode="auto"),
        lab=LabSpec(kind="simulated", settings={"law": law, **settings}),
        mind=MindSpec(kind="rules"),
        optimizer=OptimizerSpec.model_validate({"kind": optimizer}),
        seed=seed,
    )


def time_loop(spec: CampaignSpec) -> LoopTimes:
    """Run the campaign of a spec with the rules and the simulated lab, then the bare optimiser on the same trials."""
    from eutectic.tools.optimizer import open_optimizer

    timed = _Timed(open_optimizer(spec))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "bench-loop-001"
        (folder / "artifacts").mkdir(parents=True)
        (folder / "spec.yaml").write_text(dump_spec(spec), encoding="utf-8")
        opened = open_lab(spec, folder)
        lab = _TimedLab(opened)
        watch = _Watch(lambda: timed.cpu_s + lab.cpu_s)
        with_ = Collaborators(
            settings=Settings(), mind=RulesMind(), optimizer=timed, lab=cast(Lab, lab), listeners=(watch,)
        )
        with Campaign(folder, folder.name, with_) as campaign:
            began = time.perf_counter()
            campaign.begin(opening(spec, folder.name))
            campaign.advance()
            total = time.perf_counter() - began
            view = campaign.view
            rounds, trials = view.rounds_closed, len(view.observations)
            events = campaign.notebook.verify()
            missing = sum(name not in view.observations for name in view.trials)
            named = {item.instrument for item in view.observations.each()}
            hours = view.spent.hours
            bare = _bare(spec, ([view.observations[t.id] for t in view.round_trials(n)] for n in range(1, rounds + 1)))
        doubled = sum(times != 1 for times in cast(SimulatedLab, opened).executions().values())
        notebook_mb = (folder / "notebook.db").stat().st_size / 1e6
    at = [max(0, rounds * part // 100 - 1) for part in (10, 25, 50, 75, 100)]
    marks = [watch.memory[place] for place in at] if watch.memory else []
    quarters = _by_part(watch.closed_at, spec.batch, 4)
    return LoopTimes(
        trials=trials,
        rounds=rounds,
        batch=spec.batch,
        optimizer=spec.optimizer.kind,
        seed=spec.seed,
        total_s=total,
        optimizer_s=timed.seconds,
        lab_s=lab.seconds,
        assess_s=watch.assess_s,
        bare_s=bare,
        overhead_ms_per_trial=1000 * (total - timed.seconds - lab.seconds) / max(1, trials),
        overhead_by_tenth_ms=_by_part(watch.closed_at, spec.batch, 10),
        overhead_by_quarter_ms=quarters,
        memory_mb=tuple(marks),
        growth=quarters[-1] / quarters[0] if rounds >= _LEAST_ROUNDS and quarters[0] > 0 else 1.0,
        memory_growth=marks[-1] / marks[0] if rounds >= _LEAST_ROUNDS and marks else 1.0,
        instruments=int(str(spec.lab.settings.get("instruments", 1))),
        instruments_used=len(named),
        lab_hours=hours,
        missing=missing,
        doubled=doubled,
        events=events,
        notebook_mb=notebook_mb,
    )


def _by_part(closed_at: Sequence[float], batch: int, parts: int) -> tuple[float, ...]:
    """Milliseconds of the loop for each trial in each part of the rounds; the assessments apart."""
    n = len(closed_at)
    edges = [n * part // parts for part in range(parts + 1)]
    times = [0.0, *closed_at]
    return tuple(
        1000 * (times[end] - times[begin]) / ((end - begin) * batch) for begin, end in pairwise(edges) if end > begin
    )


def _bare(spec: CampaignSpec, history: Iterable[list[Observation]]) -> float:
    from eutectic.tools.optimizer import open_optimizer

    bare = _Timed(open_optimizer(spec))
    for number, observations in enumerate(history, start=1):
        bare.ask(len(observations), round=number, alternatives=len(observations))
        bare.tell(observations)
    return bare.seconds


def table(rows: Sequence[LoopTimes]) -> str:
    """The figures as text."""
    lines = [
        "agent loop against the bare optimiser on the same trials (rules mind, simulated lab, one process)",
        f"{'optimiser':<10}{'trials':>7}{'batch':>6}{'seed':>5}{'loop s':>9}{'optimiser s':>12}{'bare s':>8}"
        f"{'lab s':>7}{'assess s':>9}{'overhead ms/trial':>18}  memory MB at 10/25/50/75/100 % of rounds",
    ]
    for row in rows:
        memory = " / ".join(f"{value:.0f}" for value in row.memory_mb) or "not told"
        lines.append(
            f"{row.optimizer:<10}{row.trials:>7}{row.batch:>6}{row.seed:>5}{row.total_s:>9.1f}{row.optimizer_s:>12.1f}"
            f"{row.bare_s:>8.1f}{row.lab_s:>7.1f}{row.assess_s:>9.1f}{row.overhead_ms_per_trial:>18.2f}  {memory}"
        )
        tenths = " ".join(f"{value:.1f}" for value in row.overhead_by_tenth_ms)
        lines.append(f"  CPU of the loop without assessments, ms/trial in each tenth of the rounds: {tenths}")
        quarters = " ".join(f"{value:.2f}" for value in row.overhead_by_quarter_ms)
        lines.append(
            f"  in each quarter: {quarters}; last over first {row.growth:.2f}; memory after all over after a tenth of "
            f"the rounds {row.memory_growth:.3f}"
        )
        lines.append(
            f"  {row.instruments_used} of {row.instruments} instruments used, {row.lab_hours:.1f} lab hours; "
            f"{row.missing} trials lost, {row.doubled} made twice; {row.events} events, hash chain whole, "
            f"{row.notebook_mb:.1f} MB"
        )
    lines.append("overhead = (loop - optimiser - lab) / trials; the assessment of the surrogate is part of it")
    return "\n".join(lines)
