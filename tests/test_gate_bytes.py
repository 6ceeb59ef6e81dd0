"""The gate's reading of bytes: only exactly a plan is a plan."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_bench import Bench, spec_of, trials_of

from eutectic.core.errors import PlanRefused
from eutectic.core.record import sha256
from eutectic.lab_interface.strict_json import max_bytes, parse_plan, read_json

REDTEAM = Path(os.environ.get("EUTECTIC_REDTEAM", Path(__file__).parents[2] / "shared" / "redteam"))


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("gate"), spec_of(), trials_of("Fe80B20", "Fe70Co10B15Si5"))


def replaced(it: Bench, old: str, new: str) -> bytes:
    text = it.data.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"cost":', '"approved":true,"cost":', id="extra key"),
        pytest.param('"attempt":1', '"attempt":1,"attempt":1', id="key twice"),
        pytest.param('"attempt":1', '"attempt":true', id="true for 1"),
        pytest.param('"attempt":1', '"attempt":1.0', id="1.0 for 1"),
        pytest.param('"attempt":1', '"attempt":"1"', id="text for a number"),
        pytest.param('"attempt":1,', "", id="key missing"),
        pytest.param('"hours":3.0', '"hours":NaN', id="NaN"),
        pytest.param('"hours":3.0', '"hours":Infinity', id="infinity"),
        pytest.param('"hours":3.0', '"hours":1e999', id="too large"),
        pytest.param('"hours":3.0', '"hours":3', id="3 for 3.0"),
        pytest.param('"ticks":', '"ticks":-', id="negative"),
        pytest.param('"why":"spread"', '"why":"\\ud800"', id="half a surrogate"),
        pytest.param('"simulated":true', '"simulated":"yes"', id="yes for true"),
        pytest.param('"process":{}', '"process":[]', id="list for a map"),
    ],
)
def test_what_is_not_exactly_the_plan_is_refused(it: Bench, old: str, new: str) -> None:
    data = replaced(it, old, new)
    with pytest.raises(PlanRefused):
        parse_plan(data, 4)
    assert it.gate.verdict(data).is_blocked


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda data: data + b" {}", id="text after the end"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="byte order mark"),
        pytest.param(lambda data: data.decode().encode("utf-16"), id="utf-16"),
        pytest.param(lambda data: data[:-1], id="cut short"),
        pytest.param(lambda data: b"```json\n" + data + b"\n```", id="fenced"),
        pytest.param(lambda data: b"[" * 100_000, id="very deep"),
        pytest.param(lambda data: b'"' + b'\\"' * 300_000, id="a text without an end"),
        pytest.param(lambda data: b" " * (max_bytes(4) + 1), id="too long"),
        pytest.param(lambda data: b"9" * 10_000, id="a huge number"),
        pytest.param(lambda data: b"", id="nothing"),
        pytest.param(lambda data: b"null", id="null"),
    ],
)
def test_bytes_around_or_in_place_of_a_plan_are_refused(it: Bench, wrap: object) -> None:
    data = wrap(it.data)  # type: ignore[operator]
    verdict = it.gate.verdict(data)
    assert verdict.is_blocked
    assert verdict.plan_sha256 == sha256(data)
    with pytest.raises(PlanRefused):
        it.gate.submit(data, it.approval())


def test_text_is_not_bytes(it: Bench) -> None:
    assert it.gate.verdict(it.data.decode()).is_blocked  # type: ignore[arg-type]


def test_layout_and_order_of_keys_do_not_matter_but_the_hash_is_of_the_plan(it: Bench) -> None:
    value = json.loads(it.data)
    other = json.dumps(dict(reversed(value.items())), indent=1).encode()
    verdict = it.gate.verdict(other)
    assert not verdict.is_blocked
    assert verdict.plan_sha256 == it.plan.sha256


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mutation_passes_as_the_approved_plan(it: Bench, data: st.DataObject) -> None:
    """Bytes that were tampered with are refused, unless they still say exactly the approved plan."""
    original = it.data
    mutated = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        match data.draw(st.sampled_from(["flip", "delete", "insert", "copy"])):
            case "flip":
                mutated[at] ^= data.draw(st.integers(1, 255))
            case "delete":
                del mutated[at]
            case "insert":
                mutated[at:at] = data.draw(st.sampled_from([b"0", b"9", b"-", b'"', b"e9", b",", b" ", b"1"]))
            case "copy":
                to = data.draw(st.integers(0, len(mutated) - 1))
                mutated[to : to + 20] = mutated[at : at + 20]
    tampered = bytes(mutated)
    verdict = it.gate.verdict(tampered)
    try:
        it.gate.submit(tampered, it.approval())
    except PlanRefused:
        return
    except Exception as error:  # any other refusal must name the plan
        assert type(error).__name__ == "PlanChanged", error
        return
    assert verdict.plan_sha256 == it.plan.sha256
    assert parse_plan(tampered, 4) == it.plan


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(PlanRefused):
        parse_plan(data, 4)


def _json_suite() -> list[tuple[str, bytes]]:
    path = REDTEAM / "json_fuzz" / "JSONTestSuite.tar.xz"
    if not path.is_file():
        pytest.skip(f"no red-team material in {REDTEAM} (set EUTECTIC_REDTEAM)")
    with tarfile.open(path) as archive:
        found = []
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.isfile() and member.name.endswith(".json") else None
            if file is not None:
                found.append((Path(member.name).name, file.read()))
    return found


def test_the_json_test_suite_is_read_by_the_letter(it: Bench) -> None:
    suite = _json_suite()
    assert len(suite) > 300
    read = {}
    for name, data in suite:
        assert it.gate.verdict(data).is_blocked, name
        try:
            read_json(data)
            read[name] = True
        except PlanRefused:
            read[name] = False
    assert [name for name, passed in read.items() if name.startswith("n_") and passed] == []
    refused = {name for name, passed in read.items() if name.startswith("y_") and not passed}
    # Duplicate keys and lone surrogates are JSON to the letter; a plan may hold neither.
    assert all("duplicated" in name or "surrogate" in name or "nonCharacter" in name for name in refused), refused


def test_naughty_strings_pass_as_text_and_never_as_names(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(), trials_of("Fe80B20", "Fe70Co10B15Si5"))
    path = REDTEAM / "strings" / "blns.json"
    if not path.is_file():
        pytest.skip(f"no red-team material in {REDTEAM} (set EUTECTIC_REDTEAM)")
    names = ('"component":"B"', '"id":"r01-s01"', '"campaign":"alloy-1"', '"lab":"simulated"', '"tick":"1 mg"')
    for number, text in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        quoted = json.dumps(text)
        name = names[number % len(names)]
        key = name.split(":")[0]
        assert it.gate.verdict(replaced(it, name, f"{key}:{quoted}")).is_blocked
        changed = replaced(it, '"title":"as cast"', f'"title":{quoted}')
        with pytest.raises(PlanRefused):
            it.gate.submit(changed, it.approval())
