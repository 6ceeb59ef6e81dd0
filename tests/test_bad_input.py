"""What a user gets wrong at the command line: one line with the place and the mend, exit code 2, nothing lost."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from eutectic.agents.cli.main import main
from eutectic.core.notebook import CampaignView, Notebook

QUICK = (Path(__file__).parent / "data" / "quick.yaml").read_text()
SHORT = QUICK.replace("experiments: 9", "experiments: 3")
LAB = "lab: {kind: simulated, settings: {law: fe_soft_magnet}}"
BENCH = SHORT.replace(LAB, "lab: {kind: worksheet, settings: {properties: [Bs]}}").replace("mode: auto", "mode: person")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MODEL", "BASE_URL", "API_KEY", "TEMPERATURE", "TIMEOUT", "PRICE_IN", "PRICE_OUT", "DATABASE_URL"):
        monkeypatch.delenv(f"EUTECTIC_{name}", raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; gives its exit code, output and errors."""

    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(item) for item in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def refused(said: tuple[int, str, str], *patterns: str, code: int = 2) -> None:
    """One line on stderr that holds every pattern, and the exit code."""
    given, _, err = said
    assert given == code, said
    assert err.startswith("eutectic: ") and err.count("\n") == 1 and "Traceback" not in err, err
    for pattern in patterns:
        assert re.search(pattern, err), (pattern, err)


def changed(old: str, new: str) -> str:
    assert old in QUICK
    return QUICK.replace(old, new)


def rule(text: str) -> str:
    return changed("objectives:", f"  rules:\n    - {text}\nobjectives:")


SPECS = {
    "empty": ("", r"s\.yaml:1: the file is empty \(start from"),
    "binary": (bytes(range(256)), r"s\.yaml:2: not UTF-8"),
    "zeros": (b"\0" * 9, r"s\.yaml:1: .*YAML forbids"),
    "latin-1": (QUICK.replace("quickly", "schön").encode("latin-1"), r"s\.yaml:2: not UTF-8 text \(save"),
    "utf-16": (QUICK.encode("utf-16"), r"not UTF-8 text \(save"),
    "tab": (changed("  basis", "\tbasis"), r"s\.yaml:4: a tab .*\(indent with spaces\)"),
    "wrong-yaml": (changed("batch: 3", "batch: [3"), r"s\.yaml:14: wrong YAML"),
    "list": ("- a\n- b\n", r"s\.yaml:1: a spec is"),
    "unknown-key": (changed("batch:", "bacth:"), r"s\.yaml:13: bacth: unknown.*did you mean 'batch'"),
    "wrong-type": (changed("batch: 3", "batch: many"), r"s\.yaml:13: batch: 'many'.*integer"),
    "unknown-element": (changed("name: Co", "name: Xx"), r"s\.yaml:7: space\.components\.1\.name: 'Xx' is not"),
    "share-without-percent": (changed("max: 30%", "max: 30"), r"s\.yaml:7: .*write 30% or 0\.3"),
    "too-little": (changed("min: 50%", "max: 20%"), r"s\.yaml:3: space: .*clash: .*Fe max 20%.*100%"),
    "clash": (rule('{sum: [B, Si], relation: ">=", value: 45%}'), r"space: .*clash: B max 25% \+ Si max 15% \+ rule"),
    "rule-of-none": (rule('{sum: [B, X], relation: ">=", value: 45%}'), r"names \['X'\].*\(use Fe, Co, B, Si\)"),
    "min-above-max": (changed("max: 30%", "min: 40%, max: 30%"), r"s\.yaml:7: .*min 0\.4 is above.*\(write min"),
    "twice": (changed("name: Co", "name: Fe"), r"s\.yaml:3: space: \['Fe'\] stand twice.*\(write each once\)"),
    "no-tolerance": (
        changed("direction: maximize", "direction: target, target: 1.5"),
        r"s\.yaml:11: objectives\.0: .*tolerance None \(write both",
    ),
    "unknown-law": (changed("fe_soft_magnet", "fe_sof_magnet"), r"s\.yaml:15: lab\.settings\.law: .*'fe_soft_magnet'"),
    "unknown-lab": (changed("kind: simulated", "kind: simulted"), r"s\.yaml:15: lab\.kind: .*mean 'simulated'"),
    "unknown-setting": (changed("magnet}", "magnet, noize: 1}"), r"s\.yaml:15: lab\.settings\.noize: .*'noise'"),
    "wrong-setting": (changed("magnet}", "magnet, noise: loud}"), r"15: lab\.settings\.noise: 'loud'.*valid number"),
    "unmeasured": (changed("property: Bs", "property: hardness"), r"s\.yaml:11: objectives\.0\.property: .*Bs in T"),
    "wrong-unit": (changed("unit: T", "unit: mT"), r"s\.yaml:11: objectives\.0\.unit: .*'mT'.*gives it in 'T'"),
    "unmeasured-by-hand": (BENCH.replace("[Bs]", "[Hc]"), r"objectives\.0\.property: .*'Bs'.*measures Hc"),
    "large-batch": (BENCH.replace("batch: 3", "batch: 30"), r"s\.yaml:13: batch: a batch of 30 .*at most 24"),
    "unwatched": (BENCH.replace("mode: person", "mode: auto"), r"s\.yaml:14: approval\.mode: .*\(write mode: person"),
    "no-model": (changed("kind: rules", "kind: model"), r"s\.yaml:16: mind\.kind: .*EUTECTIC_MODEL and EUTECTIC_BASE"),
    "no-table": (QUICK + "prior_data: no.csv\n", r"s\.yaml:19: prior_data: there is no file"),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "message"), SPECS.values(), ids=SPECS)
