"""The claims ledger: every claim against the campaign's own observations, and what that does to trust in its source."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eutectic.core.claim import (
    BestRange,
    Claim,
    Effect,
    Estimates,
    ProcessEffect,
    ProcessRange,
    Ranking,
    Region,
    Synergy,
)
from eutectic.core.errors import BadInput
from eutectic.core.objective import Objective
from eutectic.core.record import Record
from eutectic.core.space import ProcessVariable
from eutectic.core.trial import Observation
from eutectic.knowledge.claim_tests import FloatArray, Tested, inside_test, partial, ranks
from eutectic.knowledge.claim_variables import si_values, variable_of
from eutectic.knowledge.units import read_unit

Verdict = Literal["supported", "refuted", "open"]

LEAST = 8
"""Observations with a value of the property below which every claim stays open."""
FALSE_DISCOVERY = 0.05
"""Rate of false verdicts accepted among a campaign's claims (Benjamini and Hochberg 1995).

DOI 10.1111/j.2517-6161.1995.tb02031.x
"""
_FOR, _AGAINST = math.log(4.0), -math.log(20.0)
"""What a verdict adds to the log odds of a claim's trust: refuting weighs more than supporting."""
_LEAST_TRUST, _MOST_TRUST = 0.01, 0.97


class ClaimStanding(Record):
    """A claim, what the campaign's data say of it, and how far it is trusted now."""

    claim: Claim
    verdict: Verdict
    statistic: str
    """In words, with its numbers."""
    estimate: float | None = None
    """Larger than 0 where the data agree with the claim: a partial rank correlation, or a difference of mean ranks."""
    p: float | None = None
    """Two-sided, by permutation; None where nothing could be tested."""
    n: int
    trust_before: float
    trust_after: float
    source: str
    """The source whose record of verdicts moved the trust of its other claims."""


def ledger(
    claims: Sequence[Claim],
    observations: Sequence[Observation],
    objectives: Sequence[Objective],
    process: Sequence[ProcessVariable] = (),
) -> list[ClaimStanding]:
    """The standing of every claim on a campaign's own observations (not on earlier or simulated ones of others).

    Effects, rankings and synergies are tested by partial rank correlation, ranges and optima by the mean rank inside
    against outside, all by permutation with a seed that depends on the claim alone; the verdicts keep the false
    discovery rate over all claims.
    """
    tested = [_test(claim, observations, objectives, process) for claim in claims]
    verdicts = _verdicts(tested)
    records: dict[str, list[Verdict]] = defaultdict(list)
    for claim, verdict in zip(claims, verdicts, strict=True):
        records[source_of(claim)].append(verdict)
    return [
        ClaimStanding(
            claim=claim,
            verdict=verdict,
            statistic=test.words,
            estimate=None if test.estimate is None else round(test.estimate, 4),
            p=None if test.p is None else round(test.p, 4),
            n=test.n,
            trust_before=claim.trust,
            trust_after=updated_trust(claim.trust, verdict, records[source_of(claim)]),
            source=source_of(claim),
        )
        for claim, test, verdict in zip(claims, tested, verdicts, strict=True)
    ]


def trusted(standings: Sequence[ClaimStanding]) -> tuple[Claim, ...]:
    """The claims with their trust as it stands now."""
    return tuple(item.claim.model_copy(update={"trust": item.trust_after}) for item in standings)


def source_of(claim: Claim) -> str:
    """Whose record of verdicts counts: the first document quoted, else who said it."""
    return claim.evidence[0].document if claim.evidence else claim.author


def updated_trust(trust: float, verdict: Verdict, of_source: Sequence[Verdict]) -> float:
    """Trust after its own verdict and those on the other claims of the same source.

    Log odds: a verdict of its own adds ln 4 or takes ln 20; the others move it by the log odds of the mean of a
    Beta(1 + supported, 1 + refuted), the reliability of the source.
    """
    others = list(of_source)
    others.remove(verdict)
    kept, lost = others.count("supported"), others.count("refuted")
    odds = math.log(max(trust, 1e-6) / max(1 - trust, 1e-6)) + math.log((1 + kept) / (1 + lost))
    odds += {"supported": _FOR, "refuted": _AGAINST, "open": 0.0}[verdict]
    return round(min(_MOST_TRUST, max(_LEAST_TRUST, 1 / (1 + math.exp(-odds)))), 3)


