"""Formulas in running text: found by scanning, with variables such as `x` kept open until a value is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from eutectic.core.composition import Composition
from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.knowledge.formula_words import BINARIES, IONS, RADIOACTIVE

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉−–‐₋", "0123456789----")
_VARIABLES = "xyzδ"
_TERM = re.compile(
    rf"(?:(?P<sign>[+-])\s?)?(?P<number>\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?|\.\d+)?"
    rf"(?P<variable>[{_VARIABLES}](?![a-z\d]))?"
)
_CODE = re.compile(r"[A-Z]{2,}\d*")
_SEVERAL = 4
_GLASS_FORMERS = frozenset(("B", "C", "N", "O", "Si", "P", "S"))
"""Of which no compound holds two in equal amounts with two or more other elements."""
_LETTER_COMPOUND = re.compile(r"[BCHKNPSVWY](?:O[2-4]|S[23]|F[2-6]|H[2-4])")


class Formula(NamedTuple):
    """A formula found in a text; amounts that hold a variable are kept open."""

    text: str
    """As written."""
    start: int
    end: int
    tokens: tuple[str | tuple[tuple[float, str], ...], ...]
    """Pieces of formula text, and open amounts as (coefficient, variable or nothing) sums."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The open variables, in order; an unspecified deficit δ does not count."""
        found = [
            name for token in self.tokens if not isinstance(token, str) for _, name in token if name not in ("", "δ")
        ]
        return tuple(dict.fromkeys(found))

    @property
    def elements(self) -> tuple[str, ...]:
        """Its elements in order."""
        names = [token for token in self.tokens if isinstance(token, str) and is_element(token)]
        return tuple(dict.fromkeys(names))

    def with_values(self, values: Mapping[str, float]) -> str:
        """The formula as text with its variables filled in (δ is 0).

        Raises:
            BadInput: a variable has no value, or an amount comes out negative.
        """
        written: list[str] = []
        for token in self.tokens:
            if isinstance(token, str):
                written.append(token)
                continue
            missing = sorted({name for _, name in token if name and name != "δ" and name not in values})
            if missing:
                raise BadInput(f"{self.text}: no value for {', '.join(missing)}")
            amount = round(sum(factor * (values.get(name, 0.0) if name else 1.0) for factor, name in token), 9)
            if amount < 0:
                raise BadInput(f"{self.text}: an amount comes out at {amount:g}")
            if amount == 0:
                _drop_last(written)
            else:
                written.append(f"{amount:.9f}".rstrip("0").rstrip("."))
        return "".join(written)

    def composition(self, values: Mapping[str, float] | None = None) -> Composition:
        """Its at% composition.

        Raises:
            BadInput: as `with_values`, or the percentages add up to something else than 99 to 101.
        """
        text = self.with_values(values or {})
        amounts = parse_formula(text)
        total = sum(amounts.values())
        if is_percent_like(amounts) and not 99.0 <= total <= 101.0:
            raise BadInput(f"{self.text}: the percentages add up to {total:g}, not 100")
        return Composition.of(amounts, "at%", normalise=True)


def is_percent_like(amounts: Mapping[str, float]) -> bool:
    """Whether amounts are percentages rather than a stoichiometry: they come near 100, or are many and odd."""
    total = sum(amounts.values())
    odd = any(abs(amount - round(amount)) > 1e-9 for amount in amounts.values())
    return 90.0 <= total <= 110.0 or (60.0 <= total <= 140.0 and odd)


def find_formulas(text: str) -> list[Formula]:
    """Every formula of at least two elements in a text, in order; one that a line end cut is joined again."""
    plain = text.translate(_SUBSCRIPTS)
    found: list[Formula] = []
    at = 0
    while at < len(plain):
        if (plain[at].isupper() or plain[at] in "([{") and not _continues(plain, at):
            formula = _scan(text, plain, at)
            if formula is not None and _is_formula(formula, plain):
                found.append(formula)
                at = formula.end
                continue
        at += 1
    return found


def read_formula(text: str) -> Formula | None:
    """A whole text as one formula; None where it is not."""
    stripped = text.strip().strip("*†‡§")
    found = find_formulas(stripped)
    return (
        found[0]
        if len(found) == 1 and (found[0].start, found[0].end) in ((0, len(stripped)), (1, len(stripped) - 1))
        else None
    )


def _continues(plain: str, at: int) -> bool:
    """Whether a place lies inside a longer word, or in a bracket that belongs to one."""
    if at > 1 and plain[at - 1] in "([{" and (plain[at - 2].isalnum() and not _is_wide(plain[at - 2])):
        return True
    return (
        at > 0
        and (
            plain[at - 1].isalnum()
            or plain[at - 1] in "_/"
            or (plain[at - 1] == "." and at > 1 and plain[at - 2].isdigit())
        )
        and not _is_wide(plain[at - 1])
    )


