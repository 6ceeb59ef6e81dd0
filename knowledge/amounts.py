"""Amounts as papers write them: numbers with powers of ten, uncertainties, bounds, ranges and what was not detected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

ValueType = Literal["exact", "lower_bound", "upper_bound", "range", "approx", "not_detected"]

_DASHES = ("-", "−", "–")
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?|\.\d+)"
_POWER = r"(?:[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\s*[\{\(]?\s*[-−–+]?\s*\d{1,2}[\}\)]?|[-−–]\s?\d{1,2}(?![\d.])|\d{1,2}(?![\d.]))"
_NUMBER = (
    r"(?P<sign@>[-−–+]\s?)?(?:10(?P<bare@>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\s*[\{\(]?\s*[-−–+]?\s*\d{1,2}[\}\)]?)"
    rf"|(?P<body@>{_DIGITS})(?:\((?P<last@>\d{{1,3}})\))?"
    rf"(?:\s*(?:±|\+/[-−]|\+-)\s*(?P<sd@>{_DIGITS})(?:\)(?=\s*[×xX·]))?)?"
    rf"(?:\s*[×xX✕·⋅∙\*]\s*10(?P<power@>{_POWER})|(?P<e@>[eE][-−+]?\d{{1,3}}))?)"
    rf"(?:\s*(?:±|\+/[-−]|\+-)\s*(?P<late@>{_DIGITS}))?"
)
_BELOW = (
    r"(?:<|≤|⩽|<=|≦|＜|\bbelow\b|\bless than\b|\blower than\b|\bsmaller than\b|\bnot exceeding\b|\bat most\b|"
    r"\bno more than\b|小于|低于|不超过|不大于|少于)"
)
_ABOVE = (
    r"(?:>|≥|⩾|>=|≧|＞|\babove\b|\bmore than\b|\bgreater than\b|\bhigher than\b|\blarger than\b|\bexceed(?:s|ed|ing)?\b|"
    r"\bat least\b|\bover\b|大于|高于|超过|不低于|至少)"
)
_ABOUT = r"(?:~|∼|≈|≃|≅|～|\bca\.?|\bc\.|\babout\b|\baround\b|\bapproximately\b|\bapprox\.?|\bnearly\b|\broughly\b|\balmost\b|约为?|大约|接近)"
_BEFORE = rf"(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE})|(?P<about>{_ABOUT}))?\s*(?:of\s+)?"
_DENIED = re.compile(r"\b(?:never|not|no)\s+$")
_TO = r"\s*(?:[-−–—~～∼]|\bto\b|至|到|\band\b(?=\s*\d))\s*"
_AMOUNT = re.compile(
    rf"{_BEFORE}(?<![A-Za-z0-9_.,/])(?<![A-Za-z\d][-–−])(?:(?P<between>\bbetween\s+|\bfrom\s+))?{_NUMBER.replace('@', '')}"
    rf"(?:(?P<to>{_TO}){_NUMBER.replace('@', '2')})?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_MISSING = re.compile(
    r"^(?:[-–—−/.*·…\s]*|n/?a\.?|n\.\s?a\.?|none|nan|null|not available|not reported|n\.?r\.?)$", re.IGNORECASE
)
_REFERRED = re.compile(r"(?<=[\d%)])(?:\s*\[[\d\s,–-]{1,12}\]|\s+\([\d\s,–-]{1,12}\)|\s*\([nN]\s?=\s?\d+\))$")
"""A reference behind a cell's number, or how often it was measured: `1.62 [12]`, `8.83 (4)`, `412 ± 8 (n = 5)`."""
_ASYMMETRIC = re.compile(
    r"(?<=\d)\s*\(?\s*[+⁺]\s?(?P<up>[\d⁰¹²³⁴-⁹]+(?:[.·][\d⁰¹²³⁴-⁹]+)?)\s*[/,;]?\s*[-−–₋⁻]\s?(?P<down>\d+(?:\.\d+)?)\s*\)?$"
)
"""An uncertainty that is not the same upwards and downwards: `1.62 (+0.03/−0.02)`, `1.62⁺⁰.⁰³ −0.02`."""
_RAISED = re.compile(r"^((?:\D*\s)?[-−–+<>~≥≤]?\d*(?:\.\d+|[1-9]\d*[1-9]\d*))[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹,–-]{0,4}$")
"""A raised reference behind a number that is no base of a power: `1.62¹²`, `435³`."""
_NOT_DETECTED = re.compile(
    r"^(?:n\.?\s?d\.?|not detected|undetected|not observed|b\.?d\.?l\.?|below detection(?: limit)?|trace[sd]?|tr\.?|未检出|痕量|"
    r"no glass(?: formed)?|not formed|failed|no activity|inactive)$",
    re.IGNORECASE,
)


