"""Search tokens: stems, numbers and Chinese pairs, and elements, formulas, systems, properties and quantities."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from eutectic.core.elements import elements, is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.knowledge.chinese import RUN, element_tokens, is_chinese, pair_tokens
from eutectic.knowledge.concepts import property_tokens
from eutectic.knowledge.families import find_families, tokens_of
from eutectic.knowledge.measures import measure_tokens
from eutectic.knowledge.normalise import PLAIN_DASHES

_PIECE = re.compile(rf"\d+(?:\.\d+)?(?![^\W_{RUN}])|[{RUN}]+|[^\W_{RUN}]+")
_FORMULA = re.compile(r"(?<![\w.])[A-Z(\[][A-Za-z0-9.()\[\]]*[A-Za-z0-9)\]](?![\w])", re.ASCII)
_SPACED = re.compile(r"(?<![\w.])(?:[A-Z][a-z]? ?\d{1,2}(?:\.\d+)? ?){2,}(?![\w.])", re.ASCII)
_TYPED = re.compile(r"(?<=[A-Za-z)\]])_\{?(\d+(?:\.\d+)?)\}?")
"""Subscripts as they are typed: `Fe_{85}B_{15}`."""
_SYSTEM = re.compile(r"(?<![\w-])[A-Z][a-z]?(?:[-/·][A-Z][a-z]?)+(?![\w\u0370-\u03ff-])", re.ASCII)
_SYMBOL = re.compile(r"(?<![\w-])[A-Z][a-z]?(?![\w])(?!\s?-?\s?K\s?(?:α|β|alpha|beta))", re.ASCII)
_WORDY_SYMBOLS = "I In As At He Be No Am Os U A V Y K C B F P S N O H W La Pa Ho Ne Re Es Po Th Mo Ar Er Ac Cs"
_WORDY = frozenset(_WORDY_SYMBOLS.split())
"""Symbols that are words, units or initials as often as elements: alone they count only inside a formula."""
_GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "χ": "chi",
    "ω": "omega",
    "∆": "delta",
    "η": "eta",
    "ρ": "rho",
}
_COMMON = (
    "a about above according across after again all also although am an and any are as at be because been before "
    "being below between both but by can could did do does doing down during each either for from further had has "
    "hardly have having he her here his how however i if in into is it its itself may me might more most much must my "
    "no nor not of off on once only or other our out over own per same shall she should so some such than that the "
    "their them then there these they this those through thus to too under until up upon very via was we were "
    "what when where whether which while who whom whose why will with within without would you your"
)
_NO_FORMULA = re.compile(r"(?!KOH|KCN|HCN)[A-Z]{3,}|H[VBK]\d*|HR[A-C]\d*")
"""Abbreviations whose letters are symbols of elements, and scales of hardness: LIB, PBE, HV1."""
TOKENISER = 9
"""Version of the tokens: an index of another one is built anew."""
_CITED = re.compile(r"(?<=[a-z]{3})[⁰¹²³⁴-⁹][⁰¹²³⁴-⁹,⁻–-]*")
"""The raised number of a reference behind a word."""
_POLYMER = re.compile(r"\b([Pp]oly)\(([a-z][a-z ]*)\)")
"""Polymers as chemists write them: poly(styrene)."""
_SPELLED = str.maketrans({letter: f" {name} " for letter, name in _GREEK.items()})
STOPWORDS = frozenset(_COMMON.split())
_MIXED = re.compile(r"(?=.*\d)(?=.*[a-z])")


def tokenise(text: str) -> list[str]:
    """Tokens of a text or a query, in order; the same spelling rules hold for both."""
    plain = _TYPED.sub(r"\1", unicodedata.normalize("NFKC", _CITED.sub(" ", text)).translate(PLAIN_DASHES))
    plain = _POLYMER.sub(r"\1\2", plain)
    return [*_chemical(plain), *_words(plain), *property_tokens(plain), *measure_tokens(text)]


@lru_cache(maxsize=16_384)
def tokens_in_order(text: str) -> tuple[str, ...]:
    """The tokens of a text, kept for the next time it is looked at."""
    return tuple(tokenise(text))


@lru_cache(maxsize=16_384)
def token_set(text: str) -> frozenset[str]:
    """The tokens of a text, each once."""
    return frozenset(tokens_in_order(text))


def is_exact_query(text: str) -> bool:
    """Whether a query holds a number, a formula or a code word, which exact matching serves better than meaning."""
    return any(
        token.startswith(("el:", "f:", "v:", "sys:")) or any(c.isdigit() for c in token) for token in tokenise(text)
    )


def content_tokens(text: str) -> set[str]:
    """The tokens of a question that carry its meaning, each fact once (a formula, not its elements too)."""
    found = set(tokenise(text))
    if any(token.startswith(("f:", "v:")) for token in found):
        found = {token for token in found if not token.startswith(("el:", "sys:"))}
    return {token for token in found if not token.startswith("sys:")}


def formula_words(text: str) -> frozenset[str]:
    """The plain words of a text that only spell a formula, which its formula token says better."""
    plain = _TYPED.sub(r"\1", unicodedata.normalize("NFKC", text).translate(PLAIN_DASHES))
    written = [match[0] for match in _FORMULA.finditer(plain)]
    written += [match[0] for match in _SPACED.finditer(plain) if " " in match[0].strip()]
    spelled = [piece for piece in written if any(token.startswith("f:") for token in _formula(piece.replace(" ", "")))]
    spelled += find_families(plain)
    return frozenset(word for piece in spelled for word in _words(piece))


def _words(plain: str) -> list[str]:
    spelled = plain.lower().translate(_SPELLED)
    found: list[str] = []
    for piece in _PIECE.findall(spelled):
        if is_chinese(piece[0]):
            found += pair_tokens(piece)
        elif piece not in STOPWORDS:
            found.append(piece if piece[0].isdigit() or _MIXED.match(piece) else stem(piece))
    return found


def _chemical(plain: str) -> list[str]:
    found: list[str] = []
    for match in _SYSTEM.finditer(plain):
        symbols = re.split(r"[-/·]", match[0])
        if all(is_element(symbol) for symbol in symbols):
            found += _system(set(symbols))
    for match in _FORMULA.finditer(plain):
        found += _formula(_balanced(match[0]))
    for family in find_families(plain):
        found += tokens_of(family)
    for match in _SPACED.finditer(plain):
        if " " in match[0].strip():
            found += _formula(match[0].replace(" ", ""))
    found += element_tokens(plain)
    found += [f"el:{m[0]}" for m in _SYMBOL.finditer(plain) if is_element(m[0]) and m[0] not in _WORDY]
    found += [f"el:{_names()[word]}" for word in re.findall(r"[a-z]{3,}", plain.lower()) if word in _names()]
    return found


def _balanced(text: str) -> str:
    """A formula without the bracket that closes or opens around it: `Fe80B20)` of `(such as Fe80B20)`."""
    if text.endswith((")", "]")) and text.count(")") + text.count("]") > text.count("(") + text.count("["):
        return text[:-1]
    if text.startswith(("(", "[")) and text.count("(") + text.count("[") > text.count(")") + text.count("]"):
        return text[1:]
    return text


@cache
def _formula(text: str) -> tuple[str, ...]:
    """Tokens of a chemical formula; none for a word that is not one."""
    if not any(c.isdigit() for c in text) and not re.search(r"[A-Z].*[A-Z]", text):
        return ()
    if _NO_FORMULA.fullmatch(text):
        return ()
    try:
        amounts = parse_formula(text)
    except BadInput:
        return ()
    if len(amounts) < 2:
        return tuple(f"el:{symbol}" for symbol in amounts if text not in _WORDY)
    total = sum(amounts.values())
    written = "".join(f"{symbol}{round(100 * amounts[symbol] / total, 1):g}" for symbol in sorted(amounts))
    return (f"f:{written}", *_system(set(amounts)))


def _system(symbols: set[str]) -> tuple[str, ...]:
    ordered = sorted(symbols)
    return (f"sys:{'-'.join(ordered)}", *(f"el:{symbol}" for symbol in ordered))


@cache
def _names() -> dict[str, str]:
    return {entry.name.lower(): symbol for symbol, entry in elements().items()} | {"aluminum": "Al", "sulphur": "S"}


_APART = {"composite": "composite", "composites": "composite"}
"""Words that the stemmer would take for another: a composite is no composition."""


@cache
def stem(word: str) -> str:
    """The stem of an English word in small letters."""
    return _APART.get(word) or str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
