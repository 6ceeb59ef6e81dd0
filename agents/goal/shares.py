"""The search space of a goal sentence: elements with bounds, rules between them, and process ranges."""

from __future__ import annotations

import re

from eutectic.agents.goal.lexicon import (
    AT_LEAST,
    AT_MOST,
    NUMBER,
    PERCENT,
    WORDLIKE,
    element_pattern,
    number_of,
    process_words,
    span_pattern,
    symbol_of,
    symbols_pattern,
)
from eutectic.agents.goal.reading import Reading
from eutectic.core.composition import Basis
from eutectic.core.space import Continuous, LinearRule

_FILL = (
    r"(?:\s*(?:content|contents|fraction|share|concentration|amount|should|must|shall|may|is|are|be|stays?|kept|keep|lies?"
    r"|ranges?|varies|the|of|at|in|:|,?\s*(?:含量|的|为|在|应该?|需要?|控制|必须|占|取|范围)))*\s*"
)
_RANGE = rf"{span_pattern(f'(?:{PERCENT})?')}{PERCENT}(?:\s*(?:之间|范围内?|之内))?"
_BEHIND = r"(?P<behind>\s*,?\s*(?:each|apiece|respectively|(?:taken )?together|in total|combined|altogether))?"
_EACH, _ALL = (
    ("各", "均", "都", "分别", "each", "apiece"),
    ("合计", "总", "之和", "共", "+", "together", "total", "combined", "sum", "altogether"),
)
_BASES: tuple[tuple[str, Basis], ...] = (
    ("wt", "wt%"), ("weight", "wt%"), ("mass", "wt%"), ("mol", "mol%"), ("vol", "vol%"), ("at", "at%"),
)  # fmt: skip


def read_space(reading: Reading) -> None:
    """From the patterns that say most to the bare mention of an element."""
    _process(reading)
    _compare(reading)
    _system(reading)
    _groups(reading)
    _limits(reading)
    _mentions(reading)


def _basis(reading: Reading, text: str) -> None:
    found = re.findall(r"(at|wt|mol|vol|weight|mass)[a-z]*\.?\s*-?(?:%|percent)|%\s*\(?(at|wt|mol|vol)", text.lower())
    for pair in found:
        basis = next(basis for word, basis in _BASES if (pair[0] or pair[1]).startswith(word))
        if reading.basis not in (None, basis):
            reading.doubt("twice", "at%/wt%", about=("basis",))
        reading.basis = basis


def _share(text: str) -> float:
    return round(number_of(text) / 100, 12)


def _compare(reading: Reading) -> None:
    """`not more cobalt than iron`, `Co <= Fe`, `钴不多于铁`."""
    one = element_pattern()

    def rule(first: str, second: str, relation: str) -> bool:
        left, right = symbol_of(first), symbol_of(second)
        if left == right:
            return False
        made = LinearRule.model_validate(
            {"name": f"{left} {relation} {right}", "terms": {left: 1.0, right: -1.0}, "relation": relation, "value": 0}
        )
        if made not in reading.rules:
            reading.rules.append(made)
        for name in (left, right):
            reading.bound(name, None, None)
        return True

    tail = r"(?:含量|content)?"
    take = reading.sentence.take
    take(rf"(?<![a-z])(?:no|not|never)(?: any)? more ({one}) than ({one})", lambda m: rule(m[1], m[2], "<="))
    take(rf"(?<![a-z])(?:no|not|never)(?: any)? less ({one}) than ({one})", lambda m: rule(m[1], m[2], ">="))
    take(rf"(?<![a-z])at least as much ({one}) as ({one})", lambda m: rule(m[1], m[2], ">="))
    take(rf"(?<![a-z])at most as much ({one}) as ({one})", lambda m: rule(m[1], m[2], "<="))
    take(rf"(?<![a-z])(?<!not )(?<!n't )less ({one}) than ({one})", lambda m: rule(m[1], m[2], "<="))
    take(rf"(?<![a-z])(?<!not )(?<!n't )more ({one}) than ({one})", lambda m: rule(m[1], m[2], ">="))
    take(rf"({one}){tail}{_FILL}{AT_MOST}\s*(?:the )?({one}){tail}", lambda m: rule(m[1], m[2], "<="))
    take(rf"({one}){tail}{_FILL}{AT_LEAST}\s*(?:the )?({one}){tail}", lambda m: rule(m[1], m[2], ">="))
    take(rf"(?<![a-z])equal (?:amounts|shares) of ({one}) and ({one})", lambda m: rule(m[1], m[2], "=="))


