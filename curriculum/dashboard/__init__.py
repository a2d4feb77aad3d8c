"""The dashboard: a page that shows the plan and how far the learner is, and its JSON API, on the Jupyter server.

A Jupyter Server extension. `curriculum.outlook.gathered` gathers; `view` and `outlook_view` turn it into plain data, `charts` into
drawings, the templates into a page; the handlers hand it out. `report_page` makes one file of the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "curriculum.dashboard"}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    from curriculum.dashboard.handlers import add_handlers

    add_handlers(serverapp.web_app)