def test_a_wrong_spec_is_refused_before_anything_is_made(
    run: Run, tmp_path: Path, spec: str | bytes, message: str
) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(spec if isinstance(spec, bytes) else spec.encode())
    refused(run("run", path), message)
    assert not list(tmp_path.glob("runs/*"))


def test_what_is_no_spec_file(run: Run, tmp_path: Path) -> None:
    refused(run("run", "nope.yaml"), r"nope\.yaml: there is no such file \(check")
    refused(run("run", tmp_path), r"this is a folder, not a spec file \(name")
    (tmp_path / "s.yaml").write_text(QUICK)
    refused(run("run", "s.yaml", "--mind", "model"), "EUTECTIC_MODEL")
    refused(run("run", "s.yaml", "--seed", "-1"), "--seed: seed -1")


TABLES = {
    "no-cells": ("", r"p\.csv:1: the file is empty \("),
    "ragged": ("Fe,Co,B,Si,Bs\n80,0,15,5,1.5,9\n", r"p\.csv:2: 6 cells, but the header has 5 \(check"),
    "other-components": ("Fe,Co,B,Si,P,Bs\n70,0,15,5,10,1.5\n", r"p\.csv:2: .*holds P 10"),
    "no-number": ("Fe,Co,B,Si,Bs\n80,0,15,5,abc\n", r"p\.csv:2: Bs: 'abc' is not a number \("),
    "no-property": ("Fe,Co,B,Si\n80,0,15,5\n", r"p\.csv:1: no column holds a property.*\(name a column Bs"),
    "no-value": ("Fe,Co,B,Si,Bs\n80,0,15,5,\n", r"p\.csv:2: no row can be used"),
}


