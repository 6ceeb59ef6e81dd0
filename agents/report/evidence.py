"""The evidence section: every quote a campaign rests on, numbered, with a picture of it marked on its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from eutectic.agents.graph.claims import FrozenClaims
from eutectic.agents.report.blocks import Proof, Proofs, Section, Text
from eutectic.agents.report.ledger import Ledger
from eutectic.core.trial import Quote

if TYPE_CHECKING:
    from eutectic.knowledge.picture import PagePicture

Place = tuple[str, int, str]
"""Document, page and words."""
_MOST = 150
_MOST_PICTURES = 40
"""Quotes shown and pages drawn; each picture is some tens of kilobytes."""
_WIDTH = 900


def evidence_marks(ledger: Ledger) -> dict[Place, str]:
    """The mark, such as `[E3]`, of each quote that was found on its page; trials' first, then claims', then others."""
    found: dict[Place, str] = {}
    for place in _places(ledger):
        found.setdefault(place, f"[E{len(found) + 1}]")
    return found


def mark(marks: dict[Place, str], place: Place) -> str:
    """The mark of a quote with a space before it; empty where it has none."""
    return f" {marks[place]}" if place in marks else ""


def evidence_section(ledger: Ledger) -> Section | None:
    """Every numbered quote with its page; nothing where the campaign rests on none."""
    marks = evidence_marks(ledger)
    if not marks:
        return None
    users = _users(ledger)
    pictures, why = _pictures(ledger, list(marks))
    items = tuple(
        Proof(
            id=name.strip("[]"),
            text=text,
            place=f"{document}, page {page}",
            used=", ".join(users.get((document, page, text), ())),
            picture=picture.uri if (picture := pictures.get((document, page, text))) is not None else "",
            missing=why or "the file it was read from is gone, was changed or is no PDF",
        )
        for (document, page, text), name in list(marks.items())[:_MOST]
    )
    lead = "Each quote was found word for word on the page it names; open a page to see it marked there."
    return Section("evidence", "Evidence", (Text(lead), Proofs(items)))


def _places(ledger: Ledger) -> Iterator[Place]:
    for trial in ledger.view.trials.values():
        yield from ((quote.document, quote.page, quote.text) for quote in trial.evidence)
    yield from ((quote.document, quote.page, quote.text) for _, quote in _claimed(ledger))
    for entry in ledger.answers("designer", "choose"):
        for item in entry.context.get("evidence") or ():
            yield str(item.get("document")), int(item.get("page", 0)), str(item.get("text"))


def _claimed(ledger: Ledger) -> Iterator[tuple[str, Quote]]:
    from eutectic.knowledge.claim_words import claim_words

    if ledger.claims is not None:
        for claim in FrozenClaims.model_validate(ledger.claims).claims:
            yield from ((claim_words(claim), quote) for quote in claim.evidence)


def _users(ledger: Ledger) -> dict[Place, list[str]]:
    """By quote: the trials and claims that rest on it."""
    found: dict[Place, list[str]] = {}
    for trial in ledger.view.trials.values():
        for quote in trial.evidence:
            found.setdefault((quote.document, quote.page, quote.text), []).append(trial.id)
    for words, quote in _claimed(ledger):
        found.setdefault((quote.document, quote.page, quote.text), []).append(f"claim: {words}")
    return {place: list(dict.fromkeys(names)) for place, names in found.items()}


def _pictures(ledger: Ledger, places: list[Place]) -> tuple[dict[Place, PagePicture], str]:
    """The part of the page around each quote with it marked, and why there are none at all."""
    from eutectic.agents.web.evidence import strips
    from eutectic.core.errors import EutecticError
    from eutectic.core.settings import load_settings
    from eutectic.knowledge.library import open_library

    folder = Path(ledger.spec.library) if ledger.spec.library else None
    if folder is None or not (folder / "library.db").exists():
        return {}, "the library it was read from is not at hand"
    wanted = places[:_MOST_PICTURES]
    try:
        with open_library(folder, load_settings()) as library:
            drawn = strips(library, [(document, page, (text,)) for document, page, text in wanted], _WIDTH)
    except EutecticError as error:
        return {}, f"the library cannot be read: {error}"
    return {place: picture for place, picture in zip(wanted, drawn, strict=True) if picture is not None}, ""
