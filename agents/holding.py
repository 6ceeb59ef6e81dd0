"""Stocks and approvals: what an approved plan takes is reserved before the answer stands, and freed when unsent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eutectic.core.plan import Approval, Plan

if TYPE_CHECKING:
    from eutectic.agents.campaign import Campaign
    from eutectic.core.notebook import Notebook
    from eutectic.lab_interface.stock_ledger import StockLedger


def hold_stocks(ledger: StockLedger | None, notebook: Notebook, key: str, approval: Approval) -> None:
    """Reserve what an approved plan takes; give back what a rejection or an edit frees.

    Raises:
        PlanRefused: another plan was approved on the same stock meanwhile; nothing is reserved.
    """
    if ledger is None:
        return
    plan = Plan.model_validate(notebook.get("plan", key))
    if approval.decision == "approve":
        ledger.reserve(plan)
    else:
        ledger.release(plan)


def release_unsent(campaign: Campaign) -> None:
    """Give back what plans of the last round hold that never were sent: the campaign ends before them."""
    ledger = None if campaign.context is None else campaign.context.ledger
    attempt = 1
    while ledger is not None:
        key = f"{campaign.id}/r{campaign.view.round:02d}/a{attempt}"
        payload = campaign.notebook.get("plan", key)
        if payload is None:
            return
        if campaign.notebook.get("submission_intended", key) is None:
            ledger.release(Plan.model_validate(payload))
        attempt += 1
