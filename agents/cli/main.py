"""The entry point: runs a command and turns its errors into one line and an exit code."""

from __future__ import annotations

import errno
import os
import sys

from eutectic.core.errors import EutecticError, StorageFailed

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run `eutectic` with arguments and return its exit code: 0 done, 1 failed, 2 bad input, 3 waiting for a person."""
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")
    import click
    import typer.main

    from eutectic.agents.cli.app import app

    command = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="eutectic", standalone_mode=False)
    except EutecticError as error:
        return _say(str(error), error.exit_code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.Abort:
        return _say("given up", INTERRUPTED)
    except click.ClickException as error:
        return _say(error.format_message(), 2)
    except KeyboardInterrupt:
        return _say("interrupted; nothing is lost: eutectic resume ID goes on", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO, errno.EDQUOT):
            raise
        return _say(str(StorageFailed(error.strerror or "disk error", where=str(error.filename or ""))), 1)
    return result if isinstance(result, int) else 0


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"eutectic: {' '.join(text.split())}\n")
    return code


def run() -> None:
    """Console script."""
    sys.exit(main())
