"""The sandbox: honest analysis runs, dishonest code reaches nothing, and where it cannot be held it is refused."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eutectic.tools.sandbox as sandbox
from eutectic.core.errors import BadInput, NotSupported
from eutectic.tools.sandbox import run_analysis, run_analysis_many, sandbox_level
from eutectic.tools.sandbox_rules import check_source

MEAN = """
import statistics

def analyse(readings):
    return {name: {"value": statistics.fmean(v), "sd": statistics.stdev(v)} for name, v in readings.items()}
"""
NUMPY = """
import numpy as np

def analyse(readings):
    out = {}
    for name, values in readings.items():
        x = np.asarray(values, dtype=float)
        keep = x[np.abs(x - np.median(x)) <= 3 * np.std(x) + 1e-12]
        out[name] = {"value": float(np.mean(keep))}
    return out
"""
is_fenced = pytest.mark.skipif(sandbox_level() != "landlock", reason="no Landlock on this machine")


def test_honest_code_gives_values_per_property() -> None:
    assert run_analysis(MEAN, {"Bs": [1.0, 2.0, 3.0]}, trusted=True) == {"Bs": {"value": 2.0, "sd": 1.0}}


def test_several_samples_run_in_one_child_in_their_order() -> None:
    found = run_analysis_many(NUMPY, [{"a": [1.0, 1.0]}, {"a": [5.0, 7.0], "b": [2.0, 2.0]}], trusted=True)
    assert found == [{"a": {"value": 1.0}}, {"a": {"value": 6.0}, "b": {"value": 2.0}}]


@is_fenced
def test_code_of_a_model_runs_where_it_can_be_held() -> None:
    assert run_analysis(NUMPY, {"Bs": [2.0, 2.0]}, trusted=False) == {"Bs": {"value": 2.0}}


def test_code_of_a_model_is_refused_where_it_cannot_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "sandbox_level", lambda: "process")
    with pytest.raises(NotSupported, match="Landlock"):
        run_analysis(MEAN, {"Bs": [1.0, 2.0]}, trusted=False)
    assert run_analysis(MEAN, {"Bs": [1.0, 2.0]}, trusted=True)["Bs"]["value"] == 1.5


BODY = "def analyse(readings):\n    "


@pytest.mark.parametrize(
    "source",
    [
        "import os\ndef analyse(r): return {}",
        "import numpy.ctypeslib\ndef analyse(r): return {}",
        "from os import system\ndef analyse(r): return {}",
        "from . import x\ndef analyse(r): return {}",
        "from numpy import ctypeslib\ndef analyse(r): return {}",
        "from numpy import *\ndef analyse(r): return {}",
        BODY + "return open('/etc/passwd')",
        BODY + "return eval('1')",
        BODY + "return exec('1')",
        BODY + "return __import__('os')",
        BODY + "return getattr(readings, 'x')",
        BODY + "return ().__class__.__bases__",
        BODY + "return '{0.__class__}'.format(1)",
        BODY + "return (lambda __x: 1)(2)",
        "import numpy as np\n" + BODY + "return np.load('x', allow_pickle=True)",
        "import numpy as np\n" + BODY + "return np.fromfile('/etc/passwd')",
        "import numpy as np\n" + BODY + "return np.asarray([1]).tofile('x')",
        "import statistics\n" + BODY + "return statistics.sys.modules",
        "class A: pass\ndef analyse(r): return {}",
        "@print\ndef analyse(r): return {}",
        BODY + "with readings: pass",
        BODY + "global x",
        BODY + "match readings:\n        case object(__class__=c): return c",
        "async def analyse(r): return {}",
        BODY + "yield 1",
        BODY + "return (x := 1)",
        "def other(r): return {}",
        "def analyse(r: return",
        "def analyse(r): return {}\n" + "#" * 20_000,
        "(" * 5000,
        "\0",
    ],
)
def test_code_outside_the_rules_is_refused_before_it_runs(source: str) -> None:
    with pytest.raises(BadInput, match=r"analys|line|character|Python"):
        check_source(source)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_accepted_or_refused_with_a_reason(source: str) -> None:
    with pytest.raises(BadInput):
        check_source(source)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param("return 1", "not a dict", id="no dict"),
        pytest.param("return {'Bs': 1.0}", "failed", id="no entry"),
        pytest.param("return {'Bs': {'sd': 1.0}}", "'Bs' must be", id="no value"),
        pytest.param("return {'Bs': {'value': 1.0, 'evil': 2.0}}", "'Bs' must be", id="another key"),
        pytest.param("return {'Bs': {'value': 1e308 * 10}}", "failed|finite", id="infinity"),
        pytest.param("return {'Bs': {'value': 1e308 * 10 - 1e308 * 10}}", "failed|finite", id="nan"),
        pytest.param("return {'Bs': {'value': 1.0, 'sd': -1.0}}", "negative", id="negative sd"),
        pytest.param("return 1 / 0", "ZeroDivisionError", id="an error"),
        pytest.param("return {'n' * 5_000_000: {'value': 1.0}}", "too much", id="a flood of output"),
        pytest.param("return analyse(readings)", "RecursionError|answer", id="endless recursion"),
    ],
)
def test_bad_results_are_refused(body: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        run_analysis(BODY + body, {"Bs": [1.0]}, trusted=True)


def test_an_endless_loop_is_killed() -> None:
    with pytest.raises(BadInput, match=r"too long|without an answer"):
        run_analysis(BODY + "while True:\n        pass", {"Bs": [1.0]}, timeout_s=1.5, trusted=True)


def test_a_memory_bomb_is_stopped() -> None:
    with pytest.raises(BadInput, match=r"memory|answer"):
        run_analysis(BODY + "x = [0]\n    while True:\n        x = x + x", {"Bs": [1.0]}, timeout_s=60, trusted=True)


ATTACK = """
import json, os, socket, sys
from eutectic.tools.sandbox_fence import fence, limit_resources
limit_resources(1 << 30, 10)
fence(json.loads(sys.argv[1]))
{attack}
"""


def attacked(attack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run attack code behind the fence alone, as if every rule on the source had been got around."""
    readable = __import__("json").dumps(sandbox._readable())
    return subprocess.run(
        [sys.executable, "-I", "-c", ATTACK.replace("{attack}", attack), readable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )


@is_fenced
@pytest.mark.parametrize(
    "attack",
    [
        pytest.param("open(sys.argv[2]).read()", id="read a secret"),
        pytest.param("open(sys.argv[2], 'a')", id="write a file"),
        pytest.param("open(os.path.dirname(sys.argv[2]) + '/new', 'w')", id="make a file"),
        pytest.param("os.unlink(sys.argv[2])", id="delete a file"),
        pytest.param("os.rename(sys.argv[2], sys.argv[2] + 'x')", id="rename a file"),
        pytest.param("os.chmod(sys.argv[2], 0o777)", id="change a mode"),
        pytest.param("os.symlink(sys.argv[2], os.path.dirname(sys.argv[2]) + '/link')", id="make a link"),
        pytest.param("open(os.path.dirname(sys.argv[2]) + '/old-link').read()", id="follow a link"),
        pytest.param("os.listdir('/')", id="list the root"),
        pytest.param("open('/etc/passwd').read()", id="read etc"),
        pytest.param("open('/proc/self/environ').read()", id="read its environment"),
        pytest.param("open(f'/proc/{os.getppid()}/environ').read()", id="read the parent's environment"),
        pytest.param("os.kill(os.getppid(), 15)", id="kill the parent"),
        pytest.param("socket.create_connection(('127.0.0.1', int(sys.argv[3])), 2)", id="connect"),
        pytest.param("socket.socket(socket.AF_UNIX)", id="unix socket"),
        pytest.param("socket.socketpair()", id="socket pair"),
        pytest.param("os.fork()", id="fork"),
        pytest.param("os.execv('/bin/sh', ['sh', '-c', 'true'])", id="run a shell"),
        pytest.param("import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))", id="lift a limit"),
        pytest.param("import ctypes; e = ctypes.CDLL(None, use_errno=True).unshare(0x10000000);"
                     " assert e == 0", id="new namespace"),
        pytest.param("import threading; threading.Thread(target=print).start()", id="a thread"),
    ],
)  # fmt: skip
def test_behind_the_fence_attacks_fail(tmp_path: Path, attack: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    (tmp_path / "old-link").symlink_to(secret)
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = attacked(attack, str(secret), str(server.getsockname()[1]))
    assert done.returncode != 0, f"it got through: {done.stdout}"
    assert "the secret" not in done.stdout
    assert any(word in done.stderr for word in ("PermissionError", "RuntimeError", "AssertionError", "ValueError"))
    assert secret.read_text() == "the secret"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old-link", "secret.txt"]


@is_fenced
def test_a_fork_bomb_makes_no_process(tmp_path: Path) -> None:
    count = (
        "n = 0\nfor _ in range(200):\n    try:\n        n += os.fork() > 0\n    except OSError:\n        pass\nprint(n)"
    )
    assert attacked(count).stdout.strip() == "0"


def test_the_child_gets_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EUTECTIC_API_KEY", "sk-canary")
    seen: list[dict[str, str]] = []
    real = subprocess.Popen

    class Watched(real):  # type: ignore[type-arg, valid-type, misc]
        """Popen that notes the environment it is given."""

        def __init__(self, *arguments: object, **options: object) -> None:
            seen.append(dict(options["env"]))  # type: ignore[call-overload]
            super().__init__(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    run_analysis(MEAN, {"Bs": [1.0, 2.0]}, trusted=True)
    assert seen
    assert all("EUTECTIC" not in name and "canary" not in value for env in seen for name, value in env.items())


def test_no_child_or_thread_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    class Watched(real):  # type: ignore[type-arg, valid-type, misc]
        """Popen that is remembered."""

        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    before = threading.active_count()
    with pytest.raises(BadInput):
        run_analysis(BODY + "while True:\n        pass", {"Bs": [1.0]}, timeout_s=1, trusted=True)
    assert threading.active_count() == before
    assert [child.returncode for child in started] == [-9]
    with pytest.raises(ProcessLookupError):
        os.killpg(started[0].pid, 0)