def _verdicts(tested: Sequence[Tested]) -> list[Verdict]:
    """Verdicts at a false discovery rate over the claims that could be tested."""
    values = sorted(test.p for test in tested if test.p is not None)
    limit = max(
        (p for rank, p in enumerate(values, start=1) if p <= FALSE_DISCOVERY * rank / len(values)), default=-1.0
    )
    verdicts: list[Verdict] = []
    for test in tested:
        if test.p is None or test.estimate is None or test.p > limit:
            verdicts.append("open")
        else:
            verdicts.append("supported" if test.estimate > 0 else "refuted")
    return verdicts


def _test(
    claim: Claim,
    observations: Sequence[Observation],
    objectives: Sequence[Objective],
    process: Sequence[ProcessVariable],
) -> Tested:
    objective = next((item for item in objectives if item.property == claim.property), None)
    if objective is None:
        return Tested(None, None, 0, f"{claim.property} is not measured in this campaign")
    try:
        shares, values = _data(claim, observations)
    except BadInput as error:
        return Tested(None, None, 0, str(error)[:200])
    n = len(values)
    if n < LEAST:
        return Tested(None, None, n, f"{n} observations, at least {LEAST} are needed")
    said = claim.statement
    sign = -1.0 if objective.direction == "minimize" else 1.0
    if isinstance(said, ProcessEffect | ProcessRange):
        return _process_test(said, claim, observations, shares, values, sign, process)
    if isinstance(said, BestRange | Region):
        if objective.direction == "target":
            return Tested(None, None, n, "a target value has no best end")
        inside, better = _inside(claim, shares), sign
        if isinstance(said, Region):
            better *= said.sign
        return inside_test(inside, ranks(values) * better, n, _seed(claim))
    if isinstance(said, Estimates):
        try:
            expected = _nearest(said, claim, shares)
        except BadInput as error:
            return Tested(None, None, n, str(error)[:200])
        return partial(expected, ranks(values), [], n, _seed(claim), "rank correlation with the nearest estimates")
    wanted = _direction(claim, shares)
    if wanted is None:
        return Tested(None, None, n, "the components it names did not vary")
    score, controls, what = wanted
    return partial(score, ranks(values), controls, n, _seed(claim), what)


def _process_test(
    said: ProcessEffect | ProcessRange,
    claim: Claim,
    observations: Sequence[Observation],
    shares: dict[str, FloatArray],
    values: FloatArray,
    sign: float,
    process: Sequence[ProcessVariable],
) -> Tested:
    """A claim of processing by its campaign's variable, components held constant for an effect."""
    item = variable_of(said.variable, process)
    n = len(values)
    if item is None:
        return Tested(None, None, n, f"the campaign sets no {said.variable.replace('_', ' ')}")
    used = [each for each in observations if each.status == "ok" and each.value(claim.property) is not None]
    setting = si_values(item, used)
    if np.isnan(setting).any():
        return Tested(None, None, n, f"{item.name} is not known for every observation")
    if isinstance(said, ProcessRange):
        if read_unit(item.unit) is None:
            return Tested(None, None, n, f"the unit of {item.name} is not known")
        inside = (setting >= said.low - 1e-9) & (setting <= said.high + 1e-9)
        return inside_test(inside, ranks(values) * sign, n, _seed(claim))
    if len(np.unique(np.round(setting, 9))) < 3:
        return Tested(None, None, n, f"{item.name} did not vary")
    return partial(
        said.sign * setting,
        ranks(values),
        _others(shares, set()),
        n,
        _seed(claim),
        f"partial rank correlation with {item.name}",
    )