_STACKED = re.compile(r"(?<=\d)[⁺⁻][⁰¹²³⁴-⁹.·]+\s?[-−–₋][\d₀-₉][\d₀-₉.]*")
_DECIMAL_COMMA = re.compile(r"(?<![A-Za-z0-9_.,])\d{1,4},\d{1,2}(?=\s?(?:[A-Za-zμµΩ°%]|[^\x00-\x7f]))(?![\d,])")
_DECIMAL_POINT = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")


class Amount(NamedTuple):
    """A number with what was said of it; `value` is the middle of a range."""

    value: float | None
    kind: ValueType
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    start: int = 0
    end: int = 0
    is_flat_power: bool = False
    """The exponent stood on the line (`× 105`): a lost superscript, or a number of its own."""


def read_amount(text: str) -> Amount | None:
    """A whole table cell or model's answer as an amount; None where it is no number and no negative result."""
    plain = _RAISED.sub(r"\1", _REFERRED.sub("", text.strip().strip("*†‡§").strip()))
    if _NOT_DETECTED.match(plain):
        return Amount(None, "not_detected", end=len(text))
    if not plain or _MISSING.match(plain):
        return None
    if (uneven := _ASYMMETRIC.search(plain)) is not None:
        middle = read_amount(plain[: uneven.start()])
        up = uneven["up"].translate(_SUPER).replace("·", ".")
        return middle and middle._replace(sd=max(float(up), float(uneven["down"])))
    found = next(find_amounts(plain), None)
    if (
        found is None
        or _is_pair(plain, found)
        or plain[: found.start].strip(" (=")
        or plain[found.end :].strip(" )%.*†‡§")
    ):
        return None
    return found


def _is_pair(text: str, found: Amount) -> bool:
    """Whether a whole number in brackets is too large for the last digits' uncertainty: `30(34)`, two values."""
    return bool(re.fullmatch(r"\d+\(\d{2,}\)|0\(\d\)", text)) and 4 * (found.sd or 0.0) > abs(found.value or 0.0)


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value, which is not a negative result."""
    return text.strip() != "Na" and bool(_MISSING.match(text.strip()))


def plainly(text: str) -> str:
    """A running text, as long as before, with decimal commas as points and uncertainties set over one another left out.

    A comma is decimal before one or two digits and a unit's letter, where no number of the text has a point.
    """
    text = _STACKED.sub(lambda match: " " * len(match[0]), text)
    if not _DECIMAL_COMMA.search(text) or _DECIMAL_POINT.search(text):
        return text
    return _DECIMAL_COMMA.sub(lambda match: match[0].replace(",", "."), text)


_BEHIND_LOST = re.compile("10\ufffd\\s?\\d|[A-Za-z²³]\ufffd\\s?[1-4](?:\\D|$)")
"""Before the power of a ten or of a unit whose sign the page's text lost (U+FFFD): no amount by itself."""


def find_amounts(text: str) -> Iterator[Amount]:
    """Every amount of a running text, with its place; what its unit is stands behind it."""
    if not _DIGIT.search(text):
        return
    at = 0
    while match := _AMOUNT.search(text, at):
        amount = _amount(match)
        if not _BEHIND_LOST.search(text[max(0, amount.start - 4) : amount.start + 2]):
            yield amount
        at = max(amount.end, match.start() + 1)


