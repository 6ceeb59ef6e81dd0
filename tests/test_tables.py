"""Tables: read by evidence or refused with file, line and column."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eutectic.core.errors import BadTable
from eutectic.tools.tables import Table, read_table


def table(folder: Path, content: str | bytes, name: str = "t.csv") -> Table:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def column(read: Table, name: str) -> list[float | None]:
    return [read.cell(row, name).value for row in read.rows]


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("Fe,Bs\n80,1.5\n90,1.6\n", [1.5, 1.6]),
        ("\ufeffFe,Bs\r\n80,1.5\r\n90,1.6\r\n", [1.5, 1.6]),
        ("Fe;Bs\n80;1,5\n90;1,634\n", [1.5, 1.634]),
        ("Fe\tBs\n80\t1.5\n90\t1.634\n", [1.5, 1.634]),
        ("sep=;\nFe;Bs\n80;1,5\n90;2\n", [1.5, 2]),
        ("Fe;Bs\n80,5;1.234.567\n90;2\n", [1234567, 2]),
        ('Fe,Bs\n80.5,"1,234"\n90,2\n', [1234, 2]),
        ('Fe,Bs\n80.5,"1,234,567.5"\n90,2\n', [1234567.5, 2]),
        ("Fe;Bs\n80,5;1 234,5\n90;2\n", [1234.5, 2]),
        ("Fe,Bs\n80,1.5E-3\n90,2e3\n", [0.0015, 2000]),
        ("Fe,Bs\n80,−1.5\n90,+2\n", [-1.5, 2]),
        ("Fe,Bs\n80,１.５\n90,.5\n", [1.5, 0.5]),
        ("Fe,Bs\n80,\n90,n.d.\n70,NA\n60,1\n", [None, None, None, 1]),
        ("Fe,Bs\n\n80,1.5\n,,\n90,1.6\n", [1.5, 1.6]),
        ("Fe,Bs,,\n80,1.5,,\n90,1.6,,\n", [1.5, 1.6]),
        ('Fe,Bs,"a, b"\n80,1.5,"x ""y"", z"\n90,1.6,w\n', [1.5, 1.6]),
        ("Fe,Bs\n80,#DIV/0!\n90,1.6\n", [None, 1.6]),
    ],
)
def test_numbers_of_many_notations(tmp_path: Path, content: str, values: list[float | None]) -> None:
    assert column(table(tmp_path, content), "Bs") == values


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("utf-8", "T °C"), ("utf-16", "T °C 铁"), ("cp1252", "T °C µm"), ("gb2312", "温度")],
)
def test_encodings_are_found_and_noted(tmp_path: Path, encoding: str, text: str) -> None:
    read = table(tmp_path, f"{text},Bs\n80,1.5\n".encode(encoding))
    assert read.columns == (text, "Bs")
    assert bool(read.notes) == (encoding != "utf-8")


def test_limits_uncertainties_and_percent(tmp_path: Path) -> None:
    read = table(tmp_path, "a;b;c\n<0,1;1,62 ± 0,03;60%\n> 5;1,7;40 %\n")
    first, second = read.rows
    assert (read.cell(first, "a").value, read.cell(first, "a").censoring) == (0.1, "below")
    assert (read.cell(second, "a").value, read.cell(second, "a").censoring) == (5.0, "above")
    assert (read.cell(first, "b").value, read.cell(first, "b").sd) == (1.62, 0.03)
    assert read.cell(first, "c").is_percent
    assert "the decimal mark is a comma" in read.notes


def test_labels_stay_text(tmp_path: Path) -> None:
    read = table(tmp_path, "id,code,x\n1E5,007,1.5\nK7-001,008,2\n")
    assert [read.cell(row, "id").text for row in read.rows] == ["1E5", "K7-001"]
    assert column(read, "id") == column(read, "code") == [None, None]
    assert [read.cell(row, "code").text for row in read.rows] == ["007", "008"]
    all_e = table(tmp_path, "id,x\n1E5,1.5\n2E5,2\n")
    assert [all_e.cell(row, "id").text for row in all_e.rows] == ["1E5", "2E5"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('Fe,Bs\n80,"1,234"\n90,2\n', r"t.csv:2: Bs: '1,234' can be read in two ways"),
        ("Fe;Bs\n80;1,234\n90;5,678\n", r"t.csv:2: Bs: '1,234' can be read in two ways"),
        ("Fe;Bs\n80;1.234\n90;5.678\n", r"t.csv:2: Bs: '1.234' can be read in two ways"),
        ('Fe,Bs\n80.5,2\n90,"1,5"\n', r"t.csv:3: Bs: '1,5' and '80.5' on line 2 use different decimal marks"),
        ("Fe,Bs\n80,1.5\n90\n", r"t.csv:3: 1 cells, but the header has 2"),
        ("Fe,Bs\n80,1.5\n90,1,6\n", r"t.csv:3: 3 cells"),
        ("Fe,Fe\n80,1.5\n", r"t.csv:1: two columns are called 'Fe'"),
        ("Fe,\n80,1.5\n", r"t.csv:2: column 2 holds '1.5' and has no name"),
        ("80,1.5\n90,1.6\n", r"t.csv:1: the first line holds numbers"),
        ("Fe,Bs\n", r"t.csv:1: .*no rows"),
        ("", "empty"),
        (" \n\n", "empty"),
        ("Fe,Bs\n80,1.5\n90,5-Jan\n", r"t.csv:3: Bs: '5-Jan' is a date among numbers"),
        ("Fe,Bs\n80,1.5\n90,2024-05-01\n", r"t.csv:3: Bs: '2024-05-01' is a date"),
        ("Fe,Bs\n80,1.5\n90,3月5日\n", r"t.csv:3: Bs: .*date"),
        ('Fe,Bs\n80,"1.5\n90,2\n', r"t.csv:2: a quote is opened"),
        ("Fe,Bs\n80%,1\n0.9,2\n", r"t.csv:3: Fe: '0.9' has no percent sign"),
        (b"Fe,Bs\n\x00\x01\xff,2\n", r"t.csv:2: this is not a text file"),
        (b"PK\x03\x04rest of a spreadsheet", "spreadsheet"),
        (b"a,b\n\x81\x8d,2\n", r"t.csv:2: the encoding"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_place(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(BadTable, match=message) as caught:
        table(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_a_column_of_numbers_is_demanded_cell_by_cell(tmp_path: Path) -> None:
    read = table(tmp_path, "a,b,c,d\n1.5,1,1.6 T,2024-01-02\n2,inf,2,2024-01-03\n")
    read.require_numbers("a")
    for name, message in (("b", r":3: b: 'inf'"), ("c", r":2: c: '1.6 T' is not a number"), ("d", "is a date")):
        with pytest.raises(BadTable, match=message):
            read.require_numbers(name)
    grouped = table(tmp_path, "a,b\n1.5,1 5\n2,1e999\n")
    with pytest.raises(BadTable, match=":2: b: '1 5' cannot be read"):
        grouped.require_numbers("b")


def test_paths_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="folder"):
        read_table(tmp_path)
    with pytest.raises(BadTable, match="no such file"):
        read_table(tmp_path / "none.csv")
    table(tmp_path, "a,b\n1,2\n")
    (tmp_path / "t.csv").chmod(0)
    if not os.access(tmp_path / "t.csv", os.R_OK):
        with pytest.raises(BadTable, match="permission"):
            read_table(tmp_path / "t.csv")


numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 4))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8),
    style=st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("\t", ","), (";", ".")]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_written_table_reads_back_or_is_refused(
    tmp_path: Path, rows: list[tuple[float, float]], style: tuple[str, str], encoding: str
) -> None:
    separator, decimal = style
    lines = ["Fe" + separator + "Bs µ"]
    lines += [separator.join(f"{value:.4f}".replace(".", decimal) for value in row) for row in rows]
    read = table(tmp_path, "\n".join(lines).encode(encoding))
    assert [(read.cell(row, "Fe").value, read.cell(row, "Bs µ").value) for row in read.rows] == rows


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text('ab,;\t"\n1.5,-<>%± E', max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    try:
        read = table(tmp_path, content)
    except BadTable as error:
        assert "\n" not in str(error)
        return
    assert all(len(row.cells) == len(read.columns) for row in read.rows)


def test_real_tables_read_without_a_complaint() -> None:
    folder = Path(os.environ.get("EUTECTIC_DATA", str(Path(__file__).parents[2] / "shared"))) / "data"
    found = sorted(folder.glob("*/*.csv"))
    if not found:
        pytest.skip("the measured tables are not here; set EUTECTIC_DATA")
    for path in sorted(found, key=lambda item: item.stat().st_size)[:6]:
        assert read_table(path).rows