def _is_wide(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff"


def _scan(text: str, plain: str, start: int) -> Formula | None:
    tokens: list[str | tuple[tuple[float, str], ...]] = []
    good, depth, at = (start, 0), 0, start
    while at < len(plain):
        character = plain[at]
        if character in "([{":
            depth, at = depth + 1, at + 1
            tokens.append("(")
            continue
        if character in ")]}":
            if depth == 0 or tokens[-1] == "(":
                break
            depth, at = depth - 1, at + 1
            tokens.append(")")
        elif (symbol := _symbol(plain, at)) is not None:
            at += len(symbol)
            tokens.append(symbol)
        else:
            joined = _over_line_end(plain, at, tokens) if depth == 0 and at == good[0] else None
            if joined is None:
                break
            number, at = joined
            if number and isinstance(tokens[-1], str) and re.fullmatch(r"[\d.]+", tokens[-1]):
                tokens[-1] += number
            if depth == 0:
                good = (at, len(tokens))
            continue
        amount, at = _amount(plain, at)
        if amount is not None:
            tokens.append(amount)
        if depth == 0:
            good = (at, len(tokens))
    end, kept = good
    if depth and plain[end : end + 1] in "([{" and _symbol(plain, end + 1) is not None:
        return None
    return _trimmed(text, start, end, tuple(tokens[:kept])) if kept else None


def _symbol(plain: str, at: int) -> str | None:
    for length in (2, 1):
        symbol = plain[at : at + length]
        if len(symbol) == length and is_element(symbol) and symbol not in RADIOACTIVE:
            return symbol
    return None


def _amount(plain: str, at: int) -> tuple[str | tuple[tuple[float, str], ...] | None, int]:
    """The amount behind a symbol or bracket: a number as text, an open sum, or none."""
    terms: list[tuple[float, str]] = []
    begin = at
    while match := _TERM.match(plain, at):
        if not (match["number"] or match["variable"]) or (terms and not match["sign"]) or (not terms and match["sign"]):
            break
        if terms and not match["variable"] and not any(name for _, name in terms):
            break
        sign = -1.0 if match["sign"] == "-" else 1.0
        terms.append((sign * _quotient(match["number"] or "1"), match["variable"] or ""))
        at = match.end()
    if not terms:
        return None, begin
    if len(terms) == 1 and not terms[0][1]:
        written = plain[begin:at]
        return (f"{terms[0][0]:.9g}" if "/" in written else written), at
    return tuple(terms), at


def _quotient(number: str) -> float:
    above, _, below = number.partition("/")
    return float(above) / (float(below) if below else 1.0)


def _over_line_end(plain: str, at: int, tokens: list[str | tuple[tuple[float, str], ...]]) -> tuple[str, int] | None:
    """Digits carried over a line end, where the percentages come to 100 only with what stands behind it."""
    gap = re.match(r"\s{1,3}(?=[\dA-Z(])", plain[at:])
    if gap is None or not tokens or any(not isinstance(token, str) for token in tokens):
        return None
    here = "".join(str(token) for token in tokens)
    if sum(is_element(str(token)) for token in tokens) < 2:
        return None
    rest = re.match(r"[A-Za-z\d.()]+", plain[at + gap.end() :])
    if rest is None or not re.search(r"\d", here):
        return None
    tail = rest[0].rstrip(".")
    while tail.count(")") > tail.count("("):
        tail = tail[: tail.rindex(")")]
    if _adds_up(here) or not _adds_up(here + tail):
        return None
    digits = re.match(r"[\d.]*", tail)
    number = digits[0] if digits else ""
    return number, at + gap.end() + len(number)


def _adds_up(text: str) -> bool:
    try:
        return 99.0 <= sum(parse_formula(text).values()) <= 101.0
    except BadInput:
        return False


def _trimmed(text: str, start: int, end: int, tokens: tuple[str | tuple[tuple[float, str], ...], ...]) -> Formula:
    """Without brackets that only enclose the whole."""
    while tokens and tokens[0] == "(" and tokens[-1] == ")" and _closes_last(tokens):
        tokens, start, end = tokens[1:-1], start + 1, end - 1
    return Formula(text[start:end], start, end, tokens)


def _closes_last(tokens: tuple[str | tuple[tuple[float, str], ...], ...]) -> bool:
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return place == len(tokens) - 1
    return False


def _drop_last(written: list[str]) -> None:
    """Take off the group or element whose amount is nothing."""
    if written[-1] != ")":
        written.pop()
        return
    depth = 0
    while written:
        piece = written.pop()
        depth += (piece == ")") - (piece == "(")
        if depth == 0:
            return


def _in_system(formula: Formula, plain: str) -> bool:
    """Whether it is one partner of a hyphenated composite or system, such as MgI2 in `MgS-P2S5-MgI2`."""
    before = re.search(r"[A-Z][\w().]*\s?[-–·/]$", plain[max(0, formula.start - 24) : formula.start])
    after = re.match(r"[-–·/]\s?\d*\.?\d*\(?[A-Z][A-Za-z]?[\dA-Z(]", plain[formula.end : formula.end + 8])
    return bool(before and re.search(r"\d|[A-Z].*[A-Z]", before[0])) or after is not None


def _is_formula(formula: Formula, plain: str) -> bool:
    following = plain[formula.end : formula.end + 1]
    if (
        (following.isalpha() and not _is_wide(following))
        or following in ("⁺", "⁻", "+")
        or re.match(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]*[⁺⁻]", plain[formula.end :])
    ):
        return False
    if (
        len(formula.elements) < 2
        or formula.text in IONS
        or re.search(r"\((?:I{1,3}|I?V)\)", formula.text)
        or _in_system(formula, plain)
    ):
        return False
    bare = "".join(token for token in formula.tokens if isinstance(token, str))
    if bare in BINARIES:
        return True
    if _CODE.fullmatch(bare) and not formula.variables:
        return _LETTER_COMPOUND.fullmatch(bare) is not None
    return not _is_system_name(formula, bare)


def _is_system_name(formula: Formula, bare: str) -> bool:
    """Whether symbols without any amount name a system, or are an acronym: `FeSiBPC`, `LiPON`, `InSBZnGdN`."""
    if any(map(str.isdigit, bare)) or formula.variables or re.search(r"OH$|H$|[NOS]CN?$|CN$", bare):
        return False
    return len(formula.elements) >= _SEVERAL and sum(name in _GLASS_FORMERS for name in formula.elements) > 1
