"""Shadow arms on a campaign's own trials for the report: random, plain, shuffled knowledge and the knowledge itself."""

from __future__ import annotations

from eutectic.agents.report.ledger import Ledger


def own_replay(ledger: Ledger) -> str:
    """What the replays say, in plain words.

    Raises:
        EutecticError: the frozen knowledge cannot be turned into terms any more.
        ArithmeticError: a surrogate cannot be fitted.
    """
    from eutectic.agents.graph.claims import FrozenClaims
    from eutectic.agents.graph.knowing_arrays import arrays_of
    from eutectic.agents.knowledge_freeze import FrozenTables, terms_of
    from eutectic.tools.own_replay import replay_own

    spec = ledger.spec
    claims = FrozenClaims.model_validate(ledger.claims).claims if ledger.claims is not None else ()
    tables = FrozenTables.model_validate(ledger.knowing.get("r00/knowledge", {})).tables
    terms, _ = terms_of(spec, claims, tables)
    objective = next(o for o in spec.optimized)
    own = [term for term in terms if term.property == objective.property]
    arrays = arrays_of(spec, list(ledger.view.training()), objective, own)
    found = None
    if arrays is not None and objective.direction != "target":
        sign = 1.0 if objective.direction == "maximize" else -1.0
        found = replay_own(
            arrays.features, sign * arrays.values, sign * arrays.known, sign * arrays.placebos[0], arrays.slopes
        )
    if found is None:
        return "The trials are too few, or the objective is a target, for shadow campaigns on them."
    saved, low, high = found.saved
    return (
        f"Shadow campaigns on the {found.trials} trials that were made, {found.replays} of each arm with other starts: "
        f"to come within 5 % of the best {objective.property} measured took {found.random:.1f} trials in random order, "
        f"{found.plain:.1f} with the surrogate alone, {found.knowledge:.1f} with knowledge and {found.shuffled:.1f} "
        f"with shuffled knowledge. Knowledge saved {saved:+.1f} [95 %: {low:+.1f}, {high:+.1f}] trials against the "
        "surrogate alone. The trials were chosen with knowledge, which favours it; recipes that no arm measured "
        "cannot be counted."
    )
