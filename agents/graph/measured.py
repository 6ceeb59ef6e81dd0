"""Values computed from an observation's raw readings by the coder's analysis code."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.agents.graph.coder import is_trusted
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.roles import robust_mean
from eutectic.core.errors import EutecticError
from eutectic.core.trial import Measurement, Observation
from eutectic.lab_interface.readings import readings
from eutectic.tools.sandbox import run_analysis_many


def analysed(ctx: CampaignContext, observations: Sequence[Observation]) -> list[Observation]:
    """Observations whose uncensored values and uncertainties come from the analysis code.

    Where the code fails on the batch the lab's own values stand, and a note says so.
    """
    protocol = ctx.view.protocol
    raw = [(item, readings(ctx.folder, item)) for item in observations]
    with_raw = [(item, values) for item, values in raw if values]
    if protocol is None or not with_raw:
        return list(observations)
    try:
        results = _analyse(protocol.analysis_code, [values for _, values in with_raw])
    except EutecticError as error:
        said = {"level": "warn", "text": f"the lab's own values stand: {error}"}
        ctx.journal.step("note", f"r{ctx.view.round:02d}/analysis", lambda: said)
        return list(observations)
    by_trial = {item.trial: result for (item, _), result in zip(with_raw, results, strict=True)}
    return [_with_values(item, by_trial.get(item.trial, {})) for item in observations]


def _analyse(source: str, batch: list[dict[str, list[float]]]) -> list[dict[str, dict[str, float]]]:
    """The values of each sample: code of our own runs here, any other in the sandbox."""
    if is_trusted(source):
        return [robust_mean.analyse(values) for values in batch]
    return run_analysis_many(source, batch, trusted=False)


def _with_values(item: Observation, found: dict[str, dict[str, float]]) -> Observation:
    def read(old: Measurement) -> Measurement:
        new = found.get(old.property)
        if new is None or old.censoring != "none":
            return old
        return old.model_copy(update={"value": new["value"], "sd": new.get("sd", old.sd)})

    return item.model_copy(update={"measurements": tuple(read(old) for old in item.measurements)})
