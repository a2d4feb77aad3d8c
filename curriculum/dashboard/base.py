"""What every handler of the course shares: whose course it is, who asks, and how to say what went wrong.

Each address wants the server's own sign-in, and a change wants its XSRF token, as everywhere in Jupyter. What cannot be
shown is said in words, as a page or as JSON with a "message".
"""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from curriculum.dashboard.view import STATES, Data, view
from curriculum.learner import learner_id
from curriculum.standing import standing

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


class MindHandler(JupyterHandler):
    """What the handlers share: the course, the learner, and how to say what went wrong."""

    @property
    def as_page(self) -> bool:
        """Whether it is a browser that is to show the answer."""
        return "text/html" in self.request.headers.get("Accept", "")

    @property
    def root(self) -> Path:
        return Path(self.settings["mind_root"])

    @property
    def plan_file(self) -> Path:
        return Path(self.settings["mind_plan"])

    @property
    def learner(self) -> str:
        """Whose work and scores this request may see and change: those of the server's own learner."""
        return learner_id()

    async def view(self) -> Data:
        """What the page shows. Raises StandingError. In a thread: it reads files and a database, and the first time
        imports nbgrader for seconds, while kernels and the editor want their server."""
        learner = self.learner
        progress = await asyncio.to_thread(standing, self.root, learner, self.plan_file)
        return view(progress, learner, self.base_url)

    def render(self, template: str, **values: Any) -> str:  # type: ignore[override]
        values["static"] = lambda name: f"{url_path_join(self.base_url, 'mind/static', name)}?v={_version(name)}"
        values |= {"base_url": self.base_url, "states": STATES}
        return _templates().get_template(template).render(**values)

    def problem(self, status: int, title: str, text: str) -> None:
        self.set_status(status)
        if self.as_page:
            self.set_header("Content-Type", "text/html; charset=UTF-8")
            self.finish(self.render("problem.html", title=title, text=text))
        else:
            self.set_header("Content-Type", "application/json")
            self.finish({"title": title, "message": text})

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, web.HTTPError):
            text = error.log_message or error.reason or "The server did not say why."
            self.problem(status_code, "This did not work", text.replace("%%", "%"))
        else:
            text = "The dashboard met a fault that it does not know. Nothing was changed; the server's log says more."
            self.problem(status_code, "A fault in the dashboard", text)


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_HERE / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