@pytest.mark.parametrize(("table", "message"), TABLES.values(), ids=TABLES)
def test_a_wrong_table_of_earlier_measurements_is_refused(run: Run, tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "p.csv").write_text(table)
    (tmp_path / "s.yaml").write_text(QUICK + "prior_data: p.csv\n")
    refused(run("run", "s.yaml"), message)
    assert not list(tmp_path.glob("runs/*"))


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        pytest.param("\ufeffFe,Co,B,Si,Bs (T)\n80,,15,5,1.5\n70,10,15,5,\n", (1, 1), id="bom-and-missing-cells"),
        pytest.param("Fe;Co;B;Si;Bs\n80,5;0;14,5;5;1,5\n70;10;15;5;1,6\n", (2, 0), id="decimal-commas"),
    ],
)
def test_an_odd_table_is_read_and_what_is_left_out_is_said(
    run: Run, tmp_path: Path, table: str, rows: tuple[int, int]
) -> None:
    (tmp_path / "p.csv").write_text(table, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(BENCH + "prior_data: p.csv\n")
    code, out, _ = run("run", "s.yaml")
    assert code == 3
    assert f"prior data   {rows[0]} rows taken, {rows[1]} refused" in out
    with Notebook(tmp_path / "runs/quick-001/notebook.db", "quick-001", read_only=True) as notebook:
        assert notebook.verify() and len(CampaignView(notebook.events()).prior) == rows[0]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({"EUTECTIC_TEMPERATURE": "warm"}, "EUTECTIC_TEMPERATURE: .*'warm'.*valid number", id="no-number"),
        pytest.param({"EUTECTIC_TIMEOUT": "0"}, "EUTECTIC_TIMEOUT: .*greater than 0", id="no-time"),
        pytest.param(
            {"EUTECTIC_MODEL": "m", "EUTECTIC_BASE_URL": "localhost"}, "base URL.*EUTECTIC_BASE_URL", id="no-url"
        ),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "s.yaml").write_text(changed("kind: rules", "kind: auto"))
    refused(run("run", "s.yaml"), message)
    assert not list(tmp_path.glob("runs/*"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param(b"model = [", r"settings\.toml: cannot read", id="no-toml"),
        pytest.param(b"\xff\xfe", r"settings\.toml: cannot read.*UTF-8", id="not-utf-8"),
        pytest.param(b"modle = 'x'", r"settings\.toml: .*'modle' \(did you mean 'model'", id="unknown"),
        pytest.param(b"temperature = 'a'", r"settings\.toml: .*'temperature'.*'a'", id="wrong-type"),
        pytest.param(b"api_key = 'sk-canary-77'", r"must not stand in a file \(set the env", id="secret"),
        pytest.param(b"model = 77777", r"settings\.toml: .*'model'", id="value-not-shown"),
    ],
)
def test_a_wrong_settings_file_is_named(run: Run, tmp_path: Path, settings: bytes, message: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "settings.toml").write_bytes(settings)
    said = run("status")
    refused(said, message)
    assert "canary" not in said[2] and "77777" not in said[2]


def test_a_settings_folder_is_no_settings_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home" / "settings.toml").mkdir(parents=True)
    refused(run("status"), r"settings\.toml: cannot read the settings: Is a directory")


def test_an_out_that_cannot_hold_campaigns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(QUICK)
    (tmp_path / "file").write_text("x")
    for command in (("run", "s.yaml"), ("status",), ("tick",), ("status", "a-001"), ("resume", "a-001")):
        refused(run(*command, "--out", "file"), r"file: this is not a folder \(name")
    refused(run("run", "s.yaml", "--out", "file/deeper"), "Not a directory.*another --out", code=1)
    refused(run("run", "s.yaml", "--out", "/proc/nowhere"), "/proc/nowhere: cannot make.*another --out", code=1)


def test_wrong_commands_and_options(run: Run) -> None:
    refused(run("frobnicate"), r"No such command 'frobnicate' \(see eutectic --help\)")
    refused(run("status", "--frob"), r"No such option: --frob \(see eutectic status --help\)")
    refused(run("run"), r"Missing argument 'SPEC' \(see eutectic run --help\)")
    refused(run("run", "x.yaml", "--seed", "x"), "--seed")
    refused(run("run", "x.yaml", "--mind", "god"), "'auto', 'rules', 'model'")


def test_help_is_for_reading(run: Run) -> None:
    code, out, _ = run()
    assert code == 0 and "Commands:" in out and out == run("--help")[1]
    names = re.findall(r"^  ([a-z]+)  ", out.partition("Commands:")[2], re.MULTILINE)
    assert {"run", "resume", "approve", "import", "doctor", "bench"} <= set(names)
    assert "..." not in out.partition("Commands:")[2], "a summary is cut"
    assert "Exit codes: 0 done" in out and run("--version")[1].startswith("eutectic 0.")
    for name in names:
        code, text, err = run(name, "--help")
        assert (code, err) == (0, "") and text.startswith(f"Usage: eutectic {name}")


