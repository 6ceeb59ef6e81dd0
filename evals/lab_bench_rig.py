"""A lab under test: its example settings, plans it takes, a gate before it, and a saboteur for its processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from eutectic.core.composition import Composition
from eutectic.core.lab import Lab
from eutectic.core.notebook import Notebook
from eutectic.core.objective import Objective
from eutectic.core.plan import Plan, Protocol, ProtocolStep, Verdict
from eutectic.core.record import canonical_json
from eutectic.core.run import RunRef, RunStatus
from eutectic.core.space import ComponentRange, SearchSpace
from eutectic.core.spec import Budget, CampaignSpec, LabSpec
from eutectic.core.trial import Trial
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.examples import Injected, example_lab
from eutectic.lab_interface.gate import Gate
from eutectic.lab_interface.registry import open_lab
from eutectic.lab_interface.stock_ledger import StockLedger

CAMPAIGN = "probe-1"
_PROTOCOL = Protocol(
    title="make and measure",
    steps=(ProtocolStep(action="measure", parameters=(), note="each property"),),
    analysis_code="def analyse(readings):\n    return {}\n",
)
_WAIT_S = 60.0
_UNDER_WAY = ("queued", "dispatched", "running")
_SABOTEUR = """
import os, signal, sqlite3, sys, time
_shift = float(os.environ.get("SABOTEUR_SHIFT_S", "0"))
if _shift:
    _time = time.time
    time.time = lambda: _time() + _shift
_at, _who = int(os.environ.get("SABOTEUR_AT", "0")), os.environ.get("SABOTEUR_WHO", "")
if _at and _who in sys.orig_argv:
    _left = [_at]
    def _tick():
        _left[0] -= 1
        if _left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    class _Connection(sqlite3.Connection):
        def commit(self):
            writes = self.in_transaction
            writes and _tick()
            super().commit()
            writes and _tick()
        def execute(self, sql, *given):
            if sql == "COMMIT":
                self.commit()
                return self.cursor()
            return super().execute(sql, *given)
    _connect = sqlite3.connect
    def connect(*given, **named):
        named.setdefault("factory", _Connection)
        return _connect(*given, **named)
    sqlite3.connect = sqlite3.dbapi2.connect = connect
"""
_SUBMIT = """
import json, sys
from pathlib import Path
from eutectic.core.plan import Plan
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.registry import open_lab
spec = CampaignSpec.model_validate_json(Path(sys.argv[2]).read_text())
plan = Plan.model_validate_json(Path(sys.argv[3]).read_text())
lab = open_lab(spec, Path(sys.argv[4]))
ref = lab.submit(plan, plan.key)
print(ref.run, flush=True)
"""
SUBMITTER = "eutectic-test-submitter"


class Bench:
    """One lab with what it needs running."""

    def __init__(self, name: str, folder: Path, settings: dict[str, JsonValue]) -> None:
        self.name, self.folder, self.settings = name, folder, settings
        self.spec = spec_of(name, settings)

    def lab(self) -> Lab:
        """A fresh instance on the same records, as another process would open it."""
        return open_lab(self.spec, self.folder / "lab")

    def plan(self, n: int = 3, round: int = 1) -> Plan:
        """A plan of this lab as the compiler makes it."""
        abilities = self.lab().capabilities()
        trials = [_trial(round, slot) for slot in range(1, n + 1)]
        return compile_plan(self.spec, CAMPAIGN, round, 1, trials, _PROTOCOL, abilities)

    def verdict(self, data: bytes) -> Verdict:
        """What the gate, and behind it the lab, says of a plan's bytes."""
        with Notebook(self.folder / "notebook.db", CAMPAIGN) as notebook:
            ledger = StockLedger(self.folder / "stocks.db", CAMPAIGN)
            return Gate(self.spec, self.lab(), notebook, ledger=ledger).verdict(data)

    def settled(self, ref: RunRef) -> RunStatus:
        """The status once nothing is under way any more."""
        until = time.monotonic() + _WAIT_S
        while (status := self.lab().status(ref)).state in _UNDER_WAY and time.monotonic() < until:
            time.sleep(0.05)
        return status

    def submit_apart(self, plan: Plan, *, at: int = 0, who: str = "", shift_s: float = 0.0) -> subprocess.Popen[str]:
        """Submit in a process of its own, under a saboteur that kills `who` at a commit or shifts the clock."""
        place = self.folder / "saboteur"
        place.mkdir(parents=True, exist_ok=True)
        (place / "sitecustomize.py").write_text(_SABOTEUR)
        (place / "spec.json").write_text(canonical_json(self.spec))
        (place / f"{plan.sha256[:16]}.json").write_text(canonical_json(plan))
        paths = [str(place), *filter(None, [os.environ.get("PYTHONPATH", "")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        environment |= {"SABOTEUR_AT": str(at), "SABOTEUR_WHO": who, "SABOTEUR_SHIFT_S": str(shift_s)}
        files = [str(place / "spec.json"), str(place / f"{plan.sha256[:16]}.json"), str(self.folder / "lab")]
        return subprocess.Popen(
            [sys.executable, "-c", _SUBMIT, SUBMITTER, *files],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@contextmanager
def bench(name: str, folder: Path, fault: Injected = "none", **changes: JsonValue) -> Iterator[Bench]:
    """A lab with its example settings, a fault injected and settings changed.

    Raises:
        NotSupported: no spec opens it, or the fault cannot be injected.
        MissingExtra: a package is not installed.
        BadInput: it knows no such setting.
    """
    with ExitStack() as stack:
        settings = stack.enter_context(example_lab(name, folder / "devices", fault))
        found = Bench(name, folder, settings | changes)
        found.lab()
        yield found


def spec_of(name: str, settings: dict[str, JsonValue]) -> CampaignSpec:
    """A campaign of Fe, Co and B for a lab, under a person's approval."""
    wanted = ("resistance", "ohm") if name == "visa" else ("Bs", "T")
    return CampaignSpec(
        name="probe",
        goal="probe the lab",
        space=SearchSpace(components=tuple(ComponentRange(name=item) for item in ("Fe", "Co", "B"))),
        objectives=(Objective(property=wanted[0], unit=wanted[1], direction="maximize"),),
        budget=Budget(experiments=500),
        batch=24,
        lab=LabSpec(kind=name, settings=settings),
        seed=5,
    )


def _trial(round: int, slot: int) -> Trial:
    iron = 0.60 + 0.01 * ((slot + 24 * round) % 25)
    made = Composition.of({"Fe": round_(iron), "Co": round_(0.86 - iron), "B": 0.14})
    return Trial(id=f"r{round:02d}-s{slot:02d}", composition=made, source="initial", why="probe")


def round_(value: float) -> float:
    """A share to the whole percent."""
    return float(f"{value:.2f}")


def edited(plan: Plan, **first_dose: Any) -> bytes:
    """The plan's bytes with fields of its first dose replaced; NaN and infinity are written as such."""
    data = json.loads(canonical_json(plan))
    data["samples"][0]["doses"][0] |= first_dose
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
