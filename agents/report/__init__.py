"""The report of a campaign: one self-contained page, its plain-text twin, a table of observations and the recording."""

from eutectic.agents.report.write import write_report

__all__ = ["write_report"]
