"""The provenance section: seed, versions, the notebook's head and chain, and the spec as it was."""

from __future__ import annotations

from typing import Any

from eutectic.agents.report.blocks import Block, Bullets, Code, Section, Table, Text
from eutectic.agents.report.ledger import Ledger

_MOST_NOTES = 100


def provenance_section(ledger: Ledger) -> Section:
    """Where everything in the report comes from."""
    events = sum(ledger.kinds.values())
    chain = (
        "verified: no event was changed, removed or put elsewhere"
        if not ledger.chain
        else f"BROKEN: {ledger.chain}. Do not rely on this report."
    )
    mind = ledger.spec.mind.kind
    rows = [
        ("campaign", ledger.id),
        ("seed", str(ledger.spec.seed)),
        ("opened", ledger.first_at),
        ("last event", ledger.last_at),
        ("events", str(events)),
        ("notebook head", ledger.head),
        ("hash chain", chain),
        ("lab", f"{ledger.spec.lab.kind}{' (simulated)' if ledger.is_simulated else ''}"),
        ("mind asked for", str(ledger.opening.get("mind") or mind)),
        ("replay of", str(ledger.opening.get("replay_of") or "-")),
        *(("version of " + name, str(version)) for name, version in _versions(ledger.opening)),
    ]
    blocks: list[Block] = [Table(("what", "value"), tuple(rows))]
    if ledger.chain:
        blocks.insert(0, Text(f"The notebook's hash chain does not hold: {ledger.chain}", "bad"))
    if ledger.notes:
        shown = tuple(f"{level}: {text}" for _, level, text in ledger.notes[-_MOST_NOTES:])
        blocks.append(Bullets(shown, "Notes in the notebook"))
    blocks.append(Code(spec_yaml(ledger), fold="The spec"))
    return Section("provenance", "Provenance", tuple(blocks))


def _versions(opening: dict[str, Any]) -> list[tuple[str, Any]]:
    versions = opening.get("versions")
    return sorted(versions.items()) if isinstance(versions, dict) else []


def spec_yaml(ledger: Ledger) -> str:
    """The spec in YAML, without what stands at its default."""
    import yaml

    plain = ledger.spec.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
