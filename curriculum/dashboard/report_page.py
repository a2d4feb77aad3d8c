"""`mind report`: the page as one HTML file that needs neither a server, nor a network, nor JavaScript."""

from __future__ import annotations

from pathlib import Path

from curriculum.dashboard.page_values import values
from curriculum.dashboard.pages import page, static
from curriculum.files import write_whole
from curriculum.outlook.gathered import Outlook


def report(outlook: Outlook, learner: str) -> str:
    """The report of one learner as HTML; charts are drawn within it, in light and dark."""
    return page(
        "report.html", **values(outlook, learner, ""), live=False, base_url="", query="", style=static("mind.css")
    )


def write_report(outlook: Outlook, learner: str, path: Path) -> None:
    """Write the report, whole or not at all. Raises OSError."""
    write_whole(path, report(outlook, learner).encode("utf-8"))
