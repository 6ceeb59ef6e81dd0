"""The analyst's rules: set aside what cannot be, repeat what is far off, state what the numbers show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from eutectic.agents.decisions.analyst import (
    EffectLine,
    Finding,
    Findings,
    FindingsContext,
    Judgement,
    ModelLine,
    Quality,
    QualityContext,
    QualityLine,
)
from eutectic.agents.decisions.answering import AnswerContext, WrittenAnswer
from eutectic.agents.roles.wording import clip, count, result_text, show, units, with_unit

_FAR = 4.0
_SHARE = 0.10
_NOMINAL = 0.9
_MISCALIBRATED = 0.1
_LEAST_GAIN = 0.01
"""Share of the range that a repeat must gain where nothing is known of a new trial's gain."""
_MOST_LIKELY = 0.9
_SEVERITY = ("keep", "repeat", "exclude")


def answer(context: AnswerContext) -> WrittenAnswer:
    """The sentences of the documents themselves, or that there are none."""
    note = "" if context.extracted else "no passage answers it well enough"
    return WrittenAnswer(answered=bool(context.extracted), sentences=context.extracted, note=note)


def quality(context: QualityContext) -> Quality:
    """Exclude only what is not physical, repeat what is far off, keep the rest; each flagged trial has a reason."""
    judged: dict[str, tuple[Literal["keep", "exclude", "repeat"], list[str]]] = {}
    for line in context.lines:
        if not line.flags:
            continue
        verdict, reason = _judge(line)
        before, reasons = judged.get(line.trial, ("keep", []))
        worse = max(before, verdict, key=_SEVERITY.index)
        judged[line.trial] = (worse, [*reasons, reason])
    judgements = tuple(
        Judgement(trial=trial, verdict=verdict, reason=clip("; ".join(reasons), 400))
        for trial, (verdict, reasons) in judged.items()
    )
    flagged = [item for item in judgements if item.verdict != "keep"]
    trials = len({line.trial for line in context.lines})
    note = (
        f"Round {context.round}: {count(len(context.lines), 'value')} of {count(trials, 'trial')}, "
        f"{len(judgements)} flagged, {len(flagged)} excluded or repeated. Noise: {context.noise}"
    )
    return Quality(judgements=judgements, note=clip(note, 800))


def _judge(line: QualityLine) -> tuple[Literal["keep", "exclude", "repeat"], str]:
    """Verdict and reason of one flagged value."""
    value = f"{line.property} {with_unit(line.value, line.unit)}"
    z = "no prediction" if line.z is None else f"z {line.z:.2g}"
    if "non_physical" in line.flags:
        return "exclude", f"{value} cannot be"
    if "confirmed" in line.flags:
        return "keep", f"{value} confirmed: repeated, it gave {with_unit(line.expected or 0.0, line.unit)}"
    if "not_reproduced" in line.flags:
        return (
            "exclude",
            f"{value} not reproduced: repeated, its recipe gave {with_unit(line.expected or 0.0, line.unit)}",
        )
    if "stuck" in line.flags:
        return "exclude", f"{value} is the reading before once more: the instrument was stuck"
    if "reference_off" in line.flags:
        return "keep", f"{value}: the reference is out of its control limits; its round is corrected for the shift"
    if line.wrong is None and line.repeat_gain is not None:
        return "keep", f"{value} is far off ({z}), but no objective: kept as it is"
    if line.wrong is not None and line.repeat_gain is not None:
        return _by_worth(line, line.wrong, line.repeat_gain, value, z)
    off_replicate = "far_from_replicate" in line.flags and (line.z is None or abs(line.z) > _FAR)
    off_prediction = "far_from_prediction" in line.flags and line.z is not None and abs(line.z) > _FAR
    if off_replicate or off_prediction:
        what = "its replicate" if "far_from_replicate" in line.flags else "the prediction"
        expected = "" if line.expected is None else f" {with_unit(line.expected, line.unit)}"
        return "repeat", f"{value} is far from {what}{expected if off_prediction else ''} ({z}, limit {show(_FAR)})"
    return "keep", f"{value} flagged {', '.join(line.flags)} ({z}): within {show(_FAR)} standard deviations or a shift"


