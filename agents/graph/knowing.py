"""What the campaign knows: its terms, the meter read after each round, and what the next batch is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eutectic.agents.graph.claims import trusted_claims
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.images import ImageRead, images_before, read_new, seen_of
from eutectic.agents.graph.journal import Journal
from eutectic.agents.knowledge_freeze import FrozenTables, SourceTable, Terms, freeze_tables, terms_of
from eutectic.core.claim import Claim
from eutectic.core.notebook import CampaignView
from eutectic.core.optimizer import Advice, Optimizer, Pending
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec, KnowledgeSources
from eutectic.core.trial import Observation

if TYPE_CHECKING:
    from eutectic.tools.knowledge_meter import MeterReading
    from eutectic.tools.knowledge_term import Standing, Verdict
    from eutectic.tools.outlook import Outlook
    from eutectic.tools.source_term import SourceTerm

_TABLES = "r00/knowledge"
KNOWN_TERMS = "r00/terms"
"""Slot of the terms that were made of what is known."""


class SourceStanding(Record):
    """What the campaign's data say of one source."""

    name: str
    slope: tuple[float, float]
    """Posterior mean and standard deviation, in standard deviations of the property per one of the score."""
    sign_chance: float
    """Posterior probability that the slope has the sign it was given."""
    log_evidence: float
    """With the source over without it."""
    verdict: str
    """`use`, `trust` or `drop`."""
    about: str = ""
    """What it rests on, in a line."""
    prior: tuple[float, float] = (0.0, 0.0)
    """Mean and standard deviation of its slope before any value."""


class Metered(Record):
    """The meter after a round: readings as data, and in plain words."""

    readings: tuple[dict[str, object], ...]
    words: tuple[str, ...]
    hurts: tuple[str, ...]
    """Properties for which knowledge is switched off."""
    sources: tuple[SourceStanding, ...]


class InformedOptimizer:
    """The optimiser of a campaign with what it knows: opened anew when the claims or their trust change."""

    def __init__(self, spec: CampaignSpec, journal: Journal, view: CampaignView, folder: Path) -> None:
        """`folder`: of the campaign, where the raw files of its results are."""
        self._spec, self._journal, self._view, self._folder = spec, journal, view, folder
        self._images: tuple[ImageRead, ...] = ()
        self._tables: tuple[SourceTable, ...] = ()
        if spec.knowledge.sources.campaigns:
            self._tables = journal.tool(_TABLES, FrozenTables, lambda: freeze_tables(spec)).tables
        self._made: dict[str, SourceTerm | str] = {}
        self._told: list[Observation] = []
        self._claims: tuple[Claim, ...] | None = None
        self._inner: Optimizer | None = None
        self.terms: list[SourceTerm] = []

    def tell(self, observations: Sequence[Observation]) -> None:
        """Add observations (failed and censored ones too)."""
        self._told.extend(observations)
        if self._inner is not None:
            self._inner.tell(observations)

    def take_claims(self, claims: Sequence[Claim]) -> None:
        """The claims with their trust as it stands."""
        if self._inner is None or tuple(claims) != self._claims:
            self._open(tuple(claims))

    def ask(self, n: int, *, round: int, pending: Sequence[Pending] = (), alternatives: int = 0) -> Advice:
        """What the optimiser proposes, shaped by knowledge.

        Raises:
            InfeasibleSpace: nothing is left to propose.
        """
        if self._spec.knowledge.sources.images:
            read_new(self._journal, self._view, self._folder, round)
            self._take_images(round)
        inner = self._inner or self._open(self._claims or ())
        return inner.ask(n, round=round, pending=pending, alternatives=alternatives)

    def stand_at(self, number: int, claims: Sequence[Claim]) -> None:
        """Know what was known when a round was chosen, also where another process chose it."""
        self._take_images(number)
        self.take_claims(claims)

    def _take_images(self, number: int) -> None:
        found = images_before(self._journal, number) if self._spec.knowledge.sources.images else ()
        if found != self._images:
            self._images, self._inner = found, None

    def judge(self, standings: Sequence[Standing]) -> Mapping[str, Verdict]:
        """Which sources to use, trust or drop: by evidence, and none of a property that the meter switched off."""
        from eutectic.tools.source_term import judge_of

        hurts = _hurts(self._journal, self._view.round)
        said = judge_of(self.terms)(standings)
        property_of = {term.name: term.property for term in self.terms}
        return {name: "drop" if property_of[name] in hurts else verdict for name, verdict in said.items()}

    def _open(self, claims: tuple[Claim, ...]) -> Optimizer:
        from eutectic.tools.optimizer import open_optimizer

        seen = seen_of(self._spec, self._images, self._told) if self._images else None
        self.terms, lines = terms_of(self._spec, claims, self._tables, self._made, seen)
        if lines.used or lines.unused:
            self._journal.tool(KNOWN_TERMS, Terms, lambda: lines)
        self._claims = claims
        self._inner = open_optimizer(self._spec, self.terms, self.judge if self.terms else None)
        self._inner.tell(self._told)
        return self._inner