def _amount(match: re.Match[str]) -> Amount:
    start = match.start()
    start += len(match[0]) - len(match[0].lstrip())
    first, flat = _value(match, "")
    sd = _spread(match, "", first)
    if match["to"] and _is_range(match):
        second, flat_2 = _value(match, "2")
        if not (match["power"] or match["e"] or match["bare"]) and (match["power2"] or match["e2"]):
            first *= second / (_body(match, "2") or 1.0)
        low, high = sorted((first, second))
        return Amount((low + high) / 2, "range", low, high, None, start, match.end(), flat or flat_2)
    if match["to"] and first == 10 and match["to"].strip() in _DASHES and (match["body2"] or ".").isdigit():
        return Amount(10.0 ** -int(match["body2"]), "exact", None, None, None, start, match.end(), True)
    end = match.start("to") if match["to"] else match.end()
    kind: ValueType = "exact"
    is_denied = bool(_DENIED.search(match.string[max(0, start - 12) : start])) and bool(
        match["below"] or match["above"]
    )
    if match["below"] if not is_denied else match["above"]:
        kind = "upper_bound"
    elif match["above"] or match["below"]:
        kind = "lower_bound"
    elif match["about"]:
        kind = "approx"
    return Amount(first, kind, None, None, sd, start, end, flat)


def _is_range(match: re.Match[str]) -> bool:
    """Whether `a - b` is a range: `and` makes one only behind `between`, and a range goes up."""
    word = match["to"].strip().lower()
    if word == "and":
        return match["between"] is not None and match["between"].strip().lower() == "between"
    if match["bare"] and match["bare2"]:
        return True
    if match["sign2"] and word in _DASHES:
        return False
    first, second = _value(match, "")[0], _value(match, "2")[0]
    if not (match["power"] or match["e"] or match["bare"]) and (match["power2"] or match["e2"]):
        return True
    return first <= second or word in ("to", "至", "到") or match["between"] is not None


def _value(match: re.Match[str], which: str) -> tuple[float, bool]:
    negative = -1.0 if (match[f"sign{which}"] or "").strip() in _DASHES else 1.0
    if match[f"bare{which}"]:
        return negative * 10.0 ** _exponent(match[f"bare{which}"]), False
    power, flat = _scale(match, which)
    return negative * _digits(_body(match, which), power), flat


def _digits(body: float, power: int) -> float:
    """Exactly what the decimal text says, without the dust of a multiplication."""
    return float(f"{body!r}e{power}") if "e" not in repr(body) else body * 10.0**power


def _body(match: re.Match[str], which: str) -> float:
    return float((match[f"body{which}"] or "1").replace(",", ""))


def _scale(match: re.Match[str], which: str) -> tuple[int, bool]:
    if match[f"e{which}"]:
        return int(match[f"e{which}"][1:].replace("−", "-")), False
    written = match[f"power{which}"]
    if not written:
        return 0, False
    return _exponent(written), written.isascii() and written.isdigit()


def _exponent(text: str) -> int:
    return int(re.sub(r"[\^\{\}\(\)\s]", "", text.translate(_SUPER)).replace("−", "-").replace("–", "-"))


def _spread(match: re.Match[str], which: str, value: float) -> float | None:
    """The uncertainty: behind ± (scaled as the value is), or of the last digits in brackets."""
    power, _ = _scale(match, which)
    given = match[f"sd{which}"]
    if given:
        return _digits(float(given.replace(",", "")), power)
    if match[f"late{which}"]:
        return float(match[f"late{which}"].replace(",", ""))
    if match[f"last{which}"]:
        decimals = len((match[f"body{which}"] or "").partition(".")[2])
        return _digits(float(match[f"last{which}"]), power - decimals)
    return None
