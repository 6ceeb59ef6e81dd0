"""How a question asks: the noun or verb it asks for, the kind of answer it wants, and how such an answer shows."""

from __future__ import annotations

import re

from eutectic.knowledge.chinese import asked as asked_in_chinese
from eutectic.knowledge.concepts import property_tokens
from eutectic.knowledge.tokens import stem, token_set

_BE = r"(?:is|are|was|were|be|does|do|did|has|have|had|can|could|may|must|will|should)"
_STOP = (
    rf"(?=\s+(?:of|{_BE}|for|in|on|at|from|with|that|to|by|between|versus|against|under|after|during|when|if|"
    r"makes?|made|gives?|gave|shows?|goes|belongs?|before|than|"
    r"[a-z]+(?:ed|s) (?:the|an?|by|in|for|at|from|to|with|as|how|that|into)|looked|led)\b|[?,]|$)"
)
_NOUN = re.compile(
    rf"\b(?:what|which)\s+(?:{_BE}\s+)?(?:(?:the|an?)\s+)?(?:(?:kinds?|types?|sorts?)\s+of\s+)?(.+?){_STOP}",
    re.IGNORECASE,
)
_SIZE = re.compile(
    rf"\bhow\s+(?:large|high|low|big|strong|great|small|much|many)\s+(?:is|are|was|were)\s+(?:(?:the|an?)\s+)?(.+?){_STOP}",
    re.IGNORECASE,
)
_AMOUNT = re.compile(rf"\bhow\s+(?:much|many)\s+(?!{_BE}\b)(?:of\s+)?(?:the\s+)?(.+?){_STOP}", re.IGNORECASE)
_VERB = re.compile(
    r"\bhow\s+(?:much|well|quickly|fast|slowly|badly|easily|strongly|rapidly)\s+(?:does|do|did|can|could)\s+.+?\s"
    r"([a-z]{4,})(?=\s+(?:at|in|for|under|with|on|from|when|during|to|above|below)\b|[?,]|$)",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    rf"\b(?:what|which)\s+(?:value|level|number|extent|degree)s?\s+{_BE}\s+(?:(?:the|an?)\s+)?(.+?){_STOP}",
    re.IGNORECASE,
)
_EXTENT = re.compile(
    rf"\bhow\s+(?:wide|long|thick|deep|hot|narrow|broad|dense|pure|stable)\s+{_BE}\s+(?:(?:the|an?)\s+)?(.+?){_STOP}",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(rf"\bhow\s+([a-z]{{3,}})\s+{_BE}\b", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    r"\b(?:what|which)\s+(?:of\s+the\s+)?(?:[\w-]+\s+){1,4}?(?:has|have|had|shows?|showed|exhibits?|exhibited|gives?|gave|"
    r"reach(?:es|ed)?|displays?|displayed|possess(?:es|ed)?|provides?|provided|offers?|offered|yields?|yielded|"
    r"achieve[sd]?|delivers?|delivered)\s+(?:the\s+)?(?:\w+est|best|worst|maximum|minimum|maximal|minimal|most|least|"
    rf"optimum|optimal)\s+(.+?){_STOP}",
    re.IGNORECASE,
)
"""Questions for the one of a class that has most or least of a property: what is asked of it is that property."""
_SUPERLATIVE_CHINESE = re.compile(r"(?:哪[一种个些]*|什么).{0,8}?的(.+?)最[高低大小长短强弱]")
_CAUSE = re.compile(
    r"^As (?!(?:an?|for|well|can|it|shown|seen|illustrated|described|mentioned|discussed|expected|summari[sz]ed|"
    r"compared|listed|depicted|indicated|reported|opposed|already|noted|given|presented|displayed|stated)\b)[^,]+,|"
    r"\bmakes? (?:them|it|this|these|those)\b|"
    r"\b(?:because|due to|owing to|since|thus|hence|therefore|thereby|so that|in order to|as a (?:result|consequence)|"
    r"attributed|attribute|caus(?:e|es|ed|ing)|leads? to|led to|result(?:s|ed|ing)? (?:in|from|by)|results?|reasons?|"
    r"originat\w+|consequen\w+|prevent\w*|hinder\w*|hamper\w*|driv(?:en|es|ing)|ascribed|explain\w*|avoid\w*|"
    r"limit\w*|restrict\w*|enabl\w+|allow\w*|necessary|requir\w+|"
    r"to (?:ensure|enable|increase|reduce|improve|enhance|minimize|distinguish|eliminate))\b|"
    r"由于|因为|因此|所以|导致|从而|引起|造成|归因|使得",
    re.IGNORECASE,
)
_DEFINING = re.compile(
    r"\b(?:is|are|was|were) (?:defined|denoted|called|known|termed|a|an|the)\b|\brefers? to\b|\bmeans?\b|"
    r"\bstands? for\b|\brepresents?\b|\bdenot\w+|\b(?:consist|compos|made up)\w*\b|\(\w[\w\s,&-]{6,}\)|\bi\.e\.|"
    r"是指|定义为|称为|表示",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?<=[a-z\d,;:)] )\(?([A-Z][a-zé]{2,})\b|\b([A-Z]{2,4})(?= (?:is|was|has|[a-z]+ed)\b)|"
    r"\b([A-Z][a-zé]+)(?= et al\b| and [A-Z]|['’]s\b)|((?:[A-Z]\. ?)+[A-Z][a-z]+)"
)
_NOBODY = frozenset(
    [
        "Fig",
        "Figs",
        "Figure",
        "Figures",
        "Table",
        "Tables",
        "Scheme",
        "Ref",
        "Refs",
        "Section",
        "Eq",
        "Equation",
        "Appendix",
    ]
)
_ABBREVIATION = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\w*\b|\b[A-Z]{2,}\b")
_SAID_IN_FULL = re.compile(r"\bstands? for\b|\babbreviation|\bacronym|\bshort for\b", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(
    r"\b(?:error|accuracy|precision|ratio|factor|index|exponent|number|coefficient|score|R2|pH)$", re.IGNORECASE
)
DEFINERS = frozenset(
    stem(word)
    for word in ["abbreviation", "acronym", "stand", "stands", "mean", "meant", "meaning", "definition", "define"]
)
"""What a question for a definition says of itself, which no definition repeats."""
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(patterns), re.IGNORECASE))
    for kind, patterns in (
        (
            "cause",
            (r"^\W*(?:why|how come|for (?:what|which) reasons?)\b", r"\bwhat (?:causes?|caused|is the reason)\b",
             "为什么|为何|原因"),
        ),
        (
            "year",
            (r"\b(?:which|what) year\b",
             r"^\W*when (?:was|were|did|has) .*\b(?:publish|report|receiv|accept|submit|found|invent|first|discover|"
             r"commerciali|launch|release)",
             "哪一年|何时|哪年"),
        ),
        ("person", (r"^\W*who(?:se|m)?\b", "谁")),
        (
            "definition",
            (r"\bstands? for\b", r"\bwhat (?:does|do) .+ mean\b", r"\bmeant by\b", r"\bdefin(?:ed|ition)\b",
             r"\babbreviation\b", r"\bacronym\b", "是指|指什么|什么意思|定义"),
        ),
    )
)  # fmt: skip


