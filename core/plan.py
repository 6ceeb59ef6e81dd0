"""Plans: the validated, hashed, executable form of a batch, its verdict, its approval and its run."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from eutectic.core.composition import Composition
from eutectic.core.record import Grown, Record, sha256
from eutectic.core.space import Value
from eutectic.core.stock import Device, PremixVessels, Stock, Tick, Transfer, Vessels
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


def even_parts(ticks: int, largest: int | None) -> list[int]:
    """A dose in as few even parts as a tip of that size needs; whole where there is no such size."""
    parts = -(-ticks // (largest or ticks))
    return [ticks // parts + (part < ticks % parts) for part in range(parts)]


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


class Premix(Record):
    """Stocks mixed in a vessel of their own, of which a part goes into a sample: small shares by large doses."""

    vessel: str = Field(min_length=1, max_length=40)
    doses: tuple[Dose, ...] = Field(min_length=1)
    """Into the pre-mix vessel, all in one tick."""
    take: int = Field(gt=0)
    """Ticks of the mixture that go into the sample."""

    @property
    def size(self) -> int:
        """Ticks of the whole mixture."""
        return sum(dose.ticks for dose in self.doses)

    @property
    def tick(self) -> Tick:
        """What its ticks are."""
        return self.doses[0].tick


class Sample(Grown):
    """One vessel, crucible or well of a plan."""

    later = frozenset({"vessel", "achieved_sd", "achieved_from", "reasons", "advice", "premix"})

    trial: str
    sample: str
    """Label on the vessel, with a check letter, such as `K7-001-Q`."""
    doses: tuple[Dose, ...]
    """Straight into it; none only where all of it comes from a pre-mix."""
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
    premix: Premix | None = None

    @model_validator(mode="after")
    def _holds_something(self) -> Sample:
        if not self.doses and self.premix is None:
            raise ValueError(f"sample {self.sample}: nothing is dosed into it")
        return self

    @cached_property
    def drawn(self) -> tuple[Dose, ...]:
        """What is drawn of each stock for it, one dose each, what stays behind in a pre-mix vessel too."""
        if self.premix is None:
            return self.doses
        found = {dose.component: dose for dose in self.premix.doses}
        for dose in self.doses:
            old = found.get(dose.component)
            ticks = dose.ticks + (0 if old is None else old.ticks)
            found[dose.component] = dose.model_copy(update={"ticks": ticks})
        return tuple(found.values())

    @cached_property
    def contents(self) -> dict[str, float]:
        """Ticks by stock that are in it in the end, a part of each dose of its pre-mix."""
        found: dict[str, float] = {dose.component: dose.ticks for dose in self.doses}
        if self.premix is not None:
            for dose in self.premix.doses:
                part = dose.ticks * self.premix.take / self.premix.size
                found[dose.component] = found.get(dose.component, 0.0) + part
        return found


class Plan(Grown):
    """A compiled batch: exactly what the lab will do. Its hash is what a verdict and an approval are bound to."""

    later = frozenset({"stocks", "vessels", "max_transfer_ticks", "order_seed"})

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
    order_seed: int | None = Field(default=None, ge=0)
    """What the places of the map were shuffled with; None where they are filled as listed."""

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return sha256(self)

    @cached_property
    def transfers(self) -> tuple[Transfer, ...]:
        """Every movement in order, none of zero; a dose above the tip's size in even parts.

        Stock by stock, into pre-mix vessels first; what is taken of the mixtures comes last.
        """
        order = [item.id for item in self.stocks] or sorted({d.component for s in self.samples for d in s.doses})
        tips = {item.id: item.dispenser.max_transfer_ticks for item in self.stocks if item.dispenser is not None}
        moves: list[tuple[str, Sample, str, Dose]] = []
        mixed = [(item, item.premix) for item in self.samples if item.premix is not None]
        for stock in order:
            for sample, premix in mixed:
                moves += [(stock, sample, premix.vessel, dose) for dose in premix.doses if dose.component == stock]
        for stock in order:
            for sample in self.samples:
                place = sample.vessel or sample.sample
                moves += [(stock, sample, place, dose) for dose in sample.doses if dose.component == stock]
        for sample, premix in mixed:
            dose = Dose(component=premix.vessel, ticks=premix.take, tick=premix.tick)
            moves.append((premix.vessel, sample, sample.vessel or sample.sample, dose))
        found: list[Transfer] = []
        for stock, sample, place, dose in moves:
            for ticks in even_parts(dose.ticks, tips.get(stock, self.max_transfer_ticks)):
                made = Transfer(
                    number=len(found) + 1, stock=stock, sample=sample.sample, vessel=place, ticks=ticks, tick=dose.tick
                )
                found.append(made)
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
    can_screen: bool = False
    """Whether it can measure a trial by the objective's screen alone."""
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
    premix: PremixVessels | None = None
    """Vessels in which stocks may be mixed before a part of the mixture goes into a sample."""
    devices: tuple[Device, ...] = ()
    cost_per_trial: float = Field(ge=0)
    hours_per_trial: float = Field(ge=0)
    instruments: int = Field(default=1, ge=1)
    """Samples that are made or measured at the same time."""
    hours_per_batch: float = Field(ge=0)
