"""The section on knowledge: what papers, people, physics and earlier campaigns said, and what it added so far."""

from __future__ import annotations

from eutectic.agents.report.blocks import Block, Bullets, Section, Table, Text, Tone
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import Results
from eutectic.core.errors import EutecticError

_TITLE = "What knowledge added"
_VERDICTS = {"use": "not refuted", "trust": "trusted", "drop": "set aside"}
_TONES: dict[str, Tone] = {"helps": "good", "hurts": "bad"}


def knowledge_section(ledger: Ledger, results: Results) -> Section | None:
    """The sources with their weights, the meter and the counterfactuals; None for a campaign without knowledge."""
    terms = ledger.knowing.get("r00/terms")
    if terms is None:
        return None
    meters = sorted(slot for slot in ledger.knowing if slot.endswith("/meter"))
    last = ledger.knowing[max(meters, key=_round)] if meters else None
    blocks: list[Block] = []
    for words, reading in zip(last["words"], last["readings"], strict=True) if last else ():
        blocks.append(Text(words, _TONES.get(str(reading["verdict"]), "")))
    if not terms["used"] and not (last and last["sources"]):
        yet = "yet" if any(name == "images" for name, _ in terms["unused"]) else "about this space"
        blocks.append(Text(f"No source says anything {yet}, so the surrogate works alone.", "muted"))
    else:
        blocks += [_replays(ledger), _sources(terms, last)]
    unused = [item for item in terms["unused"] if item[0] != "images" or not ledger.images]
    if unused:
        blocks.append(Bullets(tuple(f"{name}: {why}" for name, why in unused), "Says nothing here"))
    return Section("knowledge", _TITLE, tuple(blocks))


def _round(slot: str) -> int:
    return int(slot.split("/")[0][1:])


def _sources(terms: dict[str, object], last: dict[str, object] | None) -> Table:
    standing = {item["name"]: item for item in (last["sources"] if last else ())}  # type: ignore[attr-defined]
    rows = []
    frozen = {line["name"]: line for line in terms["used"]}  # type: ignore[attr-defined]
    grown = {
        name: {"name": name, "about": now["about"], "slope": now["prior"]}
        for name, now in standing.items()
        if name not in frozen
    }
    for line in (*frozen.values(), *grown.values()):
        now = standing.get(line["name"])
        rows.append(
            (
                str(line["name"]),
                str(line["about"]),
                f"{line['slope'][0]:.2f} ± {line['slope'][1]:.2f}",
                f"{now['slope'][0]:.2f} ± {now['slope'][1]:.2f}" if now else "-",
                f"{now['sign_chance']:.0%}" if now and line["slope"][0] else "-",
                f"{2.718281828 ** now['log_evidence']:.2g}" if now else "-",
                _VERDICTS[now["verdict"]] if now else "not refuted",
            )
        )
    head = ("source", "rests on", "weight before", "weight now", "direction right", "evidence ratio", "standing")
    caption = (
        "Weights are slopes in standard deviations of the property per standard deviation of the source's score (± one "
        "standard deviation). A source is set aside when its direction is right with less than 20 % or the evidence "
        "ratio with against without it falls below 1/3; above 3 it is trusted and the plain control ends. "
        "How much all of them together count in what is measured next goes by how well they foretell the better half "
        "of the values; the notes of each batch say it. With several objectives, limits or a target a source waits "
        "until it has foretold them."
    )
    return Table(head, tuple(rows), caption, frozenset({2, 3, 4, 5}))


def _replays(ledger: Ledger) -> Block:
    """How soon other arms would have come to the best of the trials that were made."""
    try:
        from eutectic.agents.report.knowing_replay import own_replay

        return Text(own_replay(ledger))
    except (EutecticError, ValueError, ArithmeticError, RuntimeError) as error:
        return Text(f"The campaign's trials could not be replayed: {str(error)[:200]}", "muted")
