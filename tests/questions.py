"""Questions for tests: a plain example of each decision, and generated ones from the schemas of the contexts."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from eutectic.agents.decisions.catalogue import DECISIONS
from eutectic.core.decision import Decision
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec, Role

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    ["maximize", "keep at least 1.6", "520 +- 5", "Fe 60-85 % in steps of 0.5 %", "Bs is 1.6 T for Fe85B15.", "r01-s01"]
)


def from_schema(schema: dict[str, Any], definitions: dict[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """JSON values that satisfy a schema, with its limits."""
    known = schema.get("$defs", {}) if definitions is None else definitions
    if "$ref" in schema:
        return from_schema(known[schema["$ref"].rsplit("/", 1)[1]], known)
    if "anyOf" in schema:
        return st.one_of([from_schema(item, known) for item in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema["type"]
    if kind == "object":
        return st.fixed_dictionaries({n: from_schema(s, known) for n, s in schema["properties"].items()})
    if kind == "array":
        most = min(schema.get("maxItems", 6), 6)
        return st.lists(from_schema(schema["items"], known), min_size=schema.get("minItems", 0), max_size=most)
    if kind == "string" and "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z", alphabet="ce0123456789")
    return {
        "string": TEXT.filter(lambda text: schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10**6)),
        "number": st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False).map(
            lambda value: 0.0 if abs(value) < 1e-300 else value
        ),
        "integer": st.integers(schema.get("minimum", 0), schema.get("maximum", 10**6)),
        "boolean": st.booleans(),
        "null": st.none(),
    }[kind]


def asked(role: Role, name: str, context: Record) -> Decision[Any]:
    """The decision with a context, in a slot."""
    return Decision(role, name, f"r01/{role}/{name}", context, DECISIONS[role, name].answer)


@cache
def generated(role: Role, name: str) -> st.SearchStrategy[Decision[Any]]:
    """Questions of one decision with any context."""
    context = DECISIONS[role, name].context
    return from_schema(context.model_json_schema()).map(lambda value: asked(role, name, context.model_validate(value)))


OBJECTIVES = (
    {"property": "saturation_induction", "unit": "T", "wish": "maximize, at least 1.6"},
    {"property": "coercivity", "unit": "A/m", "wish": "keep at most 10"},
)
LEFT = {"experiments": 20, "money": 900.0, "hours": None, "model_calls": 100, "tokens": 100_000}
SPACE = {
    "basis": "at%",
    "components": [
        "Fe 60-85 % in steps of 0.5 %",
        "Co 0-20 % in steps of 0.5 %",
        "B 5-20 % in steps of 0.5 %, at least 5 % when present",
    ],
    "rules": ["+1*Fe +1*Co >= 0.7"],
    "process": ["anneal_temperature 300-500 degC", "atmosphere: one of argon, air"],
}


def recipe(fe: float, co: float) -> dict[str, Any]:
    """A recipe with boron as the balance."""
    parts = {"Fe": fe, "Co": co, "B": round(1 - fe - co, 6)}
    return {
        "formula": "".join(f"{name}{100 * share:g}" for name, share in parts.items()),
        "parts": [{"component": name, "fraction": share} for name, share in parts.items()],
        "process": [{"name": "anneal_temperature", "value": 380.0}],
    }


def result(trial: str, fe: float, co: float, value: float, *, meets: bool = False) -> dict[str, Any]:
    """A measured trial."""
    values = [{"name": "saturation_induction", "value": value}, {"name": "coercivity", "value": 7.5}]
    return {"trial": trial, "recipe": recipe(fe, co), "values": values, "measured": 1, "meets_goal": meets}


def candidate(number: int, sd: float, *, in_batch: bool, merit: float | None = 0.1) -> dict[str, Any]:
    """A candidate with its prediction."""
    return {
        "id": f"c{number:02d}",
        "recipe": recipe(0.7 + number / 100, 0.1),
        "predictions": [{"property": "saturation_induction", "mean": 1.5, "sd": sd}],
        "merit": merit,
        "in_batch": in_batch,
        "why": f"reason of c{number:02d}",
    }


BEST = (result("r01-s02", 0.75, 0.1, 1.58), result("r01-s01", 0.7, 0.1, 1.51))
EXAMPLES: dict[str, dict[str, Any]] = {
    "frame": {
        "goal": "A soft magnet with the highest induction.",
        "objectives": OBJECTIVES,
        "space": SPACE,
        "budget": LEFT,
        "batch": 4,
        "lab": "simulated alloy",
        "simulated": True,
        "prior_observations": 0,
        "has_library": False,
    },
    "review": {
        "round": 3,
        "objectives": OBJECTIVES,
        "best": BEST,
        "goal_met": False,
        "rounds_without_gain": 0,
        "expected_gain": 0.05,
        "failed_in_a_row": 0,
        "findings": [],
        "left": LEFT,
        "next_batch_cost": 120.0,
        "stop_reasons": [],
    },
    "close": {
        "goal": "A soft magnet.",
        "reason": "no improvement in 3 rounds",
        "objectives": OBJECTIVES,
        "best": BEST,
        "goal_met": False,
        "experiments": 24,
        "failed": 2,
        "money": 700.0,
        "hours": 55.0,
        "findings": ["Co raises saturation_induction: 41 % of what varies."],
        "simulated": True,
    },
    "evidence": {
        "strategy": "Begin with about 6 trials over Fe, Co, B.",
        "objectives": OBJECTIVES,
        "passages": [
            {
                "id": "p1",
                "document": "d1",
                "page": 3,
                "text": "Glasses were cast. The saturation\ninduction of Fe80B20 is 1.61 T. It is soft. Ni is 5 %.",
            },
            {"id": "p2", "document": "d2", "page": 1, "text": "Nothing of use. We thank Dr. Fe."},
        ],
    },
    "claims": {
        "objectives": OBJECTIVES,
        "components": ["Fe", "Co", "B"],
        "passages": [
            {
                "id": "p1",
                "document": "d1",
                "page": 3,
                "text": "It was cast. The addition of Co increases Bs. So be it.",
            },
            {"id": "p2", "document": "d2", "page": 1, "text": "Nothing of use. We thank Dr. Fe."},
        ],
    },
    "estimates": {
        "goal": "A soft magnet.",
        "objectives": OBJECTIVES,
        "recipes": [{"id": "e00", "recipe": "Fe 80 B 20 at%"}, {"id": "e01", "recipe": "Fe 60 Co 20 B 20 at%"}],
    },
    "records": {
        "passages": [
            {"id": "p1", "document": "d1", "page": 3, "text": "Cast. Fe85B15 has a coercivity of 4.2 A/m. So be it."},
            {"id": "p2", "document": "d2", "page": 1, "text": "Nothing of use. We thank Dr. Fe."},
        ],
        "labels": ["S1 = Fe85B15"],
    },
    "choose": {
        "round": 2,
        "strategy": "Explore.",
        "explore": "same",
        "objectives": OBJECTIVES,
        "space": SPACE,
        "batch": 3,
        "candidates": [
            candidate(1, 0.1, in_batch=True, merit=0.3),
            candidate(2, 0.1, in_batch=True, merit=0.2),
            candidate(3, 0.9, in_batch=False, merit=0.01),
            candidate(4, 0.2, in_batch=False, merit=0.15),
        ],
        "best": BEST,
        "last": BEST,
        "evidence": [],
        "own_allowed": 1,
    },
    "protocol": {
        "goal": "A soft magnet.",
        "objectives": OBJECTIVES,
        "space": SPACE,
        "lab": "simulated alloy",
        "simulated": True,
        "sample_size": "1000 ticks of 1 mg",
        "readings_per_property": 3,
        "previous_error": "",
    },
    "release": {
        "round": 2,
        "lab": "simulated alloy",
        "simulated": True,
        "samples": [{"trial": "r02-s01", "wanted": recipe(0.75, 0.1), "achieved": recipe(0.749, 0.101)}],
        "checks": [],
        "cost": 120.0,
        "hours": 8.0,
        "left": LEFT,
        "needs_person": False,
    },
    "watch": {
        "round": 2,
        "failed": [
            {"trial": "r02-s01", "status": "failed", "cause": "sample_prep", "note": "", "times_tried": 1},
            {"trial": "r02-s02", "status": "failed", "cause": "not_dispensable", "note": "", "times_tried": 1},
            {"trial": "r02-s03", "status": "abandoned", "cause": "test_error", "note": "", "times_tried": 2},
        ],
        "measured": 1,
        "left": LEFT,
    },
    "quality": {
        "round": 2,
        "lines": [
            {
                "trial": f"r02-s0{n}",
                "property": "saturation_induction",
                "value": value,
                "unit": "T",
                "expected": 1.5,
                "z": z,
                "flags": flags,
            }
            for n, value, z, flags in [
                (1, 1.52, 0.2, []),
                (2, 2.9, 9.0, ["far_from_prediction"]),
                (3, -1.0, -20.0, ["non_physical", "far_from_prediction"]),
                (4, 1.2, -3.7, ["far_from_prediction"]),
            ]
        ],
        "noise": "saturation_induction: relative sd 0.02 from replicates",
    },
    "answer": {
        "question": "What coercivity does Fe80B20 have?",
        "passages": [
            {"id": "k1", "document": "a.txt", "page": 1, "text": "The coercivity of Fe80B20 was 4.2 A/m at 653 K."},
        ],
        "extracted": [
            {
                "text": "The coercivity of Fe80B20 was 4.2 A/m at 653 K.",
                "quotes": [{"passage": "k1", "quote": "The coercivity of Fe80B20 was 4.2 A/m at 653 K."}],
            }
        ],
        "conflicts": [],
    },
    "findings": {
        "round": 4,
        "objectives": OBJECTIVES,
        "best": BEST,
        "models": [
            {
                "property": "saturation_induction",
                "unit": "T",
                "n": 24,
                "rmse": 0.05,
                "r2": 0.81,
                "coverage_90": 0.67,
                "noise_sd": 0.03,
            }
        ],
        "results": BEST,
        "effects": [
            {"property": "saturation_induction", "factor": "Co", "share": 0.41, "direction": "raises"},
            {"property": "saturation_induction", "factor": "B", "share": 0.05, "direction": "lowers"},
        ],
        "measured": 4,
        "failed": 0,
        "improved": True,
    },
}


def example(role: Role, name: str, **changes: Any) -> Decision[Any]:
    """The plain example of a decision, with changes to its context."""
    context = DECISIONS[role, name].context.model_validate({**EXAMPLES[name], **changes})
    return asked(role, name, context)


def spec(**changes: Any) -> CampaignSpec:
    """A small campaign."""
    plain = {
        "name": "quick",
        "goal": "a test",
        "space": {"components": [{"name": "Fe"}, {"name": "Co"}]},
        "objectives": [{"property": "saturation_induction", "unit": "T", "direction": "maximize"}],
        "budget": {"experiments": 10},
    }
    return CampaignSpec.model_validate({**plain, **changes})
