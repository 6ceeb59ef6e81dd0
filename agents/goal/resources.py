"""The budget of a goal sentence: experiments, batch, money, time, the number of components, the lab."""

from __future__ import annotations

import re

from eutectic.agents.goal.lexicon import AT_MOST, COUNT, NUMBER, count_of, number_of
from eutectic.agents.goal.reading import Reading

_TRIALS = r"(?:experiments?|trials?|measurements?|samples?|tests?|runs?)(?![a-z])"
# Possessive repeats (`*+`): words that contain each other, such as 总 and 总共, would be tried in every split.
_IN = (
    r"(?:(?<![A-Za-z])(?:in|within|with|using|after|only|an?|the|total|of|is|experimental|budget|at most|no more than|up to)"
    r"(?![A-Za-z])\s*[:=]?\s*)*+"
)
_BATCH = (
    rf"({COUNT})\s*(?:{_TRIALS}\s*|alloys?\s*|compositions?\s*)?(?:at a time|at once|(?:per|a|each|every|in each|in every) (?:batch|round)|in parallel)",
    rf"(?:in )?(?:batch(?:es)?|rounds|groups)(?:\s*size)?(?:\s*(?:of|is|:|=))?\s*({COUNT})(?:\s*{_TRIALS})?",
    rf"(?:每|一)(?:一)?(?:批次?|轮|次)(?:做|测|实验|安排|进行|试)*({COUNT})(?:个|组|份|种|次|炉)?(?:样品|样|实验|试验|成分|合金)?",
    rf"(?:批量|批次大小|批大小)(?:为|是|:)?\s*({COUNT})",
)
_EXPERIMENTS = (
    rf"{_IN}({COUNT})\s*{_TRIALS}(?:\s+in total|\s+total|\s+budget)?",
    rf"(?:总共|一共|总|共|的)*+(?:实验|试验|测试|测量)的?(?:总)?(?:预算|次数|数量|数)?(?:为|是|:|不超过|最多|至多|限|总共|共|在)*+\s*({COUNT})\s*(?:次|个|组)(?:以内|之内)?",
    rf"(?:用|在|做|最多|不超过|至多|总共|一共|共|预算|进行|为)*+\s*({COUNT})\s*(?:次|个|组)(?:以内的?|之内的?|的)?(?:实验|试验|测试|测量)(?:预算)?(?:以内|之内|内|中)?",
)
_CURRENCIES = {
    "USD": r"usd|us dollars?|dollars?|美元",
    "EUR": r"eur|euros?|欧元",
    "CNY": r"cny|rmb|yuan|元|人民币|块",
    "GBP": r"gbp|pounds?|英镑",
}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY"}
_SPEND = (
    r"(?:(?<![A-Za-z])(?:budget|spend(?:ing)?|money|with|within|for|of|is|a|the|in total|costing|and)\s+|(?:总?经费|资金|总?花费|费用|预算)"
    rf"(?:为|是|:|在)?|{AT_MOST}\s*|:\s*)*+"
)
_TIME = {"h": r"hours?|hrs?|h|小时", "d": r"days?|天", "w": r"weeks?|周|星期"}
_HOURS = {"h": 1.0, "d": 24.0, "w": 168.0}
_SIMULATED = (
    r"(?:in|with|on|using)?\s*(?:the|a)?\s*(?<![a-z])(?:simulated lab(?:oratory)?|simulations?|simulator|simulated|simulate)(?![a-z])"
    r"|(?:在|用)?(?:模拟|仿真)(?:实验室|实验|环境|器)?(?:中|里)?"
)
_BY_HAND = (
    r"(?:on|with|using)?\s*(?:a|the)?\s*(?<![a-z])(?:by hand|worksheets?(?: lab)?|on paper)(?![a-z])"
    r"|(?:用|由)?(?:工作单|工作表|手工|人工)(?:做|完成|操作|进行)?(?:实验)?"
)


def read_resources(reading: Reading) -> None:
    """Batch first: `4 experiments per round` is no budget."""

    def at_most_k(match: re.Match[str]) -> bool:
        if reading.max_components is not None:
            return False
        reading.max_components = count_of(match[1])
        return reading.max_components >= 1

    take = reading.sentence.take
    take(
        rf"{AT_MOST}\s*({COUNT})\s*(?:different |of the )?(?:elements|components|constituents|metals)(?![a-z])",
        at_most_k,
    )
    take(rf"{AT_MOST}\s*({COUNT})\s*(?:种|个)(?:元素|组元|组分|金属|成分)", at_most_k)
    for pattern in _BATCH:
        take(pattern, lambda match: reading.counted("batch", count_of(match[1])))
    for pattern in _EXPERIMENTS:
        take(pattern, lambda match: reading.counted("experiments", count_of(match[1])))
    _money(reading)
    _time(reading)
    _lab(reading)


def _money(reading: Reading) -> None:
    def paid(match: re.Match[str]) -> bool:
        before = reading.sentence.left[: match.start()].rstrip().lower()
        if before.endswith(("cost", "price", "成本", "价格", "造价")) or reading.money is not None:
            return False
        sign, name = match["sign"], (match["name"] or "").lower()
        reading.currency = _SIGNS[sign] if sign else next(c for c, p in _CURRENCIES.items() if re.fullmatch(p, name))
        reading.money = number_of(match["before"] or match["behind"])
        return reading.money > 0

    names = "|".join(_CURRENCIES.values())
    amount = rf"(?P<sign>[$€£¥])\s*(?P<before>{NUMBER})|(?P<behind>{NUMBER})\s*(?P<name>(?:{names})(?![A-Za-z]))"
    end = r"(?!\s*(?:/|per\b|每))(?:\s*(?:in total|total|overall|budget|以内|之内))?"
    reading.sentence.take(rf"{_SPEND}(?:{amount}){end}", paid)


def _time(reading: Reading) -> None:
    def timed(match: re.Match[str]) -> bool:
        if reading.hours is not None:
            return False
        unit = next(key for key, pattern in _TIME.items() if re.fullmatch(pattern, match[2], re.IGNORECASE))
        reading.hours = number_of(match[1]) * _HOURS[unit]
        return reading.hours > 0

    units = "|".join(_TIME.values())
    tail = r"(?:\s*(?:of lab time|of time|in total))?"
    reading.sentence.take(rf"(?<![A-Za-z])(?:in|within|{AT_MOST})\s+({NUMBER})\s*({units})(?![A-Za-z]){tail}", timed)
    reading.sentence.take(rf"(?:在|用)?({NUMBER})\s*({units})(?:之内|以内|内)", timed)


def _lab(reading: Reading) -> None:
    def chosen(kind: str) -> bool:
        if reading.lab not in (None, kind):
            reading.doubt("twice", "lab")
            return False
        reading.lab = kind
        return True

    reading.sentence.take(_SIMULATED, lambda _: chosen("simulated"))
    reading.sentence.take(_BY_HAND, lambda _: chosen("worksheet"))
