"""What page and report are filled with, from one outlook."""

from __future__ import annotations

from typing import Any

from curriculum.dashboard.outlook_view import LIVES, begun, drawn, outlook_data
from curriculum.dashboard.pages import drawings
from curriculum.dashboard.view import STATES, view
from curriculum.outlook.gathered import Outlook
from curriculum.outlook.schedule import WEEKDAYS


def values(outlook: Outlook, learner: str, base_url: str) -> dict[str, Any]:
    """Everything but what belongs to a server: who may press what. Drawings take time: call it in a thread."""
    look = outlook_data(outlook)
    charts = drawn(look)
    return {
        "mind": view(outlook.progress, learner, base_url),
        "look": look,
        "charts": charts,
        "drawings": drawings(charts),
        "begun": begun(look),
        "lives": LIVES,
        "states": STATES,
        "weekdays": WEEKDAYS,
    }