def asked_phrase(text: str) -> str:
    """The noun phrase, or the verb or adjective of a `how` question, that is asked for; empty where hidden."""
    if (match := _EXTENT.search(text)) and property_tokens(match[1]):
        return match[1]
    if said := superlative_of(text):
        return said
    for pattern in (_SIZE, _AMOUNT, _VERB, _ADJECTIVE, _GENERAL, _NOUN):
        if match := pattern.search(text):
            return match[1]
    return asked_in_chinese(text)


def superlative_of(text: str) -> str:
    """The property of which a question asks who has most or least; empty where it asks no such thing."""
    match = _SUPERLATIVE.search(text) or _SUPERLATIVE_CHINESE.search(text)
    return match[1] if match is not None and property_tokens(match[1]) else ""


def kind_of(text: str) -> str:
    """`formula`, `cause`, `year`, `person`, `definition`, `number`, or empty where anything may answer."""
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    if re.search(r"\bhow many\b", text, re.IGNORECASE):
        return "number"
    if re.search(r"\bcompositions?\b|\bformula\b|成分|化学式", asked_phrase(text) or text, re.IGNORECASE):
        return "formula"
    if _PLAIN_NUMBER.search(asked_phrase(text)) or re.search(
        r"\bhow (?:much|many|far|often)\b|\bby (?:how much|which factor|what factor)\b|多少|几", text, re.IGNORECASE
    ):
        return "number"
    return ""


def answers_in_words(kind: str, words: str, question: str) -> bool:
    """Whether words hold an answer of a kind that shows in them: a cause, a definition or a person."""
    if kind == "cause":
        return bool(_CAUSE.search(words))
    if kind == "definition":
        short = _ABBREVIATION.findall(question)
        if short and any(_is_expanded(name, words) for name in short):
            return True
        return not (short and _SAID_IN_FULL.search(question)) and bool(_DEFINING.search(words))
    named = token_set(question)
    found = {next(filter(None, match.groups())) for match in _PERSON.finditer(words)} - _NOBODY
    return any(not token_set(name) <= named and not _is_chemical(name) for name in found)


def _is_chemical(name: str) -> bool:
    return any(token.startswith(("f:", "el:")) for token in token_set(name))


def _is_expanded(name: str, words: str) -> bool:
    """Whether an abbreviation stands in brackets behind the words it shortens, or before them in brackets."""
    letters = [letter.lower() for letter in name if letter.isupper()]
    if re.search(
        rf"\b{re.escape(name)}\b\W{{0,3}}(?:stands? for|means|denotes?|is short for|is the abbreviation)", words
    ):
        return True
    for match in re.finditer(rf"\b{re.escape(name)}s?\b", words):
        behind = re.match(r"\s*[(\[:=,]\s*(?:i\.e\.,?\s*)?([^)\]]{4,})", words[match.end() :])
        before = re.search(r"([^(]{4,120})\(\s*$", words[: match.start()])
        if (behind and _has_initials(letters, behind[1])) or (before and _has_initials(letters, before[1])):
            return True
    return False


def _has_initials(letters: list[str], words: str) -> bool:
    """Whether the letters begin words, in their order and close together."""
    initials = [word[0].lower() for word in re.findall(r"[A-Za-z]+", words)]
    for start in range(len(initials)):
        rest = iter(initials[start : start + 2 * len(letters)])
        if all(letter in rest for letter in letters):
            return True
    return False
