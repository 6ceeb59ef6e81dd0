"""The live view of a running campaign: round, best so far, decisions in a line each, time and money left."""

from __future__ import annotations

import time
from collections import deque
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from eutectic.agents.cli.telling import tell
from eutectic.agents.graph.lines import ranked_lines
from eutectic.agents.graph.ranking import Leaderboard
from eutectic.core.notebook import CampaignView, Event

_LOG = 14


class ProgressView:
    """Listens to a notebook; draws in a terminal, prints lines elsewhere."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._view = CampaignView()
        self._board: Leaderboard | None = None
        self._log: deque[str] = deque(maxlen=_LOG)
        self._began = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> ProgressView:
        if self._console.is_terminal and not self._quiet:
            self._live = Live(self._draw(), console=self._console, refresh_per_second=4, transient=False)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.update(self._draw())
            self._live.stop()
            self._live = None

    def catch_up(self, events: list[Event]) -> None:
        """Take in what happened before this process, without telling it."""
        for event in events:
            self._fold(event)

    def __call__(self, event: Event) -> None:
        """Take an event in and show it."""
        self._fold(event)
        line = tell(event, self._view)
        if line is None or self._quiet:
            return
        if self._live is not None:
            self._log.append(line)
            self._live.update(self._draw())
        else:
            self._console.print(escape(line), highlight=False, soft_wrap=True)

    def _fold(self, event: Event) -> None:
        self._view.fold(event)
        if event.kind == "campaign_opened":
            self._board = Leaderboard(
                self._view.spec, self._view.recipe_of.__getitem__, known=self._view.observations.__getitem__
            )
        if event.kind == "observation" and self._board is not None:
            self._board.add(self._view.observations[event.slot])

    def _draw(self) -> RenderableType:
        if not self._view.id:
            return Text("starting ...")
        spec = self._view.spec
        head = Table.grid(padding=(0, 2))
        head.add_row("goal", Text(spec.goal, overflow="ellipsis", no_wrap=True))
        head.add_row("round", f"{self._view.round} ({self._view.state})")
        head.add_row("best", Text(self._best(), overflow="fold"))
        log = Text("\n".join(self._log), overflow="ellipsis", no_wrap=True)
        return Panel(Group(head, self._budget(), log), title=f"eutectic {self._view.id}", border_style="cyan")

    def _best(self) -> str:
        best = ranked_lines(self._view.spec, self._board, 1) if self._board else ()
        if not best:
            return "nothing measured yet"
        line = best[0]
        units = {objective.property: objective.unit for objective in self._view.spec.objectives}
        values = ", ".join(f"{item.name} {item.value} {units[item.name]}" for item in line.values)
        return f"{line.trial} {line.recipe.formula}: {values}"

    def _budget(self) -> Table:
        budget, spent = self._view.spec.budget, self._view.spent
        rows: list[tuple[str, float, float, str]] = [
            ("experiments", spent.experiments, budget.experiments, f"{spent.experiments} of {budget.experiments}")
        ]
        if budget.money is not None:
            left = budget.money - spent.money
            rows.append(("money", spent.money, budget.money, f"{left:,.0f} {budget.currency} left"))
        if budget.hours is not None:
            rows.append(("lab time", spent.hours, budget.hours, f"{budget.hours - spent.hours:,.1f} h left"))
        if spent.model_calls:
            words = f"{budget.model_calls - spent.model_calls} calls, {budget.tokens - spent.tokens:,} tokens left"
            rows.append(("model", spent.model_calls, max(1, budget.model_calls), words))
        table = Table.grid(padding=(0, 2))
        for name, done, total, words in rows:
            table.add_row(name, ProgressBar(total=total, completed=min(done, total), width=28), words)
        table.add_row("running", Text(f"{time.monotonic() - self._began:,.0f} s"), "")
        return table
