"""Commands for emergencies and stocks: stop everything at once, clear the stop, fill a stock up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eutectic.agents.cli.options import RUNS, Json, Out, print_json
from eutectic.core.errors import BadInput


def add(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("estop", short_help="Stop every lab at once; nothing is sent until a person clears it.")(estop)
    app.command("refill", short_help="Say that more of a stock was prepared.")(refill)


def estop(
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your name; needed to clear.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Lift the stop of this machine and of every lab.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only say whether anything is stopped.")] = False,
    out: Out = RUNS,
    as_json: Json = False,
) -> int:
    """Latch the emergency stop of this machine, then stop every lab of the campaigns in --out.

    The latch survives a restart; only a named person clears it. It never replaces the hardware button.
    """
    from eutectic.core.estop import EmergencyStop

    latch = EmergencyStop()
    if clear:
        latch.clear(by, reason)
    elif not status:
        latch.stop(reason.strip() or "no reason given", by)
    done = {} if status else _every_lab(out, reason, by, clear=clear)
    why, failed = latch.reason(), sorted(name for name, said in done.items() if said != "ok")
    if as_json:
        print_json({"stopped": why is not None, "reason": why, "labs": done})
    else:
        typer.echo("nothing is stopped" if why is None else f"STOPPED: {why}; nothing is sent until a person clears it")
        for name in failed:
            typer.echo(f"{name} did not confirm: {done[name]}. Use the hardware button.", err=True)
    return 1 if failed else 0


def _every_lab(out: Path, reason: str, by: str, *, clear: bool) -> dict[str, str]:
    """Stop or clear the lab of every campaign in a folder, each by itself; what each answered."""
    from concurrent.futures import ThreadPoolExecutor

    from eutectic.agents.campaign import campaign_names

    names = campaign_names(out)
    with ThreadPoolExecutor(max_workers=8) as pool:
        said = pool.map(lambda name: _one_lab(out, name, reason, by, clear=clear), names)
        return dict(zip(names, said, strict=True))


def _one_lab(out: Path, name: str, reason: str, by: str, *, clear: bool) -> str:
    """`ok`, or why this lab did not confirm; no failure of one lab keeps another from being stopped."""
    from eutectic.agents.spec_file import load_spec
    from eutectic.lab_interface.registry import open_lab

    folder = out / name
    try:
        lab = open_lab(load_spec(folder / "spec.yaml"), folder)
        if clear:
            lab.clear_estop(by)
        else:
            lab.estop(reason.strip() or "no reason given")
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__
    return "ok"


def refill(
    stock: Annotated[str, typer.Argument(metavar="STOCK", help="The stock's id, as in lab.settings.stocks.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Such as '20 mL' or '5 g'.")],
    lot: Annotated[str, typer.Option("--lot", help="Its lot, where it has one.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, such as 'new batch of the same lot'.")] = "",
) -> int:
    """Say that there is more of a lot than its campaigns were told; a new lot is a new stock in the spec instead."""
    from pydantic import ValidationError

    from eutectic.core.settings import home
    from eutectic.core.stock import Amount
    from eutectic.lab_interface.stock_ledger import StockLedger

    try:
        given = Amount.model_validate(amount)
    except ValidationError as error:
        raise BadInput(f"{amount[:30]!r} is not an amount", where="AMOUNT", mend="write such as '20 mL'") from error
    StockLedger(home() / "stocks.db", "refill").deposit(stock, lot, given, by, reason)
    typer.echo(f"{given} more of {stock}" + (f" lot {lot}" if lot else ""))
    return 0
