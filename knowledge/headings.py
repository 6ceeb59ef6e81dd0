"""Section headings: told from running text by their form."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"(?:\d{1,2}\.)(?:\d{1,2}\.?){0,3}\s+[^\W\d_]|[IVX]{1,4}\.\s+[A-Z]")
_SECTIONS = (
    "abstract introduction background experimental methods method results discussion conclusion conclusions summary "
    "references acknowledgements acknowledgments appendix 摘要 引言 实验 结果 讨论 结论 参考文献"
)
_KNOWN = frozenset(_SECTIONS.split())
_AUTHORS = re.compile(r"[¹²³⁴⁵⁶⁷⁸⁹†‡&*@]|,.*,.*,")
_LONGEST = 110


def looks_like_heading(text: str, *, is_bold: bool = False) -> bool:
    """Whether a block of text is a heading: short, without a full stop, numbered or of a known word or bold."""
    line = " ".join(text.split())
    if not 2 <= len(line) <= _LONGEST or line.endswith((".", ",", ";")) or sum(c.isalpha() for c in line) < 2:
        return False
    words = line.lower().strip(":").split()
    first = words[0].strip(":")
    if _NUMBERED.match(line):
        return True
    if first in _KNOWN and len(words) <= 5:
        return True
    return is_bold and len(words) >= 2 and line[0].isupper() and not _AUTHORS.search(line)


def is_references(heading: str) -> bool:
    """Whether a heading opens the list of references, which answers nothing by itself."""
    words = re.sub(r"[^\w\s]|\d", " ", heading).lower().split()
    return words[:1] in (["references"], ["bibliography"], ["参考文献"]) or words[:2] == ["literature", "cited"]
