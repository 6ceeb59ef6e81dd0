"""Chemical formulas as text: nested brackets, decimals and sub- or superscript digits, read into amounts."""

from __future__ import annotations

import re
import unicodedata

from eutectic.core.elements import element
from eutectic.core.errors import BadInput

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(r"([A-Z][a-z]?)|([(\[{])|([)\]}])|(\d+(?:\.\d+)?|\.\d+)")
_IGNORED = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff_$-]")
_AMOUNT_FIRST = re.compile(r"-\s*[\d.]+|(?<=[\w)\]}])\s*[·•]\s*\d*(?=\s*[A-Z])|\d\s+[\d.]+")
"""Ti-6Al-4V, Fe 80 20Ni and CuSO4·5H2O: read letter by letter, each would give another material in silence."""
_MAX_DEPTH = 16


def parse_formula(text: str) -> dict[str, float]:
    """Amounts of each element in a formula, in its own proportions (not normalised).

    Reads `Fe2O3`, `(Fe82Co18)85.5Ni1.5B9P3C1` (a bracket of percentages counts as fractions of its sum where its
    content adds up to 100 and a multiplier stands behind it), and `Fe₆₉Co₁₆Ni₁Si₃B₁₁`.

    Raises:
        BadInput: unknown element, unbalanced bracket, zero or absurd amount, a variable such as `x`, an empty text.
    """
    if alien := _AMOUNT_FIRST.search(text):
        raise BadInput(
            f"cannot tell what {alien[0].strip()!r} means in {text!r}",
            mend="write each amount behind its element, such as Ti90Al6V4, and hydrates as CuSO4(H2O)5",
        )
    plain = _IGNORED.sub("", unicodedata.normalize("NFC", text).translate(_DIGITS)).replace("·", ".").replace("․", ".")
    if not plain:
        raise BadInput("the formula is empty", mend="write for example Fe85B15")
    if len(plain) > 400:
        raise BadInput(f"the formula is {len(plain)} characters long", mend="at most 400 are read")
    amounts, end = _group(plain, 0, "", text, 0)
    if end != len(plain):
        raise BadInput(f"cannot read {plain[end:]!r} in formula {text!r}")
    total = sum(amounts.values())
    if not 0 < total < 1e6:
        raise BadInput(f"formula {text!r} has amounts that add up to {total:g}")
    return amounts


def _group(text: str, at: int, closing: str, whole: str, depth: int) -> tuple[dict[str, float], int]:
    if depth > _MAX_DEPTH:
        raise BadInput(f"formula {whole!r} is nested deeper than {_MAX_DEPTH} brackets")
    amounts: dict[str, float] = {}
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token[4]:
            raise BadInput(
                f"cannot read {text[at:]!r} in formula {whole!r}",
                mend="give every amount as a number; variables such as x need a value",
            )
        if token[3]:
            if token[3] != closing:
                raise BadInput(f"bracket {token[3]!r} in formula {whole!r} closes nothing")
            return amounts, token.end()
        if token[2]:
            inner, at = _group(text, token.end(), _BRACKETS[token[2]], whole, depth + 1)
            factor, at, given = _number(text, at, whole)
            scale = _bracket_scale(inner) if given else 1.0
            for symbol, amount in inner.items():
                amounts[symbol] = amounts.get(symbol, 0.0) + amount * factor / scale
        else:
            symbol = element(token[1]).symbol
            factor, at, _ = _number(text, token.end(), whole)
            amounts[symbol] = amounts.get(symbol, 0.0) + factor
    if closing:
        raise BadInput(f"formula {whole!r} misses a closing {closing!r}")
    if not amounts:
        raise BadInput(f"formula {whole!r} has an empty bracket")
    return amounts, at


def _bracket_scale(inner: dict[str, float]) -> float:
    """What a bracket's amounts are fractions of: alloys write (Fe82Co18)85.5 and (Fe0.82Co0.18)85.5 alike."""
    total = sum(inner.values())
    return 100.0 if len(inner) > 1 and abs(total - 100.0) < 1e-6 else 1.0


def _number(text: str, at: int, whole: str) -> tuple[float, int, bool]:
    token = re.compile(r"\d+(?:\.\d+)?|\.\d+").match(text, at)
    if token is None:
        return 1.0, at, False
    value = float(token[0])
    if not 0 < value < 1e6:
        raise BadInput(f"amount {token[0]!r} in formula {whole!r} is not usable", mend="amounts lie above 0")
    return value, token.end(), True
