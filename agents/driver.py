"""Drives a campaign's graph, a thread of checkpoints per round; where they are lost the notebook says where it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eutectic.agents.arrivals import take_arrivals
from eutectic.agents.graph.build import build_graph
from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.state import RoundState
from eutectic.core.errors import MissingExtra, StorageFailed
from eutectic.core.settings import Settings

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from eutectic.agents.campaign import Outcome, State

_PERSON = ("plan", "question", "unknown_run")


def drive(ctx: CampaignContext, settings: Settings) -> Outcome:
    """Run rounds until the campaign is closed or waits for a person or the lab."""
    from eutectic.agents.campaign import Outcome

    with open_saver(ctx.folder, settings) as saver:
        graph = build_graph(saver)
        take_arrivals(ctx)
        while ctx.view.closed is None:
            state = _where(ctx)
            thread = f"{ctx.view.id}/r{state['round']:02d}"
            config: Any = {"configurable": {"thread_id": thread}, "recursion_limit": 1000}
            given = _input(config, saver, state)
            result = _invoked(graph, given, config, ctx)
            waiting = result.get("__interrupt__")
            if waiting:
                value = waiting[0].value
                return Outcome(_waits_for(value), _words(value))
            saver.delete_thread(thread)
    return Outcome("done", str(ctx.view.closed["reason"]) if ctx.view.closed else "")


def _invoked(graph: Any, given: RoundState | None, config: Any, ctx: CampaignContext) -> dict[str, Any]:
    """The graph run until it ends or waits.

    Raises:
        StorageFailed: a checkpoint cannot be written; the notebook holds all that was done.
    """
    try:
        return dict(graph.invoke(given, config, context=ctx, durability="sync"))
    except sqlite3.Error as error:
        raise StorageFailed(
            f"a checkpoint cannot be written: {error}",
            where=str(ctx.folder / "checkpoints.db"),
            mend="free the disk, then eutectic resume",
        ) from error


def _where(ctx: CampaignContext) -> RoundState:
    """The round to work on, from the notebook alone."""
    view = ctx.view
    number = view.round
    closing = number > 0 and ctx.journal.payload("round_closed", f"r{number:02d}") is not None
    if closing and not _still_open(ctx, number):
        number += 1
    number = max(1, number)
    framed = ctx.journal.payload("decision", "r00/pi/frame") is not None
    ready = framed and (ctx.spec.library is None or ctx.journal.payload("tool", "r00/designer/quotes") is not None)
    return RoundState(campaign=view.id, round=number, begin="choose" if ready else "frame")


def _still_open(ctx: CampaignContext, number: int) -> bool:
    """Whether a closed round still has to be answered for or closed with the campaign."""
    payload = ctx.journal.payload("round_closed", f"r{number:02d}")
    assert payload is not None
    if payload["action"] == "stop":
        return True
    if payload["action"] != "ask":
        return False
    said = ctx.journal.payload("approval", f"r{number:02d}/pi/ask")
    return said is None or said["decision"] == "reject"


def _input(config: Any, saver: BaseCheckpointSaver[Any], state: RoundState) -> RoundState | None:
    """The first state, or None to go on from a checkpoint.

    A node that was interrupted runs again from its top and finds the person's answer in the notebook, or waits again:
    answers never travel through the checkpoint.
    """
    return state if saver.get_tuple(config) is None else None


def _waits_for(value: dict[str, Any]) -> State:
    by_hand = value["kind"] == "lab" and value["state"] == "awaiting_person"
    return "waiting_person" if by_hand or value["kind"] in _PERSON else "waiting_lab"


def _words(value: dict[str, Any]) -> str:
    if value["kind"] == "lab":
        return f"{value['slot']}: {value['state']}, {value['done']} of {value['total']} samples are done"
    if value["kind"] == "plan":
        return f"plan {value['slot']} ({len(value['trials'])} trials, cost {value['cost']:.2f}): {value['reason']}"
    return str(value["reason"])


@contextmanager
def open_saver(folder: Path, settings: Settings) -> Iterator[BaseCheckpointSaver[Any]]:
    """The checkpointer: SQLite in the campaign's folder, or PostgreSQL where a URL is set.

    Checkpoints are a cache: a file that cannot be read is set aside and the notebook tells where the round stands.
    """
    if settings.database_url is not None:
        with _postgres(settings.database_url.get_secret_value()) as saver:
            yield saver
        return
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = folder / "checkpoints.db"
    connection = _connect(path)
    try:
        yield SqliteSaver(connection)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    for attempt in (1, 2):
        connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        try:
            found = connection.execute("PRAGMA quick_check").fetchone()
            if found is not None and found[0] == "ok":
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")  # a cache: power lost may cost a step, not the file
                return connection
        except sqlite3.DatabaseError:
            pass
        connection.close()
        if attempt == 1:
            path.replace(path.with_suffix(".broken"))
    raise StorageFailed(
        "the checkpoints cannot be opened", where=str(path), mend="free the disk or mend the folder's rights"
    )


@contextmanager
def _postgres(url: str) -> Iterator[BaseCheckpointSaver[Any]]:
    try:
        from langgraph.checkpoint.postgres import PostgresSaver
    except ImportError as error:
        raise MissingExtra("PostgreSQL needs an extra", mend="pip install 'eutectic[postgres]'") from error
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with PostgresSaver.from_conn_string(plain) as saver:
        saver.setup()
        yield saver
