"""Builds notebooks of campaigns for tests: real events through the public API, values from a smooth made-up law."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from eutectic.core.composition import Composition
from eutectic.core.notebook import Notebook
from eutectic.core.objective import Objective
from eutectic.core.plan import Approval, Check, Dose, Plan, Protocol, ProtocolStep, Sample, Verdict
from eutectic.core.record import canonical_json, sha256
from eutectic.core.space import Categorical, ComponentRange, Continuous, Integer, SearchSpace, Value
from eutectic.core.spec import Budget, CampaignSpec
from eutectic.core.trial import CauseCode, Measurement, Observation, Prediction, Quote, Trial

Stage = Literal["opened", "framed", "waiting", "measuring", "running", "closed"]
CAUSES: tuple[CauseCode, ...] = ("sample_prep", "not_stabilised", "instrument_fault")
QUOTE = Quote(
    document="herzer-2013.pdf", page=4, title="Modern soft magnets",
    text="Partial substitution of Fe by Co raises the saturation induction of the amorphous phase.",
)  # fmt: skip
INDUCTION = Objective(property="saturation induction", unit="T", direction="maximize", at_least=1.72)
COERCIVITY = Objective(property="coercivity", unit="A/m", direction="minimize", at_most=8.0)
PRICE = Objective(property="raw material cost", unit="USD/kg", direction="minimize")
WAVELENGTH = Objective(property="emission wavelength", unit="nm", direction="target", target=520, tolerance=5)
LIMIT = Objective(property="glass-forming ability", unit="1", direction="maximize", at_least=0.45, role="constrain")


def make_spec(
    objectives: Sequence[Objective] = (INDUCTION,),
    components: Sequence[str] = ("Fe", "Co", "Ni", "Si", "B"),
    *,
    with_process: bool = False,
    basis: Literal["at%", "wt%", "mol%"] = "at%",
    experiments: int = 60,
    batch: int = 4,
    name: str = "soft-magnet",
) -> CampaignSpec:
    """A spec over the components, the first one being the base of the mixture."""
    base = 0.5 if len(components) <= 6 else 0.1
    ranges = [ComponentRange(name=c, min=base if i == 0 else 0.0, step=0.005) for i, c in enumerate(components)]
    process = (
        Continuous(name="anneal temperature", low=300, high=600, step=10, unit="°C"),
        Integer(name="passes", low=1, high=6),
        Categorical(name="atmosphere", choices=("argon", "vacuum", "air")),
    )
    return CampaignSpec(
        name=name,
        goal="Find an iron-based ribbon with the highest saturation induction that still casts as a glass.",
        space=SearchSpace(basis=basis, components=tuple(ranges), process=process if with_process else ()),
        objectives=tuple(objectives),
        budget=Budget(experiments=experiments, money=9000, hours=400),
        batch=batch,
        seed=7,
    )


class CampaignBuilder:
    """Writes one campaign, event by event."""

    def __init__(
        self, root: Path, spec: CampaignSpec, *, seed: int = 0, simulated: bool = True, fail_share: float = 0.15,
        censor_share: float = 0.04, text: str = "", replicates: bool = True, all_fail: bool = False,
    ) -> None:  # fmt: skip
        self.id = f"{spec.name}-k7"
        self.folder = root / self.id
        self.folder.mkdir(parents=True)
        self.spec, self.simulated, self.text = spec, simulated, text
        self.fail_share, self.censor_share = (1.0 if all_fail else fail_share), censor_share
        self.replicates = replicates
        self.rng = np.random.default_rng(seed)
        self.best: tuple[float, Trial] | None = None
        self.hours = 0.0
        self.n_done = 0
        names = spec.space.component_names
        self.weights = self.rng.normal(size=(len(spec.objectives), len(names)))
        self.optimum = self._simplex()

    def build(self, rounds: int = 5, stage: Stage = "closed") -> Path:
        """Write the campaign up to a stage and return its folder."""
        with Notebook(self.folder / "notebook.db", self.id) as book:
            self.book = book
            book.append("campaign_opened", "campaign", {
                "id": self.id, "spec": self.spec.model_dump(mode="json"),
                "versions": {"eutectic": "0.1.0", "python": "3.11.2", "botorch": "0.15.1"},
                "mind": "auto", "replay_of": None,
            })  # fmt: skip
            if stage == "opened":
                return self.folder
            self._frame()
            for number in range(1, rounds + 1) if stage != "framed" else ():
                last = number == rounds
                self._round(number, stage if last and stage in ("waiting", "measuring") else "running")
            if stage == "closed":
                self._close()
        return self.folder

    def _decide(self, slot: str, answer: dict[str, Any], *, mind: str = "rules", **more: Any) -> None:
        prefix, _, name = slot.rpartition("/")
        role = prefix.rpartition("/")[2]
        model = "qwen3-32b" if mind == "model" else ""
        usage = {"calls": 1, "tokens_in": 2400, "tokens_out": 310, "money": 0.004} if mind == "model" else {}
        self.book.append("decision", slot, {
            "role": role, "name": name, "slot": slot, "digest": sha256(slot), "context": more.pop("context", {}),
            "answer": answer, "mind": mind, "model": model,
            "usage": {"calls": 0, "tokens_in": 0, "tokens_out": 0, "money": 0.0} | usage,
            "tools": more.get("tools", []), "attempts": more.get("attempts", []), "fallback": more.get("fallback", ""),
        })  # fmt: skip

    def _frame(self) -> None:
        self._decide("frame/pi/frame", {
            "summary": f"Raise {self.spec.objectives[0].property} as far as it goes. {self.text}",
            "success": "One recipe that meets every goal in two separate measurements.",
            "risks": ["Ribbons with little B crystallise.", "Batches drift by some percent."],
            "strategy": "Space-filling first, then the surrogate; repeat the leader each round.",
            "search_terms": ["Fe-Co-B saturation induction"],
        }, mind="model")  # fmt: skip
        self._decide("frame/designer/evidence", {
            "quotes": [{"passage": "p1", "quote": QUOTE.text, "why": f"Says which way to move Co. {self.text}"}],
            "note": "One usable passage.",
        }, mind="model", context={"passages": [
            {"id": "p1", "document": QUOTE.document, "page": QUOTE.page, "text": f"... {QUOTE.text} ..."}
        ]})  # fmt: skip
        protocol = _protocol()
        self._decide("frame/coder/protocol", protocol.model_dump(mode="json"))
        self.book.append("protocol", "protocol", {
            "protocol": protocol.model_dump(mode="json"), "dry_run": {"ok": True, "detail": "1 value out"},
        })  # fmt: skip

    def _round(self, number: int, stage: str) -> None:
        slot = f"r{number:02d}"
        self.book.append("round_opened", slot, {"round": number})
        trials = [self._trial(number, i) for i in range(1, self.spec.batch + 1)]
        self._ask(slot, trials, number)
        self._choose(slot, trials, number)
        for trial in trials:
            self.book.append("trial", trial.id, trial)
        plan = self._submit(slot, number, trials, stage)
        if plan is None or stage == "measuring":
            return
        self._measure(slot, plan)
        self._after(slot, number, trials)

    def _simplex(self) -> np.ndarray:
        n = len(self.spec.space.component_names)
        floor = self.spec.space.components[0].min
        rest = self.rng.dirichlet(np.ones(n)) * (1 - floor)
        rest[0] += floor
        return rest

    def _trial(self, number: int, i: int) -> Trial:
        names = self.spec.space.component_names
        if self.replicates and number > 2 and i == 1 and self.best is not None:
            old = self.best[1]
            return old.model_copy(update={
                "id": f"r{number:02d}-s{i:02d}", "purpose": "replicate", "why": "Repeat the leader to learn the noise.",
                "evidence": (),
            })  # fmt: skip
        pull = 0.0 if number == 1 else min(0.85, 0.3 + 0.12 * number)
        shares = (1 - pull) * self._simplex() + pull * self.optimum
        steps = np.floor(shares / 0.005).astype(int)
        steps[0] += 200 - steps.sum()
        process: dict[str, Value] = {}
        for variable in self.spec.space.process:
            if isinstance(variable, Categorical):
                process[variable.name] = str(self.rng.choice(variable.choices))
            elif isinstance(variable, Integer):
                process[variable.name] = int(self.rng.integers(variable.low, variable.high + 1))
            else:
                process[variable.name] = float(variable.low + 10 * int(self.rng.integers(0, 31)))
        composition = Composition.of(
            {n: s * 0.005 for n, s in zip(names, steps, strict=True) if s}, self.spec.space.basis, normalise=True
        )
        predictions = tuple(
            Prediction(property=o.property, mean=self._law(k, composition, process), sd=0.03)
            for k, o in enumerate(self.spec.objectives)
        )
        return Trial(
            id=f"r{number:02d}-s{i:02d}", composition=composition, process=process,
            source="initial" if number == 1 else ("model" if i == 2 else "optimizer"),
            why=f"Fills the space. {self.text}" if number == 1 else "More Co: predicted above the best so far.",
            predictions=() if number == 1 else predictions, evidence=(QUOTE,) if i == 2 else (),
        )  # fmt: skip

    def _law(self, k: int, composition: Composition, process: dict[str, Value]) -> float:
        objective = self.spec.objectives[k]
        x = np.array(composition.vector(self.spec.space.component_names))
        closeness = float(np.exp(-8 * np.sum((x - self.optimum) ** 2)))
        tilt = float(x @ self.weights[k]) * 0.12
        heat = sum(abs(float(v) - 450) / 1500 for v in process.values() if not isinstance(v, str) and float(v) > 50)
        good = closeness + (tilt if k == 0 else 2 * tilt) - heat
        if objective.direction == "target":
            return float(objective.target or 0) + 60 * (0.95 - good)
        if objective.direction == "minimize":
            return 4 + 22 * (1.2 - good)
        return 0.9 + 0.9 * good if objective.role == "optimize" else 0.2 + 0.5 * good

    def _ask(self, slot: str, trials: Sequence[Trial], number: int) -> None:
        batch = [
            {"composition": t.composition.model_dump(mode="json"), "process": t.process, "purpose": t.purpose,
             "source": "initial" if number == 1 else "optimizer", "why": t.why} for t in trials
        ]  # fmt: skip
        gain = None if number == 1 else round(0.4 / number, 4)
        self.book.append("tool", f"{slot}/optimizer/ask", {"name": "ask", "result": {
            "batch": batch, "alternatives": batch[:1], "surrogate": "space-filling" if number == 1 else "gp",
            "expected_gain": gain, "notes": [],
        }})  # fmt: skip

    def _choose(self, slot: str, trials: Sequence[Trial], number: int) -> None:
        answer = {
            "trials": [
                {"candidate": f"c{i:02d}", "parts": [], "process": [], "why": t.why} for i, t in enumerate(trials, 1)
            ],
            "note": f"Three exploit, one explores. {self.text}",
        }  # fmt: skip
        if number == 2:
            self._decide(f"{slot}/designer/choose", answer, fallback="the endpoint refused: 503 after 4 tries",
                         attempts=["503 Service Unavailable", "answer is not JSON"])  # fmt: skip
        else:
            tools = [{"tool": "describe_composition", "arguments": {"formula": "Fe80B20"}, "result": '{"vec": 7.1}'}]
            self._decide(f"{slot}/designer/choose", answer, mind="model", tools=tools)

    def _submit(self, slot: str, number: int, trials: Sequence[Trial], stage: str) -> Plan | None:
        plan = Plan(
            campaign=self.id, round=number, lab="simulated" if self.simulated else "worksheet",
            simulated=self.simulated,
            trials=tuple(trials), protocol=_protocol(), cost=45.0 * len(trials), hours=1.5 * len(trials),
            samples=tuple(
                Sample(trial=t.id, sample=f"K7-{t.id}", achieved=t.composition, process=t.process, doses=tuple(
                    Dose(component=p.component, ticks=max(1, round(1000 * p.fraction)), tick="1 mg")
                    for p in t.composition.parts
                )) for t in trials
            ),
        )  # fmt: skip
        key = plan.key
        self.book.append("plan", key, plan)
        checks = (Check(name="feasible", verdict="pass", detail="all trials keep the search space"),
                  Check(name="dose", verdict="warn", detail="least dose of B is 3 ticks"))  # fmt: skip
        self.book.append("verdict", key, Verdict(plan_sha256=plan.sha256, checks=checks))
        self._decide(f"{slot}/experimenter/release", {"action": "release", "note": "Within budget, nothing unusual."})
        self.book.append("approval_requested", key, {
            "plan_sha256": plan.sha256, "reason": "the policy asks a person", "summary": f"{len(trials)} samples",
        })  # fmt: skip
        if stage == "waiting":
            return None
        self.book.append("approval", key, Approval(
            plan_sha256=plan.sha256, decision="approve", by="Ada Lovelace", reason=f"Doses look right. {self.text}",
        ))  # fmt: skip
        self.book.append("submission_intended", key, {"plan_sha256": plan.sha256})
        self.book.append("submission_accepted", key, {"run": f"run-{number}"})
        return plan

    def _measure(self, slot: str, plan: Plan) -> None:
        failed = 0
        for trial in plan.trials:
            observation = self._observe(trial)
            failed += observation.status != "ok"
            self.book.append("observation", trial.id, observation)
        self.book.append("run_finished", plan.key, {
            "state": "partially_succeeded" if failed else "succeeded", "done": len(plan.trials),
            "total": len(plan.trials), "note": "", "hours": self.hours,
        })  # fmt: skip

    def _observe(self, trial: Trial) -> Observation:
        self.hours += 1.5
        self.n_done += 1
        common: dict[str, Any] = {
            "trial": trial.id, "process": trial.process, "simulated": self.simulated, "instrument": "VSM-1",
            "cost": 45.0, "hours": 1.5, "started_h": self.hours - 1.5,
        }  # fmt: skip
        if self.rng.random() < self.fail_share:
            cause = CAUSES[int(self.rng.integers(len(CAUSES)))]
            note = f"=cmd|' ribbon broke on the wheel {self.text}"
            return Observation(composition=trial.composition, status="failed", cause=cause, note=note, **common)
        jitter = self.rng.normal(0, 2e-4, len(trial.composition.parts))
        achieved = Composition.of(
            {p.component: max(p.fraction + d, 1e-6) for p, d in zip(trial.composition.parts, jitter, strict=True)},
            trial.composition.basis, normalise=True,
        )  # fmt: skip
        measurements = [self._measurement(k, o, trial) for k, o in enumerate(self.spec.objectives)]
        first = measurements[0]
        if first.censoring == "none" and first.value is not None and trial.purpose == "data":
            score = self.spec.objectives[0].score(first.value)
            if self.best is None or score > self.best[0]:
                self.best = (score, trial)
        return Observation(composition=achieved, achieved_from="weighed", measurements=tuple(measurements), **common)

    def _measurement(self, k: int, objective: Objective, trial: Trial) -> Measurement:
        true = self._law(k, trial.composition, trial.process)
        value = float(f"{true + self.rng.normal(0, 0.012 * max(abs(true), 1) / (8 if abs(true) > 100 else 1)):.5g}")
        censored = k > 0 and self.rng.random() < self.censor_share
        return Measurement(property=objective.property, unit=objective.unit, value=value,
                           sd=abs(value) * 0.01, censoring="below" if censored else "none")  # fmt: skip

    def _after(self, slot: str, number: int, trials: Sequence[Trial]) -> None:
        if number == 3:
            self.book.append(
                "observation_judged",
                trials[-1].id,
                {"verdict": "exclude", "reason": "Far from its replicate; the furnace log shows a fault."},
            )
        judgements = [{"trial": trials[-1].id, "verdict": "exclude", "reason": "Furnace fault."}] if number == 3 else []
        self._decide(f"{slot}/analyst/quality", {
            "judgements": judgements,
            "note": "Values are plausible.",
        })  # fmt: skip
        self._decide(f"{slot}/analyst/findings", {
            "findings": [{"text": f"Co raises the induction up to a quarter. {self.text}", "trials": [trials[0].id]}],
            "trust": "low" if number < 3 else "medium", "note": "",
        })  # fmt: skip
        context = {"expected_gain": round(0.3 / number, 4), "next_batch_cost": 180.0}
        self._decide(f"{slot}/pi/review", {
            "assessment": "The leader improves, the noise is known.", "action": "continue", "explore": "less",
            "reason": "The next batch is worth its price.",
        }, mind="person" if number == 4 else "rules", context=context)  # fmt: skip
        best = [] if self.best is None else [self.best[1].id]
        self.book.append("round_closed", slot, {"round": number, "repeat": [], "goal_met": False, "best": best})

    def _close(self) -> None:
        self._decide("close/pi/close", {
            "headline": f"The leader beats the goal with room to spare. {self.text}",
            "confidence": "Measured several times; the surrogate agrees.",
            "caveats": ["All values come from one furnace."],
            "next_steps": ["Cast a 50 mm wide ribbon of the leader.", "Measure the core loss at 50 Hz."],
        }, mind="model")  # fmt: skip
        self.book.append("campaign_closed", "campaign", {"state": "done", "reason": "the goal is met"})


def _protocol() -> Protocol:
    return Protocol(
        title="Melt-spun ribbon",
        steps=(ProtocolStep(action="melt", parameters=(), note="Arc melt three times."),),
        analysis_code="def analyse(readings):\n    return {}\n",
    )


def dump(folder: Path) -> str:
    """Every event of a campaign as text, to show that reading changed nothing."""
    with Notebook(folder / "notebook.db", folder.name, read_only=True) as book:
        return "\n".join(canonical_json(event) for event in book.events())
