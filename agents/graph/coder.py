"""The coder's node: write the protocol and the analysis code, which count only after a dry-run."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
from langgraph.runtime import Runtime
from langgraph.types import Command

from eutectic.agents.decisions.coder import ProtocolContext
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.lines import objective_lines, screen_lines, space_line
from eutectic.agents.graph.state import RoundState
from eutectic.agents.roles.coder import own_analysis
from eutectic.core.decision import Decision, Mind
from eutectic.core.errors import EutecticError
from eutectic.core.plan import Protocol
from eutectic.core.record import Record
from eutectic.lab_interface.compile import compile_plan
from eutectic.tools.sandbox import run_analysis

READINGS = 3
"""Repeated readings of each property in a dry-run."""
_ATTEMPTS = 3


class DryRun(Record):
    """How the dry-run of a protocol ended."""

    ok: bool
    detail: str


def protocol(state: RoundState, runtime: Runtime[CampaignContext]) -> Command[Literal["compile"]]:
    """Make sure the campaign has a protocol that passed its dry-run."""
    ctx = runtime.context
    if ctx.view.protocol is None:
        error = ""
        for attempt in range(1, _ATTEMPTS + 1):
            mind = ctx.mind if attempt < _ATTEMPTS else ctx.rules
            slot = "r01/coder/protocol" + (f"-{attempt}" if attempt > 1 else "")
            written = _write(ctx, mind, slot, error)
            outcome = ctx.journal.tool(f"{slot}/dry_run", DryRun, partial(_dry_run, ctx, written, slot))
            if outcome.ok or attempt == _ATTEMPTS:
                break
            error = outcome.detail
        ctx.journal.step(
            "protocol",
            "campaign",
            lambda: {"protocol": written.model_dump(mode="json"), "dry_run": outcome.model_dump(mode="json")},
        )
    return Command(goto="compile")


def _write(ctx: CampaignContext, mind: Mind, slot: str, error: str) -> Protocol:
    abilities = ctx.lab.capabilities()
    context = ProtocolContext(
        goal=ctx.spec.goal,
        objectives=(*objective_lines(ctx.spec), *screen_lines(ctx.spec)),
        space=space_line(ctx.spec.space),
        lab=abilities.name,
        simulated=abilities.simulated,
        sample_size=f"{abilities.total_ticks} ticks of {abilities.tick}",
        readings_per_property=READINGS,
        previous_error=error,
    )
    return ctx.journal.decide(mind, Decision("coder", "protocol", slot, context, Protocol))


def _dry_run(ctx: CampaignContext, written: Protocol, slot: str) -> DryRun:
    """Compile the round with the protocol, let the gate look, and run the code on readings whose mean is known."""
    try:
        trials = ctx.view.round_trials(ctx.view.round)
        plan = compile_plan(ctx.spec, ctx.view.id, ctx.view.round, 1, trials, written, ctx.lab.capabilities())
        blocked = [check for check in ctx.lab.validate(plan) if check.verdict == "block"]
        if blocked:
            return DryRun(ok=False, detail=f"{blocked[0].name}: {blocked[0].detail}")
        return _analysis_holds(ctx, written, slot)
    except EutecticError as error:
        return DryRun(ok=False, detail=str(error)[:600])


def _analysis_holds(ctx: CampaignContext, written: Protocol, slot: str) -> DryRun:
    """Whether the analysis code recovers a known mean within its readings' spread, for every property."""
    random = np.random.default_rng([ctx.spec.seed, len(slot)])
    asked = (*ctx.spec.asked("data"), *ctx.spec.asked("screen"))
    known = {name: float(random.uniform(1, 100)) for name, _ in asked}
    readings = {
        name: [mean * (1 + 0.01 * step) for step in range(-(READINGS // 2), READINGS // 2 + 1)]
        for name, mean in known.items()
    }
    found = run_analysis(written.analysis_code, readings, trusted=is_trusted(written.analysis_code))
    for name, mean in known.items():
        if name not in found or abs(found[name]["value"] - mean) > 0.02 * mean:
            return DryRun(ok=False, detail=f"analyse() gave {found.get(name)} for {name!r}; the mean is {mean:.4g}")
    return DryRun(ok=True, detail=f"compiled, validated and analysed {len(known)} properties")


def is_trusted(source: str) -> bool:
    """Whether analysis code is, byte for byte, the one that ships with the rules."""
    return source == own_analysis()
