"""The checks every lab makes of a plan's shape: its lab, its samples, the doses' ticks and sizes."""

from __future__ import annotations

from eutectic.core.plan import Capabilities, Check, Plan


def check_shape(plan: Plan, capabilities: Capabilities) -> tuple[Check, ...]:
    """Every check with its verdict; no effect."""
    own = {item.id for item in capabilities.stocks if item.dispenser is not None}
    doses = [dose for sample in plan.samples for dose in sample.drawn if dose.component not in own]
    ticks = {dose.tick for dose in doses}
    least = min((dose.ticks for dose in doses), default=capabilities.min_ticks)
    sizes = {sum(dose.ticks for dose in sample.doses if dose.component not in own) for sample in plan.samples}
    trials, samples = [item.id for item in plan.trials], [item.trial for item in plan.samples]
    screens = sum(trial.purpose == "screen" for trial in plan.trials)
    kind = "simulated data must be marked as such" if capabilities.simulated else "a simulated plan in a real lab"
    return (
        shape("lab_name", plan.lab == capabilities.name, f"plan for {plan.lab!r}, this is {capabilities.name!r}"),
        shape("lab_simulated", plan.simulated == capabilities.simulated, kind),
        shape("lab_samples", sorted(trials) == sorted(set(samples)) == sorted(samples), "one sample for each trial"),
        shape("lab_screen", not screens or capabilities.can_screen, f"{screens} trials by the screen alone"),
        shape("lab_batch", len(samples) <= capabilities.max_batch, f"{len(samples)} of {capabilities.max_batch}"),
        shape("lab_tick", ticks <= {capabilities.tick}, f"{sorted(ticks)}, the lab doses in {capabilities.tick}"),
        shape("lab_least_dose", least >= capabilities.min_ticks, f"{least} ticks, least {capabilities.min_ticks}"),
        shape("lab_size", max(sizes) <= capabilities.total_ticks, f"{max(sizes)} of {capabilities.total_ticks} ticks"),
    )


def shape(name: str, holds: bool, detail: str) -> Check:
    """A check that blocks where it does not hold."""
    return Check(name=name, verdict="pass" if holds else "block", detail=detail)
