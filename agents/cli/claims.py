"""The command on claims: what the library states, or how a campaign's claims stand against its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eutectic.agents.cli.options import RUNS, Json, Out, print_json
from eutectic.agents.cli.records import Library
from eutectic.core.errors import BadInput

if TYPE_CHECKING:
    from eutectic.core.claim import Claim
    from eutectic.knowledge.claim_ledger import ClaimStanding


def add(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("claims", short_help="List claims of the library, or how a campaign's claims stand.")(claims)


def claims(
    campaign: Annotated[str | None, typer.Argument(metavar="[ID]", help="A campaign; the library without.")] = None,
    out: Out = RUNS,
    library: Library = None,
    property: Annotated[str, typer.Option("--property", help="Only claims on this property, by any name.")] = "",
    save: Annotated[Path | None, typer.Option("--save", help="Write them as a claims file (YAML or JSON).")] = None,
    check: Annotated[Path | None, typer.Option("--check", help="Check a claims file and list what it says.")] = None,
    as_json: Json = False,
) -> int:
    """List testable statements with quote, page and trust; for a campaign with the verdict of its own data."""
    from eutectic.knowledge.claim_file import load_claims, save_claims
    from eutectic.knowledge.properties import same_property

    if campaign is not None:
        return _show_standings(out, campaign, as_json)
    found = list(load_claims(check)) if check is not None else library_claims(library)
    found = [claim for claim in found if not property or same_property(property, claim.property)]
    if save is not None:
        save_claims(save, found)
        typer.echo(f"{len(found)} claims written to {save}")
    elif as_json:
        print_json([claim.model_dump(mode="json") | {"id": claim.id} for claim in found])
    else:
        typer.echo(claims_text(found))
    return 0


def library_claims(library: Path | None) -> list[Claim]:
    """The claims of the library of a folder.

    Raises:
        BadInput: there is no document in it.
    """
    from eutectic.core.settings import home, load_settings
    from eutectic.knowledge.library import open_library

    folder = library or home() / "library"
    if not folder.exists():
        raise BadInput("there is no document in the library", where=str(folder), mend="eutectic ingest PATH")
    with open_library(folder, load_settings()) as opened:
        if not opened.documents():
            raise BadInput("there is no document in the library", where=str(folder), mend="eutectic ingest PATH")
        return opened.claims()


def claims_text(found: list[Claim]) -> str:
    """Claims in lines with what they rest on."""
    from eutectic.knowledge.claim_words import claim_words

    lines = []
    for claim in found:
        lines.append(f"{claim_words(claim)} [trust {claim.trust:.2f}, {claim.origin}: {claim.author}]")
        lines += [f'    {quote.document}, page {quote.page}: "{quote.text}"' for quote in claim.evidence]
        lines += [f"    note: {claim.note}"] if claim.note else []
    return "\n".join([*lines, f"{len(found)} claims"])


def _show_standings(out: Path, campaign: str, as_json: bool) -> int:
    from eutectic.agents.campaign import find_campaign
    from eutectic.agents.graph.claims import FrozenClaims, own
    from eutectic.agents.report.ledger import read_ledger
    from eutectic.core.settings import load_settings
    from eutectic.knowledge.claim_ledger import ledger

    url = load_settings().database_url
    book = read_ledger(find_campaign(out, campaign), None if url is None else url.get_secret_value())
    if book.claims is None:
        raise BadInput(
            f"campaign {campaign!r} has no claims", mend="give it a library, or knowledge.claims in its spec"
        )
    frozen = FrozenClaims.model_validate(book.claims)
    standings = ledger(frozen.claims, own(list(book.view.training())), book.spec.objectives, book.spec.space.process)
    if as_json:
        print_json({"frozen": frozen.frozen, "claims": [item.model_dump(mode="json") for item in standings]})
    else:
        typer.echo(standings_text(frozen.frozen, standings))
    return 0


def standings_text(frozen: str, standings: list[ClaimStanding]) -> str:
    """How claims stand, in lines."""
    from eutectic.knowledge.claim_words import claim_words

    lines = [f"{len(standings)} claims, frozen on {frozen} before the first experiment"]
    for item in standings:
        lines.append(f"{item.verdict:<10}{claim_words(item.claim)}: {item.statistic}")
        lines.append(f"          trust {item.trust_before:.2f} -> {item.trust_after:.2f} ({item.source})")
        lines += [f'          {q.document}, page {q.page}: "{q.text}"' for q in item.claim.evidence[:2]]
    return "\n".join(lines)
