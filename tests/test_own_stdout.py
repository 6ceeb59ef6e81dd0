"""What compiled code prints by itself never stands in a command's standard output, where `--json` must stay JSON."""

from __future__ import annotations

import json
import subprocess
import sys

_CHILD = """
import json, os, threading
from eutectic.agents.cli.main import own_stdout
own_stdout()
def stray():
    for _ in range(200):
        os.write(1, b"HighsMipSolverData::stray line\\n")
threads = [threading.Thread(target=stray) for _ in range(2)]
for thread in threads: thread.start()
print(json.dumps(list(range(3000))))
for thread in threads: thread.join()
"""


def test_stray_lines_of_compiled_code_go_nowhere_whatever_threads_print() -> None:
    done = subprocess.run([sys.executable, "-c", _CHILD], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == list(range(3000))
    assert "stray line" not in done.stderr


def test_a_command_whose_output_was_closed_still_ends() -> None:
    code = "import os; os.close(1); from eutectic.agents.cli.main import own_stdout; own_stdout()"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
