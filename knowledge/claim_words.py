"""Claims in words for reports and the command line."""

from __future__ import annotations

from eutectic.core.claim import BestRange, Claim, Effect, Estimates, ProcessEffect, ProcessRange, Ranking, Synergy


def claim_words(claim: Claim) -> str:
    """What a claim states, in one line."""
    said, name = claim.statement, claim.property
    if isinstance(said, Effect):
        return f"more {said.component} {_moves(said.sign)} {name}"
    if isinstance(said, Synergy):
        return f"{' and '.join(said.components)} together {_moves(said.sign)} {name} beyond what each does alone"
    if isinstance(said, BestRange):
        return f"{name} is best with {said.component} from {_percent(said.low)} to {_percent(said.high)} {claim.basis}"
    if isinstance(said, Ranking):
        return f"{name} rises in the order {' > '.join(said.components)}"
    if isinstance(said, ProcessEffect):
        return f"a higher {_variable(said.variable)} {_moves(said.sign)} {name}"
    if isinstance(said, ProcessRange):
        return f"{name} is best with the {_variable(said.variable)} from {said.low:g} to {said.high:g} in SI units"
    if isinstance(said, Estimates):
        return f"{name} as estimated for {len(said.recipes)} recipes"
    quality = "good" if said.sign > 0 else "bad"
    return f"{name} is {quality} within {said.radius:g} of {said.composition.formula()}"


def _moves(sign: int) -> str:
    return "raises" if sign > 0 else "lowers"


def _percent(share: float) -> str:
    return f"{share * 100:g}"


def _variable(name: str) -> str:
    return name.replace("_", " ")
