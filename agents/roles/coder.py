"""The coder's rules: a protocol by the way the basis is dosed, with robust analysis code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from eutectic.agents.decisions.coder import Protocol, ProtocolContext
from eutectic.agents.decisions.common import SCREEN_WISH
from eutectic.agents.roles.wording import clip, count, first_word, listed

_SOLID = ("weigh", "mix", "melt", "cast", "anneal", "quench")
_LIQUID = ("dispense", "mix", "dry")
_STEP_WORDS = {
    "anneal": ("anneal", "heat_treat", "crystalli", "age"),
    "quench": ("quench", "wheel", "cool"),
    "melt": ("melt", "arc", "atmosphere"),
    "cast": ("cast", "mould", "mold"),
    "dry": ("dry", "bake", "calcin", "evaporat"),
    "mix": ("mix", "stir", "sonic", "shake", "mill"),
    "deposit": ("deposit", "sputter", "coat", "spin"),
}
_NOTES = {
    "weigh": "Weigh each component into its labelled vessel; write down the mass that was reached.",
    "dispense": "Dispense each stock into its labelled well; write down the volume that was reached.",
    "mix": "Mix until uniform.",
    "melt": "Melt under inert gas unless the plan sets the atmosphere; turn the button and melt again.",
    "cast": "Cast in the form that the measurement needs.",
    "anneal": "Anneal as the plan says for this sample.",
    "quench": "Cool as the plan says; keep the cooling the same for all samples of a round.",
    "dry": "Dry to constant mass.",
    "deposit": "Deposit on the labelled substrate.",
    "prepare": "Set these as the plan says for this sample.",
}


def protocol(context: ProtocolContext) -> Protocol:
    """How each sample is made and measured, from the basis, the process variables and the objectives."""
    liquid = context.space.basis in ("mol%", "vol%") or "uL" in context.sample_size
    process = {first_word(line): line for line in context.space.process}
    placed = {name: _step_of(name, liquid) for name in process}
    usual = _LIQUID if liquid else _SOLID
    unused = {"anneal"} - set(placed.values())
    actions = [action for action in usual if action not in unused]
    extra = [action for action in ("deposit", "anneal", "dry", "prepare") if action in placed.values()]
    actions += [action for action in extra if action not in actions]
    steps = [
        _step(action, [name for name in process if placed[name] == action], process, context) for action in actions
    ]
    steps += [_measure(context)]
    title = (
        f"{listed(line.property for line in context.objectives)} of samples of {context.sample_size} on {context.lab}"
    )
    code = own_analysis()
    return Protocol.model_validate({"title": clip(title, 160), "steps": steps, "analysis_code": code})


def _step_of(name: str, liquid: bool) -> str:
    """The step that a process variable belongs to, by its name."""
    lowered = name.lower()
    for action, words in _STEP_WORDS.items():
        if any(word in lowered for word in words) and not (liquid and action in ("melt", "cast")):
            return action
    return "prepare"


def _step(action: str, names: Iterable[str], lines: dict[str, str], context: ProtocolContext) -> dict[str, Any]:
    parameters = [{"name": clip(name, 60), "value": "as planned for the sample", "unit": ""} for name in names]
    note = _NOTES[action]
    if action in ("weigh", "dispense"):
        parameters.insert(0, {"name": "sample size", "value": context.sample_size, "unit": ""})
        note += f" {count(len(context.space.components), 'component')} in {context.space.basis}."
    ranges = "; ".join(lines[item["name"]] for item in parameters if item["name"] in lines)
    return {
        "action": action,
        "parameters": parameters,
        "note": clip(f"{note} Ranges: {ranges}" if ranges else note, 400),
    }


def _measure(context: ProtocolContext) -> dict[str, Any]:
    """The last step: what is read, in which unit, how often."""
    parameters: Sequence[dict[str, Any]] = [
        {
            "name": clip(f"{line.property} in {line.unit}", 60),
            "value": context.readings_per_property,
            "unit": "readings",
        }
        for line in context.objectives
    ]
    note = (
        f"Read each property {count(context.readings_per_property, 'time')}; give every reading, also odd ones: "
        "the analysis leaves outliers out."
    )
    screens = listed(line.property for line in context.objectives if line.wish == SCREEN_WISH)
    note += f" Of samples marked screen read {screens} alone, of the others all else." if screens else ""
    return {"action": "measure", "parameters": parameters, "note": clip(note, 400)}


@cache
def own_analysis() -> str:
    """The analysis code that ships with the rules, as source."""
    return files("eutectic.agents.roles").joinpath("robust_mean.py").read_text(encoding="utf-8")