def _system(reading: Reading) -> None:
    """`Fe-Co-B-Si`, or `FeCoBSi` where no other word looks like it."""
    symbol = symbols_pattern()
    joined = rf"(?<![A-Za-z\d-])(?-i:{symbol}(?:\s?[-–—·/]\s?{symbol})+)(?![a-z\d])(?!-[A-Z])"

    def system(match: re.Match[str]) -> bool:
        names = re.findall(rf"(?-i:{symbol})", match[0])
        if len(set(names)) != len(names):
            return False
        for name in names:
            reading.bound(name, None, None)
        return True

    reading.sentence.take(joined, system)
    reading.sentence.take(rf"(?<![A-Za-z\d])(?-i:{symbol}{{3,}})(?![A-Za-z\d])", system)


def _groups(reading: Reading) -> None:
    """`Co and Ni together below 20 %`, `B、Si 各不超过 15%`."""
    one = element_pattern()
    group = rf"{one}(?:\s*(?:,\s*and|,|and|&|\+|/|和|与|及|、)\s*{one})+"
    before = r"((?:(?:the )?(?:sum|total)(?: content)?(?: of)? |each of |both )?)"
    middle = r"((?:\s*(?:together|each|combined|in total|之和|合计|总和|总量|总含量|共计|各自|各|均|都|分别|的|含量|should|must|be|is|are|stays?|,))*)\s*"
    bound = rf"(?:{_RANGE}|(?P<sign>{AT_MOST}|{AT_LEAST})\s*(?P<value>{NUMBER}){PERCENT})"

    def limit(match: re.Match[str]) -> bool:
        names = [symbol_of(item) for item in re.findall(one, match[2], re.IGNORECASE)]
        low, high, sign, value = match["low"], match["high"], match["sign"], match["value"]
        ends = (_share(low), _share(high)) if low else _ends(sign, _share(value))
        words = f"{match[1]} {match[2]} {match[3]} {match['behind'] or ''}".lower()
        _basis(reading, match[0])
        for name in names:
            reading.bound(name, None, None)
        if any(word in words for word in _EACH):
            done = [reading.bound(name, *ends) for name in names]
            return all(done)
        if not any(word in words for word in _ALL):
            reading.doubt(
                "each", " + ".join(names), match[0][match.end(3) - match.start() :].strip(), about=tuple(names)
            )
            return True
        for relation, end in ((">=", ends[0]), ("<=", ends[1])):
            if end is not None:
                fields = {"terms": dict.fromkeys(names, 1.0), "relation": relation, "value": end}
                fields["name"] = f"{'+'.join(names)} {relation} {end * 100:g}%"
                reading.rules.append(LinearRule.model_validate(fields))
        return True

    reading.sentence.take(rf"{before}({group}){middle}{bound}{_BEHIND}", limit)


def _ends(sign: str, value: float) -> tuple[float | None, float | None]:
    return (None, value) if re.fullmatch(AT_MOST, sign, re.IGNORECASE) else (value, None)


def _limits(reading: Reading) -> None:
    """Bounds of one element, with the element before or behind the number."""
    one = element_pattern()
    both = rf"({NUMBER})(?:{PERCENT})?\s*(?:<=|<|≤)\s*({one})\s*(?:<=|<|≤)\s*({NUMBER}){PERCENT}"
    span = rf"({one}){_FILL}{_RANGE}"
    side = rf"({one}){_FILL}({AT_MOST}|{AT_LEAST})\s*({NUMBER}){PERCENT}"
    after = rf"({one}){_FILL}({NUMBER}){PERCENT}\s*(?:or )?(以下|以内|or less|at most|以上|or more|at least)"
    exact = rf"({one})(?:{_FILL}|\s*=\s*)(?:exactly|fixed at|固定为?|=)?\s*({NUMBER}){PERCENT}(?:\s*fixed)?"
    of = r"\s*(?:of\s+|的)?"

    def set_bounds(text: str, name: str, low: float | None, high: float | None) -> bool:
        _basis(reading, text)
        return reading.bound(symbol_of(name), low, high)

    def trailing(match: re.Match[str]) -> bool:
        is_most = match[3].lower() in ("以下", "以内", "or less", "at most")
        share = _share(match[2])
        return set_bounds(match[0], match[1], None if is_most else share, share if is_most else None)

    take = reading.sentence.take
    take(both, lambda m: set_bounds(m[0], m[2], _share(m[1]), _share(m[3])))
    take(span, lambda m: set_bounds(m[0], m[1], _share(m["low"]), _share(m["high"])))
    take(side, lambda m: set_bounds(m[0], m[1], *_ends(m[2], _share(m[3]))))
    take(after, trailing)
    take(rf"{_RANGE}{of}(?P<name>{one})", lambda m: set_bounds(m[0], m["name"], _share(m["low"]), _share(m["high"])))
    take(
        rf"({AT_MOST}|{AT_LEAST})\s*({NUMBER}){PERCENT}{of}({one})",
        lambda m: set_bounds(m[0], m[3], *_ends(m[1], _share(m[2]))),
    )
    take(exact, lambda m: set_bounds(m[0], m[1], _share(m[2]), _share(m[2])))
    take(
        rf"(?:exactly\s+)?({NUMBER}){PERCENT}{of}({one})", lambda m: set_bounds(m[0], m[2], _share(m[1]), _share(m[1]))
    )