def _by_worth(
    line: QualityLine, wrong: float, gain: float, value: str, z: str
) -> tuple[Literal["keep", "exclude", "repeat"], str]:
    """Repeat or new: whichever is expected to gain more; a value that is most likely wrong is not learned from."""
    price = _LEAST_GAIN if line.new_gain is None else line.new_gain
    said = f"{value} ({z}) is wrong with probability {wrong:.2g}; a repeat gains {gain:.2g} of the range"
    if gain > price:
        return "repeat", f"{said}, more than the {price:.2g} of a new trial"
    if wrong > _MOST_LIKELY:
        return "exclude", f"{said}, less than the {price:.2g} of a new trial"
    return "keep", f"{said}, less than the {price:.2g} of a new trial: kept as it is"


def findings(context: FindingsContext) -> Findings:
    """The best, the strong effects, how well the intervals hold and the noise, each with its numbers."""
    unit_of = units(context.objectives)
    stated = [*_best(context, unit_of), *_effects(context.effects)]
    stated += [item for line in context.models for item in _calibration(line)]
    stated += [item for line in context.models for item in _noise(line)]
    note = (
        f"Round {context.round}: {count(context.measured, 'trial')} measured, {context.failed} failed, "
        f"the best {'improved' if context.improved else 'did not improve'}. {_fit_text(context.models)}"
    )
    return Findings(findings=tuple(stated[:8]), trust=_trust(context.models), note=clip(note, 800))


def _best(context: FindingsContext, unit_of: dict[str, str]) -> list[Finding]:
    if not context.best:
        return []
    top = context.best[0]
    more = len(context.best) - 1
    text = f"Best so far: {result_text(top, unit_of)}" + (", meets the goal" if top.meets_goal else "")
    several = f"; {count(more, 'other trial')} on the Pareto front" if more and len(context.objectives) > 1 else ""
    return [Finding(text=clip(text + several + ".", 400), trials=(top.trial,))]


def _effects(effects: Sequence[EffectLine]) -> list[Finding]:
    strong = sorted((line for line in effects if line.share > _SHARE), key=lambda line: -line.share)[:4]
    verb = {"raises": "raises", "lowers": "lowers", "mixed": "moves, in both directions,"}
    return [
        Finding(
            text=clip(f"{e.factor} {verb[e.direction]} {e.property}: {100 * e.share:.0f} % of what varies.", 400),
            trials=(),
        )
        for e in strong
    ]


def _calibration(line: ModelLine) -> list[Finding]:
    if line.coverage_90 is None or abs(line.coverage_90 - _NOMINAL) < _MISCALIBRATED:
        return []
    how = "too narrow" if line.coverage_90 < _NOMINAL else "too wide"
    text = f"90 % intervals of {line.property} hold {100 * line.coverage_90:.0f} % of {line.n} left-out values: {how}."
    return [Finding(text=clip(text, 400), trials=())]


def _noise(line: ModelLine) -> list[Finding]:
    if line.noise_sd is None:
        return []
    text = f"Noise of {line.property}: standard deviation {with_unit(line.noise_sd, line.unit)}."
    return [Finding(text=clip(text, 400), trials=())]


def _fit_text(models: Sequence[ModelLine]) -> str:
    lines = [f"{m.property} R2 {m.r2:.2g} on {m.n} left-out values" for m in models if m.r2 is not None]
    return f"Surrogate: {'; '.join(lines)}." if lines else "Surrogate: not tested yet."


def _trust(models: Sequence[ModelLine]) -> Literal["low", "medium", "high"]:
    """By the worst property: how much of the variation is predicted, and whether the intervals hold."""
    if not models or any(m.r2 is None or m.coverage_90 is None for m in models):
        return "low"
    r2 = min(m.r2 for m in models if m.r2 is not None)
    coverage = min(m.coverage_90 for m in models if m.coverage_90 is not None)
    if r2 >= 0.7 and coverage >= 0.8:
        return "high"
    return "medium" if r2 >= 0.3 and coverage >= 0.6 else "low"
