"""Questions about a goal, and what the grammar can do, in the language of the user."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

_ABILITIES = {
    "en": "I understand: a property to maximize, minimize or hit; elements with bounds in %; rules such as 'not more Co"
    " than Fe'; 'at most 4 elements'; ranges such as 'anneal 600-800 K'; a budget in experiments, money or hours;"
    " a batch size; 'simulated' or 'by hand'",
    "zh": "我能理解:要最大化、最小化或达到目标值的性能;元素及其百分比范围;“钴不多于铁”之类的规则;“最多4种元素”;"
    "“退火温度600-800 K”之类的工艺范围;实验次数、经费或时间预算;每批数量;“模拟”或“手工”实验",
}
_WORDS = {
    "objective": ("Which property should be maximized, minimized or hit?", "要最大化、最小化或达到哪个性能?"),
    "components": ("From which elements (at least two)?", "由哪些元素组成(至少两种)?"),
    "experiments": ("How many experiments may it take?", "实验预算是多少次?"),
    "target": (
        "Which {0} in {1}, and within what tolerance? Say for example '{0} 1.5 ± 0.1 {1}'.",
        "{0} 的目标值和允许误差是多少({1})?例如“{0} 1.5 ± 0.1 {1}”。",
    ),
    "tolerance": (
        "How far from {2:g} {1} may {0} lie? Say for example '{0} {2:g} ± {3:g} {1}'.",
        "{0} 允许偏离 {2:g} {1} 多少?例如“{0} {2:g} ± {3:g} {1}”。",
    ),
    "unit": ("{0} {1}: in which unit? Write it behind the number, such as {2}.", "{0} {1} 的单位是什么?例如 {2}。"),
    "each": (
        "{0} {1}: does the limit hold for each of them or together? Add 'each' or 'together'.",
        "{0} {1}:是分别还是合计?请加上“各”或“合计”。",
    ),
    "base": ("{0}-based: what is the least share of {0}? Say for example '{0} above 50 %'.",
             "{0}基:{0} 的最低含量是多少?例如“{0} 不低于50%”。"),
    "twice": ("{0} is given twice; which one holds?", "{0} 给了两次,以哪个为准?"),
    "direction": ("Should {0} be as high or as low as possible?", "{0} 要尽可能高还是尽可能低?"),
}  # fmt: skip


def abilities(language: Language) -> str:
    """What a goal sentence may say."""
    return _ABILITIES[language]


def ask(language: Language, question: str, *parts: object) -> str:
    """One question in the user's language."""
    return _WORDS[question][language == "zh"].format(*parts)
