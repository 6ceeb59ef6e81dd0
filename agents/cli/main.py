"""The entry point: runs a command and turns its errors into one line and an exit code."""

from __future__ import annotations

import os
import sqlite3
import sys
import traceback
from collections.abc import Sequence

from eutectic.core.errors import EutecticError, StorageFailed

INTERRUPTED = 130
_GONE_ON = "interrupted; nothing is lost: eutectic resume ID goes on"


def main(arguments: list[str] | None = None) -> int:
    """Run `eutectic` with arguments and return its exit code: 0 done, 1 failed, 2 bad input, 3 waiting for a person."""
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")
    import typer
    import typer.main

    from eutectic.agents.cli.app import app

    given = sys.argv[1:] if arguments is None else arguments
    command = typer.main.get_command(app)
    try:
        result = command.main(args=list(given) or ["--help"], prog_name="eutectic", standalone_mode=False)
    except EutecticError as error:
        return _say(str(error), error.exit_code)
    except typer.Exit as error:
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _say(_GONE_ON, INTERRUPTED)
    except _usage_error() as error:
        return _misused(error, given)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, sqlite3.OperationalError) as error:
        return _say(str(_storage(error)), 1)
    except Exception as error:
        return _broken(error)
    # Typer turns Ctrl-C into this number without a word.
    if result == INTERRUPTED:
        return _say(_GONE_ON, INTERRUPTED)
    return result if isinstance(result, int) else 0


def _usage_error() -> type[Exception]:
    """The class of usage errors: Typer brings its own copy of click, or uses the installed one."""
    import typer

    kind = typer.BadParameter.__bases__[0]
    assert issubclass(kind, Exception)
    return kind


def _misused(error: Exception, given: Sequence[str]) -> int:
    """A wrong command or option, with where to read up on it; a group of commands without one shows its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return main([*given, "--help"])
    said = getattr(error, "format_message", error.__str__)()
    command = next((word for word in given if not word.startswith("-")), "")
    known = "No such command" not in said
    return _say(f"{said.rstrip('.')} (see eutectic {f'{command} ' if command and known else ''}--help)", 2)


def _storage(error: OSError | sqlite3.OperationalError) -> StorageFailed:
    """What the operating system or a database refused."""
    if isinstance(error, sqlite3.OperationalError):
        return StorageFailed(str(error), mend="free the disk, or mend the folder's rights, then resume")
    what = error.strerror or "the disk refused"
    return StorageFailed(what, where=str(error.filename or ""), mend="check the path, its rights and the free space")


def _broken(error: Exception) -> int:
    """A fault of ours: one line, and the traceback for those who ask for it."""
    if os.environ.get("EUTECTIC_DEBUG"):
        traceback.print_exception(error)
    what = f"a fault in Eutectic: {type(error).__name__}: {error}"
    return _say(f"{what} (nothing recorded is lost; EUTECTIC_DEBUG=1 shows where; please report it)", 1)


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"eutectic: {' '.join(text.split())}\n")
    return code


def own_stdout() -> None:
    """Keep standard output for what Python prints; what compiled code prints there by itself goes nowhere.

    HiGHS has such stray lines, which break `--json` and tell a user nothing; errors of compiled code stand on standard
    error. Done once, before there is a thread: moving a file descriptor around each solver call would take what another
    thread prints meanwhile.
    """
    try:
        sys.stdout.flush()
        ours = os.dup(1)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
    except (OSError, AttributeError):  # closed before we began
        return
    old, buffering = sys.stdout, 1 if os.isatty(ours) else -1
    sys.stdout = os.fdopen(ours, "w", buffering, encoding=old.encoding, errors=old.errors)


def run() -> None:
    """Console script."""
    own_stdout()
    try:
        code = main()
    except KeyboardInterrupt:
        code = _say(_GONE_ON, INTERRUPTED)
    sys.exit(code)
