"""The page: the blocks of a report as one self-contained HTML file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from eutectic.agents.report.blocks import Block, Proof, Proofs, Section

_LINKED = re.compile(r"\br\d{1,6}-s\d{1,3}\b|\[E\d{1,3}\]")
"""A trial or a piece of evidence."""


def render_page(title: str, banner: str, goal: str, sections: Sequence[Section], trials: set[str]) -> str:
    """The whole report as HTML; every text from a document, a model or a person is escaped.

    Args:
        title: The finding, in one line.
        banner: What must be seen first, such as that the data are simulated; empty where nothing must.
        goal: The wish in the user's words.
        sections: What to show.
        trials: Ids of trials with a row in the data table, which other mentions link to.
    """
    style, script = _resource("report.css"), _resource("report.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

    proofs = {f"[{proof.id}]" for part in sections for block in part.blocks for proof in _proofs(block)}

    def linked(text: str) -> Markup:
        def link(match: re.Match[str]) -> str:
            is_known = match[0] in trials or match[0] in proofs
            return f'<a href="#{match[0].strip("[]")}">{match[0]}</a>' if is_known else match[0]

        return Markup(_LINKED.sub(link, str(escape(text))))

    environment.filters["linked"] = linked
    environment.filters["kind"] = lambda block: type(block).__name__
    return environment.from_string(_resource("report.html.j2")).render(
        title=title,
        banner=banner,
        goal=goal,
        sections=sections,
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        markup=Markup,
    )


def _proofs(block: Block) -> tuple[Proof, ...]:
    return block.items if isinstance(block, Proofs) else ()


@cache
def _resource(name: str) -> str:
    return files("eutectic.agents.report").joinpath(name).read_text(encoding="utf-8")
