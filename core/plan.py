"""Plans: the validated, hashed, executable form of a batch, its verdict, its approval and its run."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from eutectic.core.composition import Composition
from eutectic.core.record import Grown, Record, sha256
from eutectic.core.space import Value
from eutectic.core.stock import Device, Stock, Tick, Transfer, Vessels
from eutectic.core.trial import AchievedFrom, Trial


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
    """The component; where the plan lists stocks, the ID of one."""
    ticks: int = Field(gt=0)
    tick: Tick


ReasonCode = Literal[
    "MISSING_STOCK_COMPONENT",
    "STOCK_CONCENTRATION_TOO_LOW",
    "STOCK_CONCENTRATION_TOO_HIGH",
    "TARGET_OUTSIDE_REACHABLE_COMPOSITIONS",
    "BELOW_MINIMUM_PIPETTE_VOLUME",
    "UNWANTED_STOCK_COMPONENT",
    "VESSEL_TOO_SMALL",
    "TOLERANCE_EXCEEDED",
]
"""Why a composition cannot be made as asked; most names are those of NIST's AFL-automation."""


class Sample(Grown):
    """One vessel, crucible or well of a plan."""

    later = frozenset({"vessel", "achieved_sd", "achieved_from", "reasons", "advice"})

    trial: str
    sample: str
    """Label on the vessel, with a check letter, such as `K7-001-Q`."""
    doses: tuple[Dose, ...] = Field(min_length=1)
    achieved: Composition
    """What those doses make, before anything is weighed back."""
    process: dict[str, Value] = {}
    vessel: str = ""
    """Its place on the deck or crucible map."""
    achieved_sd: dict[str, float] = {}
    """Standard uncertainty of each achieved share: rounding to ticks, the balance or pipette, the stocks' strengths."""
    achieved_from: AchievedFrom = "planned"
    reasons: tuple[ReasonCode, ...] = ()
    """Why the composition is no nearer to what was asked; empty where it is within the tolerance."""
    advice: str = Field(default="", max_length=400)
    """What would bring it nearer, found by solving again."""


class Plan(Grown):
    """A compiled batch: exactly what the lab will do. Its hash is what a verdict and an approval are bound to."""

    later = frozenset({"stocks", "vessels", "max_transfer_ticks"})

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
    stocks: tuple[Stock, ...] = ()
    """What the doses name; empty where every component is weighed by itself."""
    vessels: Vessels | None = None
    max_transfer_ticks: int | None = Field(default=None, ge=1)
    """What a tip or spatula moves at once; larger doses are split."""

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return sha256(self)

    @cached_property
    def transfers(self) -> tuple[Transfer, ...]:
        """Every movement in order, stock by stock, none of zero; a dose above the tip's size in even parts."""
        order = [item.id for item in self.stocks] or sorted({d.component for s in self.samples for d in s.doses})
        found: list[Transfer] = []
        for stock in order:
            for sample in self.samples:
                for dose in sample.doses:
                    if dose.component != stock:
                        continue
                    parts = -(-dose.ticks // (self.max_transfer_ticks or dose.ticks))
                    for part in range(parts):
                        ticks = dose.ticks // parts + (part < dose.ticks % parts)
                        place = sample.vessel or sample.sample
                        number = len(found) + 1
                        found.append(
                            Transfer(
                                number=number,
                                stock=stock,
                                sample=sample.sample,
                                vessel=place,
                                ticks=ticks,
                                tick=dose.tick,
                            )
                        )
        return tuple(found)

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


class Capabilities(Record):
    """What a lab can do."""

    name: str
    simulated: bool
    idempotent: bool
    """Whether sending the same key and bytes twice runs them once."""
    properties: tuple[str, ...]
    """What it measures; empty for a person who measures whatever is asked."""
    max_batch: int = Field(ge=1)
    tick: Tick
    total_ticks: int = Field(gt=0)
    """Size of one sample; with `least_total_ticks`, the most that a vessel takes."""
    min_ticks: int = Field(gt=0)
    """Least dose that can be dispensed."""
    least_total_ticks: int | None = Field(default=None, gt=0)
    """Least that makes a sample, where its size is free between this and `total_ticks`."""
    max_transfer_ticks: int | None = Field(default=None, gt=0)
    """What a tip or spatula moves at once."""
    dose_sd_ticks: float | None = Field(default=None, ge=0)
    """Standard uncertainty of one dose in ticks, beside the rounding; None where nobody stated it."""
    dose_sd_share: float = Field(default=0.0, ge=0)
    """Standard uncertainty of one dose relative to it."""
    tolerance: float = Field(default=0.02, gt=0, le=1)
    """A share that misses the wanted one by more gets a reason code and needs a person."""
    stocks: tuple[Stock, ...] = ()
    """What it doses from; empty where every component is weighed by itself."""
    least_amount: float | None = Field(default=None, gt=0)
    """Least sum of all components in a sample: micromoles (at%, mol%), mg (wt%) or uL (vol%)."""
    most_amount: float | None = Field(default=None, gt=0)
    vessels: Vessels | None = None
    devices: tuple[Device, ...] = ()
    cost_per_trial: float = Field(ge=0)
    hours_per_trial: float = Field(ge=0)
    instruments: int = Field(default=1, ge=1)
    """Samples that are made or measured at the same time."""
    hours_per_batch: float = Field(ge=0)