def _mentions(reading: Reading) -> None:
    """Elements ruled out, `Fe-based`, and elements that are merely named."""
    one, bare = element_pattern(), element_pattern(True)

    def exclude(match: re.Match[str]) -> None:
        reading.excluded += [symbol_of(item) for item in re.findall(one, match[0], re.IGNORECASE)]

    def based(match: re.Match[str]) -> None:
        name = symbol_of(match[1])
        reading.bound(name, None, None)
        reading.based.append(name)

    take = reading.sentence.take
    more = rf"(?:\s*(?:,|or|and|和|或|、)\s*{one})*"
    take(
        rf"(?<![A-Za-z])(?:without|no|free of|excluding|but not|contain(?:s|ing)? no)\s+(?:any )?{one}{more}(?!\s*(?:more|less))",
        exclude,
    )
    take(rf"(?:不含有?|不使用|不用|不要|无)\s*{one}{more}", exclude)
    take(rf"{one}-free(?![a-z])", exclude)
    take(rf"({one})[-\s]based(?![a-z])", based)
    take(rf"({one}|铁)基", based)
    verbs = r"(?!\s+(?:want|need|would|am|wish|like|have|think|will|do))"
    # A capital inside a sentence: "Ga, As and In" names indium, "In 40 experiments" at its start does not.
    take(
        rf"(?<=[a-z,、和\d)] )(?-i:{'|'.join(WORDLIKE)})(?![A-Za-z'\d]){verbs}",
        lambda m: reading.bound(m[0], None, None),
    )
    take(bare, lambda match: reading.bound(symbol_of(match[0]), None, None))


def _process(reading: Reading) -> None:
    """`anneal 600-800 K`, `退火时间 10 到 60 min`."""
    units = {"K": r"K(?![A-Za-z])", "degC": r"°\s?C|℃|degC|deg C|C(?![A-Za-z])|摄氏度", "h": r"h(?![A-Za-z])|hours?|小时",
             "min": r"min(?:utes?)?(?![A-Za-z])|分钟", "s": r"s(?![A-Za-z])|seconds?|秒"}  # fmt: skip
    names = {"K": "K", "degC": "C", "h": "h", "min": "min", "s": "s"}
    unit = "|".join(units.values())
    link = r"(?:\s*(?:temperatures?|times?|range|is|of|at|for|:|为|范围))*\s*"
    for word, stem in process_words():
        if not reading.sentence.holds(word):
            continue

        def ranged(match: re.Match[str], stem: str = stem) -> bool:
            texts = [text for text in (match["unit"], match["last"]) if text]
            keys = {next(k for k, p in units.items() if re.fullmatch(p, text, re.IGNORECASE)) for text in texts}
            low, high = number_of(match["low"]), number_of(match["high"])
            name = f"{stem}_{names[key]}" if len(keys) == 1 and (key := next(iter(keys))) else ""
            if not name or name in reading.process or not low < high:
                return False
            reading.process[name] = Continuous(name=name, low=low, high=high, unit=key)
            return True

        span = span_pattern(rf"\s*(?P<unit>{unit})?")
        reading.sentence.take(rf"{word}{link}{span}\s*(?P<last>{unit})(?:\s*之间)?", ranged)