def _hurts(journal: Journal, number: int) -> tuple[str, ...]:
    last = last_meter(journal, number)
    return last.hurts if last is not None else ()


def last_meter(journal: Journal, number: int) -> Metered | None:
    """The latest reading up to a round."""
    for n in range(number, 0, -1):
        payload = journal.payload("tool", f"r{n:02d}/meter")
        if payload is not None:
            return Metered.model_validate(payload["result"])
    return None


def read_round(ctx: CampaignContext, number: int) -> Metered | None:
    """Read the meter after a round, once, and say in the notebook what changed; None without knowledge."""
    known = ctx.optimizer
    if not isinstance(known, InformedOptimizer) or not ctx.spec.knowledge.meter:
        return None
    slot = f"r{number:02d}/meter"
    if ctx.journal.payload("tool", slot) is None and not ctx.journal.is_recorded("tool", slot):
        if not any(getattr(ctx.spec.knowledge.sources, name) for name in KnowledgeSources.model_fields):
            return None
        ctx.tell_new()
        known.stand_at(number, trusted_claims(ctx, before=number))
        if not known.terms:
            return None
    before = last_meter(ctx.journal, number - 1)
    found = ctx.journal.tool(slot, Metered, lambda: measure(ctx.spec, ctx.view, known))
    off_before = _off(before)
    for i, text in enumerate(_changes(found, off_before)):
        ctx.journal.step("note", f"r{number:02d}/meter/{i}", lambda text=text: {"level": "warn", "text": text})  # type: ignore[misc]
    return found


def _off(metered: Metered | None) -> set[str]:
    if metered is None:
        return set()
    return {item.name for item in metered.sources if item.verdict == "drop"} | set(metered.hurts)


def _changes(found: Metered, off_before: set[str]) -> list[str]:
    lines = []
    for item in found.sources:
        if item.verdict == "drop" and item.name not in off_before:
            ratio = f"evidence ratio {2.718281828**item.log_evidence:.2g}"
            chance = f"the data give its direction a probability of {item.sign_chance:.0%}, " if item.prior[0] else ""
            lines.append(f"knowledge {item.name!r} is set aside: {chance}{ratio}")
        elif item.verdict != "drop" and item.name in off_before:
            lines.append(f"knowledge {item.name!r} is taken up again: the data no longer speak against it")
    lines += [
        f"knowledge of {name} is switched off: it makes predictions worse"
        for name in found.hurts
        if name not in off_before
    ]
    return lines


def measure(spec: CampaignSpec, view: CampaignView, known: InformedOptimizer) -> Metered:
    """The meter of a campaign as its notebook stands."""
    from eutectic.agents.graph.knowing_arrays import arrays_of
    from eutectic.tools.knowledge_meter import read_meter, words
    from eutectic.tools.source_term import sign_chance

    observations = list(view.training())
    readings: list[MeterReading] = []
    sources: list[SourceStanding] = []
    for objective in spec.objectives:
        own = [term for term in known.terms if term.property == objective.property]
        arrays = arrays_of(spec, observations, objective, own)
        if not own or arrays is None:
            continue
        readings.append(
            read_meter(
                objective.property, arrays.features, arrays.values, arrays.rounds, arrays.known, arrays.placebos,
                [term.slope for term in own],
            )
        )  # fmt: skip
        judged = arrays_of(spec, observations, objective, own, with_failed=True) or arrays
        standings = judged.standings(objective.property, own)
        of = {term.name: term for term in own}
        verdicts = known.judge(standings)
        sources += [
            SourceStanding(
                name=s.name, slope=s.slope, sign_chance=round(sign_chance(s), 4),
                log_evidence=round(s.log_evidence, 4), verdict=verdicts.get(s.name, "use"),
                about=of[s.name].about, prior=of[s.name].slope,
            )
            for s in standings
        ]  # fmt: skip
    hurts = tuple(reading.property for reading in readings if reading.verdict == "hurts")
    return Metered(
        readings=tuple(reading.model_dump(mode="json") for reading in readings),
        words=tuple(words(reading) for reading in readings),
        hurts=hurts,
        sources=tuple(sources),
    )


def round_outlook(ctx: CampaignContext, number: int, advice: Advice) -> Outlook | None:
    """What is left to gain after a round, once; None where no stop rule asks for it or no model can tell."""
    if ctx.spec.stop.least_chance is None:
        return None
    from eutectic.tools.outlook import Looked, outlook

    batch = [(item.composition, item.process) for item in advice.batch]

    def compute() -> Looked:
        return Looked(outlook=outlook(ctx.spec, list(ctx.view.training()), batch))

    return ctx.journal.tool(f"r{number:02d}/outlook", Looked, compute).outlook