def _data(claim: Claim, observations: Sequence[Observation]) -> tuple[dict[str, FloatArray], FloatArray]:
    """Shares by component in the claim's basis, and values, of the observations that have one."""
    used = [(item.composition.to(claim.basis), value) for item in observations
            if item.status == "ok" and (value := item.value(claim.property)) is not None]  # fmt: skip
    names = sorted({name for composition, _ in used for name in composition.fractions})
    shares = {name: np.array([composition.fractions.get(name, 0.0) for composition, _ in used]) for name in names}
    return shares, np.array([value for _, value in used], dtype=np.float64)


def _direction(claim: Claim, shares: dict[str, FloatArray]) -> tuple[FloatArray, list[FloatArray], str] | None:
    """The score that the property should rise with, what is held constant, and the test in words."""
    said = claim.statement

    def varies(name: str) -> bool:
        return name in shares and len(np.unique(np.round(shares[name], 6))) >= 3

    if isinstance(said, Effect):
        return (said.sign * shares[said.component], _others(shares, {said.component}), "partial rank correlation") if varies(said.component) else None  # fmt: skip # noqa: E501
    if isinstance(said, Synergy):
        first, second = said.components
        if not (varies(first) and varies(second)):
            return None
        return (
            said.sign * shares[first] * shares[second],
            [shares[first], shares[second]],
            "partial rank correlation of the product",
        )
    if isinstance(said, Ranking):
        known = [name for name in said.components if varies(name)]
        if len(known) < 2:
            return None
        weights = np.linspace(1.0, -1.0, len(known))
        score = sum((w * shares[name] for w, name in zip(weights, known, strict=True)), np.zeros_like(shares[known[0]]))
        return score, [], f"rank correlation with the order {' > '.join(known)}"
    return None


def _others(shares: dict[str, FloatArray], named: set[str]) -> list[FloatArray]:
    """Other components to hold constant: those that vary, without the largest one, at most one per three data."""
    varied = [name for name in shares if name not in named and np.ptp(shares[name]) > 1e-6]
    varied.sort(key=lambda name: -float(np.mean(shares[name])))
    n = len(next(iter(shares.values())))
    free = varied[1:]
    free.sort(key=lambda name: -float(np.var(shares[name])))
    return [shares[name] for name in free[: max(0, (n - 6) // 3)]]


def _inside(claim: Claim, shares: dict[str, FloatArray]) -> NDArray[np.bool_]:
    said = claim.statement
    n = len(next(iter(shares.values())))
    if isinstance(said, BestRange):
        share = shares.get(said.component, np.zeros(n))
        return (share >= said.low - 1e-9) & (share <= said.high + 1e-9)
    assert isinstance(said, Region)
    centre = said.composition.to(claim.basis).fractions
    away = (
        sum((np.abs(shares.get(name, np.zeros(n)) - centre.get(name, 0.0)) for name in {*shares, *centre}), np.zeros(n))
        / 2
    )
    return away <= said.radius + 1e-9


def _nearest(said: Estimates, claim: Claim, shares: dict[str, FloatArray]) -> FloatArray:
    """`N` values estimated of the composition nearest to each observation, whatever its processing.

    Raises:
        BadInput: an estimated composition cannot be counted in the claim's basis.
    """
    from scipy.spatial import cKDTree

    estimated = [item.composition.to(claim.basis).fractions for item in said.recipes]
    names = sorted({*shares, *(name for recipe in estimated for name in recipe)})
    n = len(next(iter(shares.values())))
    there = np.column_stack([shares.get(name, np.zeros(n)) for name in names])
    known = np.array([[recipe.get(name, 0.0) for name in names] for recipe in estimated])
    places = cKDTree(np.sqrt(known)).query(np.sqrt(np.maximum(there, 0.0)))[1]
    return np.array([said.recipes[int(place)].value for place in places])


def _seed(claim: Claim) -> str:
    """The same for a claim and its opposite, so that chance does not tell them apart."""
    said = claim.statement
    about = said.variable if isinstance(said, ProcessEffect | ProcessRange) else " ".join(sorted(claim.components))
    return f"{claim.property} {said.kind} {about}"
