"""A campaign on disk: create it, open it, drive it as far as it goes, answer what it waits for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.journal import Journal, Steps
from eutectic.agents.graph.state import RoundState
from eutectic.agents.holding import hold_stocks
from eutectic.core.decision import Mind
from eutectic.core.errors import BadInput, NoSuchCampaign
from eutectic.core.evidence import Retriever
from eutectic.core.lab import Lab
from eutectic.core.lock import DriverLock
from eutectic.core.notebook import CampaignView, Event, Notebook
from eutectic.core.notebook.view import UNKNOWN_SUFFIX
from eutectic.core.optimizer import Optimizer
from eutectic.core.plan import Approval, Verdict
from eutectic.core.run import RunRef
from eutectic.core.settings import Settings, home
from eutectic.core.spec import CampaignSpec

if TYPE_CHECKING:
    from eutectic.lab_interface.stock_ledger import StockLedger

State = Literal["done", "waiting_person", "waiting_lab"]


@dataclass(frozen=True)
class Outcome:
    """How far a campaign went."""

    state: State
    detail: str
    """What it waits for, or why it ended."""


@dataclass(frozen=True)
class Collaborators:
    """What a campaign works with; `None` means what its spec and the settings say."""

    settings: Settings
    mind: Mind | None = None
    lab: Lab | None = None
    optimizer: Optimizer | None = None
    recorded: Steps | None = None
    """In a replay: recorded payloads of tools and approvals."""
    listeners: tuple[Callable[[Event], None], ...] = ()


class Campaign:
    """The one stateful class: a campaign that this process drives, and no other process.

    Raises:
        CampaignBusy: another process drives it.
        NotebookCorrupt: the notebook's chain does not hold.
    """

    def __init__(self, folder: Path, campaign: str, collaborators: Collaborators) -> None:
        self.folder, self.id = folder, campaign
        self._with = collaborators
        self._stack = ExitStack()
        try:
            self._stack.enter_context(DriverLock(folder))
            self.notebook = self._stack.enter_context(Notebook(self._database(), campaign))
            self.notebook.verify()
            self.view = CampaignView(self.notebook.events())
            self.notebook.listen(self.view.fold)
            for listener in collaborators.listeners:
                self.notebook.listen(listener)
            self.context = self._context() if self.view.id else None
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _database(self) -> Path | str:
        url = self._with.settings.database_url
        return self.folder / "notebook.db" if url is None else url.get_secret_value()

    def begin(self, opening: dict[str, Any]) -> None:
        """Write the opening event into a fresh notebook, once all that may refuse the spec has been opened.

        Raises:
            BadInput: the lab, the mind or the earlier measurements cannot be used as the spec says; nothing is written.
        """
        self._with = self._opened(CampaignSpec.model_validate(opening["spec"]))
        self.notebook.append("campaign_opened", "campaign", opening)
        self.context = self._context()

    def _opened(self, spec: CampaignSpec) -> Collaborators:
        from eutectic.agents.knowledge_freeze import freeze_tables
        from eutectic.agents.minds import open_mind
        from eutectic.lab_interface.registry import open_lab
        from eutectic.lab_interface.spec_check import check_served
        from eutectic.tools.prior_data import read_prior

        lab = self._with.lab or open_lab(spec, self.folder)
        if self._with.recorded is None:
            check_served(spec, lab.capabilities())
            if spec.prior_data is not None:
                read_prior(Path(spec.prior_data), spec)
            freeze_tables(spec)
        mind = self._with.mind or open_mind(spec, self._with.settings, lambda: self.view.spent)
        return replace(self._with, lab=lab, mind=mind)

    def _context(self) -> CampaignContext:
        from eutectic.agents.graph.knowing import InformedOptimizer
        from eutectic.agents.minds import open_mind
        from eutectic.agents.minds.rules import RulesMind
        from eutectic.lab_interface.gate import Gate
        from eutectic.lab_interface.registry import open_lab

        spec = self.view.spec
        lab = self._with.lab or open_lab(spec, self.folder)
        journal = Journal(self.notebook, self._with.recorded)
        self._prior(spec, journal)
        optimizer = self._with.optimizer or InformedOptimizer(spec, journal, self.view, self.folder)
        if self.view.prior:
            optimizer.tell(self.view.prior)
        ledger = None if self._with.recorded is not None else self._ledger(lab)
        context = CampaignContext(
            folder=self.folder,
            spec=spec,
            notebook=self.notebook,
            view=self.view,
            journal=journal,
            mind=self._with.mind or open_mind(spec, self._with.settings, lambda: self.view.spent),
            rules=RulesMind(),
            lab=lab,
            gate=Gate(spec, lab, self.notebook, self.view, ledger=ledger)
            if self._with.recorded is None
            else Gate(spec, lab, self.notebook, self.view, today=lambda: None),
            ledger=ledger,
            optimizer=optimizer,
            retriever=self._retriever(spec),
            is_replay=self._with.recorded is not None,
        )
        self.notebook.listen(context.on_event)
        return context

    def _ledger(self, lab: Lab) -> StockLedger:
        """The stocks of a lab; a real lab's are shared by every campaign of this machine."""
        from eutectic.lab_interface.stock_ledger import StockLedger

        where = self.folder if lab.capabilities().simulated else home()
        return StockLedger(where / "stocks.db", str(self.folder.resolve()))

    def _prior(self, spec: CampaignSpec, journal: Journal) -> None:
        if spec.prior_data is None:
            return
        from eutectic.tools.prior_data import read_prior

        path = Path(spec.prior_data)

        def compute() -> dict[str, Any]:
            found = read_prior(path, spec)
            return {
                "name": "prior_data",
                "result": {
                    "observations": [item.model_dump(mode="json") for item in found.observations],
                    "refused": [str(item) for item in found.refused],
                },
            }

        journal.step("tool", "r00/prior", compute)

    def _retriever(self, spec: CampaignSpec) -> Retriever | None:
        if spec.library is None or self._with.recorded is not None:
            return None
        from eutectic.knowledge.library import open_library

        library = open_library(Path(spec.library), self._with.settings)
        self._stack.callback(library.close)
        return library

    def advance(self) -> Outcome:
        """Go as far as possible without waiting.

        Raises:
            EutecticError: a failure that needs mending; everything up to it is in the notebook.
        """
        from eutectic.agents.driver import drive

        assert self.context is not None
        return drive(self.context, self._with.settings)

    def answer(self, approval: Approval) -> None:
        """Record a person's answer to what the campaign waits for.

        Raises:
            BadInput: nothing waits, or the answer is for another plan.
            PlanRefused: another plan was approved on the same stock.
        """
        asked = self.view.asked[0] if self.view.asked else None
        if asked is not None and asked.endswith(UNKNOWN_SUFFIX):
            raise BadInput("a person must say what became of a run", mend=f"eutectic reconcile {self.id} --outcome ...")
        slot = self.view.waiting or asked
        if slot is None:
            raise BadInput(f"campaign {self.id!r} waits for nobody", mend="see eutectic status")
        request = self.notebook.get("approval_requested", slot)
        payload = approval.model_dump(mode="json")
        if request is not None:
            if approval.plan_sha256 != request["plan_sha256"]:
                raise BadInput(
                    f"the answer is for plan {approval.plan_sha256[:12]}, but plan {request['plan_sha256'][:12]} waits",
                    mend="look at the plan again, then answer",
                )
            payload["struck"] = _struck(approval, request["trials"])
            verdict = Verdict.model_validate(self.notebook.get("verdict", slot))
            if approval.decision == "approve" and verdict.is_blocked:
                raise BadInput(
                    "the gate blocks this plan, no approval can lift that", mend="reject it or strike trials"
                )
            hold_stocks(self.context.ledger if self.context else None, self.notebook, slot, approval)
        self.notebook.append("approval", slot, payload)


