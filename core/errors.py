"""Every exception Eutectic raises on purpose, one line each, with the exit code the command line gives it."""

from __future__ import annotations


class EutecticError(Exception):
    """A failure said in one line: what happened, where, and how to mend it."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{place}{self.what}{mend}"


class BadInput(EutecticError):
    """Something the user gave cannot be used as it stands."""

    exit_code = 2


class InfeasibleSpace(BadInput):
    """No composition satisfies the search space."""


class BadTable(BadInput):
    """A CSV or spreadsheet holds a cell that cannot be read with certainty."""


class BadSetting(BadInput):
    """An environment variable or the settings file holds a wrong value."""


class NoSuchCampaign(BadInput):
    """No campaign folder of that ID."""


class CampaignBusy(EutecticError):
    """Another process drives this campaign."""


class LibraryBusy(EutecticError):
    """Another process works on this library."""


class IndexBroken(EutecticError):
    """A search index cannot be used; it is rebuilt from the library's rows, or done without."""


class NotebookCorrupt(EutecticError):
    """The notebook's hash chain or schema does not hold."""


class StorageFailed(EutecticError):
    """The disk refused a write; nothing was submitted that was not recorded."""


class SlotTaken(EutecticError):
    """A different event stands in this slot already."""


class BudgetExhausted(EutecticError):
    """A hard cap on calls, tokens, money, experiments or time was reached."""


class MindFailed(EutecticError):
    """The mind could not answer this decision for good."""


class EndpointFailed(MindFailed):
    """The model endpoint refused, timed out or is not there."""


class ReplayDrift(EutecticError):
    """The question differs from the recorded one."""


class RecordingEnds(ReplayDrift):
    """The recording holds nothing for this question."""


class PlanRefused(EutecticError):
    """The gate or a person refused the plan."""


class LabFailed(EutecticError):
    """The lab could not do what was asked, or its outcome is unknown."""


class PlanChanged(LabFailed):
    """The same idempotency key came with another plan."""


class NotSupported(EutecticError):
    """This lab, mind or tool cannot do that."""


class MissingExtra(EutecticError):
    """An optional dependency is not installed."""