def test_ids_that_are_no_campaigns(run: Run, tmp_path: Path) -> None:
    for command in ("status", "resume", "report", "replay", "approve", "reject", "abort"):
        more = ("--by", "Ada", "--reason", "x") if command in ("approve", "reject", "abort") else ()
        refused(run(command, "nope-001", *more), "there is no campaign 'nope-001' .*eutectic run SPEC")
        refused(run(command, "../elsewhere", *more), "there is no campaign")
    (tmp_path / "runs" / "quick-001").mkdir(parents=True)
    (tmp_path / "runs" / "quick-001" / "spec.yaml").write_text(QUICK)
    refused(run("status", "quikc-001"), "did you mean 'quick-001'")


def test_a_library_with_nothing_to_read(run: Run, tmp_path: Path) -> None:
    refused(run("ask", "What is it?"), r"library: there is no document in the library \(eutectic ingest PATH\)")
    assert not (tmp_path / "home" / "library").exists()
    (tmp_path / "empty").mkdir()
    refused(run("ingest", "empty"), r"empty: there are no documents that may be read \(name .pdf")
    refused(run("ingest", "nowhere.pdf"), r"nowhere\.pdf: nothing was taken in: there is no such file \(", code=1)
    refused(run("ask", "What is it?"), "there is no document in the library")
    refused(run("ask", " "), "question|document")


def test_an_answer_nobody_waits_for_and_one_without_a_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(BENCH)
    assert run("run", "s.yaml")[0] == 3
    refused(run("approve", "quick-001"), "--by: ")
    refused(run("approve", "quick-001", "--by", "A" * 81), "--by: 81 characters")
    refused(run("reject", "quick-001", "--by", "Ada", "--reason", " "), "--reason: ")
    refused(run("approve", "quick-001", "--by", "Ada", "--plan", "zz"), "waits, not 'zz'")
    refused(run("import", "x.csv", "--campaign", "quick-001"), "waits for no worksheet results")
    assert run("approve", "quick-001", "--by", "Ada")[0] == 3
    for command in ("approve", "reject"):
        refused(run(command, "quick-001", "--by", "Ada", "--reason", "x"), r"waits for nobody \(see eutectic status")


def test_wrong_results_change_nothing_and_the_right_ones_are_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(BENCH)
    run("run", "s.yaml")
    run("approve", "quick-001", "--by", "Ada")
    template = next(tmp_path.glob("runs/**/results_template.csv")).read_text(encoding="utf-8-sig")
    head, first, *rest = template.splitlines()
    mark = re.search(r"plan-\w+", first)
    assert mark is not None
    full = first.split(",")
    full[head.split(",").index("value Bs [T]")] = "1.5"
    good = "\n".join([head, ",".join(full), *(f"{row.split(',')[0]},{mark[0]},failed,sample_prep" for row in rest)])
    wrong = {
        "": r"r\.csv:1: the first line must name",
        template: r"r\.csv: no row is filled in \(",
        good.replace(
            mark[0], "plan-0123456789abcdef"
        ): r"r\.csv: the lines are of plan-0123456789abcdef, .*older version",
        f"{head}\nZZ-1,{mark[0]},,,1,1,1,1,1.5\n": r"r\.csv:2: .*no sample 'ZZ-1'",
    }
    path = tmp_path / "r.csv"
    for text, message in wrong.items():
        path.write_text(text)
        refused(run("import", path, "--campaign", "quick-001", "--yes"), message)
    refused(run("import", tmp_path, "--campaign", "quick-001", "--yes"), "Is a directory")
    refused(run("import", "no.csv", "--campaign", "quick-001", "--yes"), r"no\.csv: .*No such file")
    path.write_text(good)
    code, out, _ = run("import", path, "--campaign", "quick-001", "--json")
    assert code == 3 and len(json.loads(out)["import"]["new"]) == 3
    code, out, _ = run("import", path, "--campaign", "quick-001", "--json", "--yes")
    done = json.loads(out)
    assert code == 0 and done["experiments"] == 3 and len(done["import"]["observations"]) == 3
    with Notebook(tmp_path / "runs/quick-001/notebook.db", "quick-001", read_only=True) as notebook:
        notebook.verify()