def reconcile(campaign: Campaign, outcome: Literal["ran", "did_not_run"], by: str) -> str:
    """A person says what became of a run that the lab cannot tell of; its key.

    Raises:
        BadInput: no run is in doubt.
        LabFailed: the lab knows better, or something else was said before.
    """
    asked, key = campaign.view.asked, campaign.view.in_flight
    if asked is None or not asked[0].endswith(UNKNOWN_SUFFIX) or key is None or campaign.context is None:
        raise BadInput(f"no run of campaign {campaign.id!r} is in doubt", mend="see eutectic status")
    ref = RunRef.model_validate(campaign.notebook.get("submission_accepted", key))
    campaign.context.lab.reconcile(ref, outcome, by)
    approval = Approval(plan_sha256=ref.plan_sha256, decision="approve", by=by, reason=f"the run {outcome}")
    campaign.notebook.append("approval", asked[0], approval)
    return key


def _struck(approval: Approval, trials: Iterable[str]) -> list[str]:
    if approval.decision == "reject":
        return list(trials)
    if approval.decision == "approve":
        return []
    unknown = sorted(set(approval.keep) - set(trials))
    if unknown or not approval.keep:
        raise BadInput(
            f"an edit names the trials to keep; unknown here: {unknown}", mend=f"keep some of {list(trials)}"
        )
    return [trial for trial in trials if trial not in approval.keep]


def find_campaign(out: Path, campaign: str) -> Path:
    """The folder of a campaign.

    Raises:
        NoSuchCampaign: there is none; names those that exist.
    """
    there = campaign_names(out)
    if campaign in there:
        return out / campaign
    near = get_close_matches(campaign, there, n=1)
    known = (
        f"there are: {', '.join(there[-12:])}" if there else "there is none yet: eutectic run SPEC, or another --out"
    )
    mend = f"did you mean {near[0]!r}?" if near else known
    raise NoSuchCampaign(f"there is no campaign {campaign!r}", where=str(out), mend=mend)


def campaign_names(out: Path) -> list[str]:
    """The IDs of the campaigns in a folder; none where there is no folder yet.

    Raises:
        BadInput: it is a file, or may not be read.
    """
    if not out.exists():
        return []
    if not out.is_dir():
        raise BadInput("this is not a folder", where=str(out), mend="name the folder of the campaigns with --out")
    if not os.access(out, os.R_OK | os.X_OK):
        raise BadInput("the folder may not be read", where=str(out), mend="check its permissions")
    return sorted({path.parent.name for name in ("spec.yaml", "notebook.db") for path in out.glob(f"*/{name}")})


__all__ = ["Campaign", "Collaborators", "Outcome", "RoundState", "campaign_names", "find_campaign"]
