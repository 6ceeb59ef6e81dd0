"""Plans: the validated, hashed, executable form of a batch, its verdict, its approval and its run."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from eutectic.core.composition import Composition
from eutectic.core.record import Record, sha256
from eutectic.core.space import Value
from eutectic.core.trial import Trial

RunState = Literal[
    "queued",
    "running",
    "awaiting_person",
    "succeeded",
    "partially_succeeded",
    "failed",
    "cancelled",
    "aborted",
    "unknown",
]
FINISHED: tuple[RunState, ...] = ("succeeded", "partially_succeeded", "failed", "cancelled", "aborted")


class Parameter(Record):
    """One setting of a protocol step."""

    name: str = Field(min_length=1, max_length=60)
    value: Value
    unit: str = Field(max_length=20)


class ProtocolStep(Record):
    """One step of making and measuring a sample."""

    action: Literal[
        "weigh", "dispense", "mix", "melt", "cast", "dry", "anneal", "quench", "deposit", "prepare", "measure"
    ]
    parameters: tuple[Parameter, ...]
    note: str = Field(max_length=400)


class Protocol(Record):
    """How each sample of a campaign is made, measured and its raw data turned into values."""

    title: str = Field(max_length=160)
    steps: tuple[ProtocolStep, ...] = Field(min_length=1)
    analysis_code: str = Field(max_length=20_000)
    """Python source that defines `analyse(readings: dict[str, list[float]]) -> dict[str, dict[str, float]]`:
    repeated readings by property in, `{"property": {"value": .., "sd": ..}}` out."""


class Dose(Record):
    """A whole number of ticks of one component or stock into one sample."""

    component: str
    ticks: int = Field(gt=0)
    tick: Literal["0.1 mg", "1 mg", "0.1 uL", "1 uL"]


class Sample(Record):
    """One vessel, crucible or well of a plan."""

    trial: str
    sample: str
    """Label on the vessel, with a check letter, such as `K7-001-Q`."""
    doses: tuple[Dose, ...] = Field(min_length=1)
    achieved: Composition
    """What those doses make, before anything is weighed back."""
    process: dict[str, Value] = {}


class Plan(Record):
    """A compiled batch: exactly what the lab will do. Its hash is what a verdict and an approval are bound to."""

    schema_version: Literal[1] = 1
    campaign: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    round: int = Field(ge=1)
    attempt: int = Field(default=1, ge=1)
    """Raised by one for a deliberate repeat after an edit or a rejection."""
    lab: str
    simulated: bool
    trials: tuple[Trial, ...] = Field(min_length=1, max_length=96)
    samples: tuple[Sample, ...] = Field(min_length=1, max_length=96)
    protocol: Protocol
    cost: float = Field(ge=0)
    hours: float = Field(ge=0)

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return sha256(self)

    @property
    def key(self) -> str:
        """The idempotency key: `campaign/round/attempt`."""
        return f"{self.campaign}/r{self.round:02d}/a{self.attempt}"


class Check(Record):
    """One preflight check with its verdict."""

    name: str
    verdict: Literal["pass", "warn", "block"]
    detail: str


class Verdict(Record):
    """What the gate says of exactly these plan bytes."""

    plan_sha256: str
    checks: tuple[Check, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether any check blocks."""
        return not self.checks or any(check.verdict == "block" for check in self.checks)

    @property
    def has_warnings(self) -> bool:
        """Whether any check warns."""
        return any(check.verdict == "warn" for check in self.checks)


class Approval(Record):
    """A person's or the policy's answer to a plan."""

    plan_sha256: str
    decision: Literal["approve", "reject", "edit"]
    by: str = Field(min_length=1, max_length=80)
    reason: str = Field(max_length=2000)
    keep: tuple[str, ...] = ()
    """For `edit`: the trials to keep; the others are struck from the plan."""
    struck: tuple[str, ...] = ()
    """Trials that will not be measured because of this answer; filled in when it is recorded."""


class RunRef(Record):
    """A submitted plan, as the lab knows it."""

    lab: str
    key: str
    plan_sha256: str
    run: str


class RunStatus(Record):
    """Where a run stands."""

    state: RunState
    done: int = Field(ge=0)
    """Samples with a result."""
    total: int = Field(ge=0)
    note: str = ""


class Capabilities(Record):
    """What a lab can do."""

    name: str
    simulated: bool
    idempotent: bool
    """Whether sending the same key and bytes twice runs them once."""
    properties: tuple[str, ...]
    """What it measures; empty for a person who measures whatever is asked."""
    max_batch: int = Field(ge=1)
    tick: Literal["0.1 mg", "1 mg", "0.1 uL", "1 uL"]
    total_ticks: int = Field(gt=0)
    """Size of one sample."""
    min_ticks: int = Field(gt=0)
    """Least dose that can be dispensed."""
    cost_per_trial: float = Field(ge=0)
    hours_per_trial: float = Field(ge=0)
    hours_per_batch: float = Field(ge=0)
