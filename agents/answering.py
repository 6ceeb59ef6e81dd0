"""Answers to questions of people: the rules' own, or a model's where one is set up and every sentence passes checks."""

from __future__ import annotations

from eutectic.agents.decisions.answering import AnswerContext, SentenceQuote, WrittenAnswer, WrittenSentence
from eutectic.agents.decisions.common import PassageLine
from eutectic.core.decision import Answer, Decision, Mind
from eutectic.core.evidence import Filters
from eutectic.core.objective import Objective
from eutectic.core.record import sha256
from eutectic.core.settings import Settings, load_settings
from eutectic.core.space import ComponentRange, SearchSpace
from eutectic.core.spec import Budget, CampaignSpec, MindSpec
from eutectic.core.trial import Quote
from eutectic.knowledge.ask import AnsweredSentence, Reply
from eutectic.knowledge.claimed import unsupported_numbers
from eutectic.knowledge.library import Library

_PASSAGES = 8
"""Passages a model reads; more would only dilute them."""
_CALLS = 4
"""Calls of a model for one answer, with its repairs."""


def answer_question(
    library: Library,
    question: str,
    filters: Filters | None = None,
    mind: Mind | None = None,
    settings: Settings | None = None,
) -> Reply:
    """Answer a question from the library.

    Args:
        library: Where the passages are.
        question: In plain words.
        filters: What the search is confined to.
        mind: Who writes; without one the model of the settings, and the rules where none is set up.
        settings: Those to look for a model in; the environment's where none are given.

    Returns:
        A reply whose every quote stands on the page it names and whose every number stands in its quotes.
    """
    extracted = library.ask(question, filters)
    writer = mind or _model(settings or load_settings())
    if writer is None or not extracted.passages:
        return extracted
    context = _context(extracted)
    slot = f"library/analyst/answer/{sha256({'question': question})[:12]}"
    answer = writer.decide(Decision("analyst", "answer", slot, context, WrittenAnswer))
    if answer.mind == "rules":
        note = f"the model gave no answer, so the rules did: {answer.fallback}" if answer.fallback else ""
        return extracted.model_copy(update={"notes": (*extracted.notes, *([note] if note else []))})
    return _checked(library, extracted, answer)


def _checked(library: Library, extracted: Reply, answer: Answer[WrittenAnswer]) -> Reply:
    """A model's answer with what does not pass the checks left out; the rules' own where nothing is left."""
    by = answer.model or answer.mind
    if not answer.value.answered:
        reason = f"not in the library: {answer.value.note or 'the passages do not answer it'}"
        return extracted.model_copy(
            update={"answered": False, "sentences": (), "conflicts": (), "by": by, "reason": reason}
        )
    pages = {passage.id: passage for passage in extracted.passages}
    kept: list[AnsweredSentence] = []
    dropped: list[str] = []
    for sentence in answer.value.sentences:
        quotes = []
        for item in sentence.quotes:
            source = pages.get(item.passage)
            words = library.quote(source.document, source.page, item.quote) if source is not None else None
            if source is not None and words is not None:
                quotes.append(Quote(document=source.document, page=source.page, text=item.quote, title=source.title))
        missing = unsupported_numbers(sentence.text, [quote.text for quote in quotes])
        if not quotes or len(quotes) < len(sentence.quotes):
            dropped.append(f"left out, its quote does not stand on its page: {sentence.text[:160]}")
        elif missing:
            dropped.append(f"left out, {', '.join(missing)} is in none of its quotes: {sentence.text[:160]}")
        else:
            kept.append(AnsweredSentence(text=sentence.text, quotes=tuple(quotes)))
    if not kept:
        note = f"nothing {by} wrote passed the checks, so the rules answered"
        return extracted.model_copy(update={"notes": (*extracted.notes, note, *dropped)})
    return extracted.model_copy(
        update={
            "answered": True,
            "sentences": tuple(kept),
            "by": by,
            "reason": "",
            "notes": (*extracted.notes, *dropped),
        }
    )


def _context(extracted: Reply) -> AnswerContext:
    passages = extracted.passages[:_PASSAGES]
    by_place = {(passage.document, passage.page): passage.id for passage in reversed(passages)}
    sentences = []
    for sentence in extracted.sentences:
        quotes = tuple(
            SentenceQuote(passage=by_place.get((quote.document, quote.page), ""), quote=quote.text[:1_000])
            for quote in sentence.quotes
        )
        sentences.append(WrittenSentence(text=sentence.text[:1_000], quotes=quotes))
    return AnswerContext(
        question=extracted.question,
        passages=tuple(PassageLine(id=p.id, document=p.document, page=p.page, text=p.text) for p in passages),
        extracted=tuple(sentences),
        conflicts=extracted.conflicts,
    )


def _model(settings: Settings) -> Mind | None:
    """The model of the settings with the rules behind it; None where none is set up."""
    from eutectic.agents.minds import open_mind
    from eutectic.core.notebook.view import Spent

    mind = open_mind(_spec(), settings, Spent)
    return None if mind.name == "rules" else mind


def _spec() -> CampaignSpec:
    """A campaign in name only: the minds take their caps from one."""
    return CampaignSpec(
        name="library",
        goal="answer a question from the library",
        space=SearchSpace(components=(ComponentRange(name="Fe"), ComponentRange(name="B"))),
        objectives=(Objective(property="none", unit="1", direction="maximize"),),
        budget=Budget(experiments=1, model_calls=_CALLS),
        mind=MindSpec(kind="auto"),
    )
