"""Files of questions that a group writes: what is read, and what is said of a line that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from eutectic.core.errors import BadInput
from eutectic.evals.literature_data import read_pairs


def test_fields_without_a_value_may_be_null_or_left_out(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"id": "1", "question": "How hard is it?", "doc": "a.pdf", "page": 2, "value": 45, "unit": "HV"}\n\n'
        '{"id": "2", "question": "How dear is it?", "doc": null, "answer": null, "quote": null}\n',
        encoding="utf-8",
    )
    hard, dear = read_pairs(file)
    assert hard.pages == (2,)
    assert hard.is_answered_by("a hardness of 45 HV")
    assert not dear.is_answerable


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "1", "question": "How hard?", "pages": "two"}', "pages"),
        ('{"id": "1"}', "question"),
        ("How hard is it?", "JSON"),
    ],
)
def test_a_line_that_is_none_is_named_with_what_is_wrong(line: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "0", "question": "Why?"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=said) as caught:
        read_pairs(file)
    assert "questions.jsonl:2" in str(caught.value)
