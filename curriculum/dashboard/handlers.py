"""What the dashboard answers to: the page, the same as JSON, and "start this day". Handlers ask, and show what comes back.

Everything is for the learner whose server it is: each address wants the server's own sign-in, and a change wants its
XSRF token, as everywhere in Jupyter. What cannot be shown is said in words, as a page or as JSON with a "message".
"""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jupyter_server.base.handlers import APIHandler, FileFindHandler, JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from curriculum.dashboard.view import STATES, Data, view
from curriculum.learner import learner_id
from curriculum.paths import ROOT
from curriculum.plan import DEFAULT
from curriculum.standing import StandingError, lessons, standing
from curriculum.workspace import Workspace, WorkspaceError

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"


def add_handlers(app: web.Application) -> None:
    """Add the dashboard to a Jupyter server. Its settings ``mind_root`` and ``mind_plan`` may name another course."""
    app.settings.setdefault("mind_root", str(ROOT))
    app.settings.setdefault("mind_plan", str(DEFAULT))
    base_url = app.settings["base_url"]
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base_url, "mind/?"), PageHandler),
            (url_path_join(base_url, "mind/api/progress"), ProgressHandler),
            (url_path_join(base_url, "mind/api/start/([^/]+)"), StartHandler),
            (url_path_join(base_url, "mind/static/(.*)"), FileFindHandler, {"path": [str(_STATIC)]}),
        ],
    )


class _Mind(JupyterHandler):
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

    async def view(self) -> Data:
        """What the page shows. Raises StandingError. In a thread: it reads files and a database, and the first time
        imports nbgrader for seconds, while kernels and the editor want their server."""
        learner = learner_id()
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


class PageHandler(_Mind):
    """The page."""

    @web.authenticated
    async def get(self) -> None:
        try:
            data = await self.view()
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        # A page from the browser's memory would show the score of before a check.
        self.set_header("Cache-Control", "no-store")
        self.finish(self.render("mind.html", mind=data, xsrf=self.xsrf_token.decode()))


class ProgressHandler(_Mind, APIHandler):
    """The page's data as JSON."""

    as_page = False

    @web.authenticated
    async def get(self) -> None:
        try:
            data = await self.view()
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        self.set_header("Cache-Control", "no-cache")
        self.finish(data)


class StartHandler(_Mind):
    """Starts a day, or goes on with it: JSON with the address of the learner's copy, or, for a form, the way there."""

    @web.authenticated
    async def post(self, day: str) -> None:
        try:
            path = await asyncio.to_thread(_start, self.root, self.plan_file, day)
        except LookupError:
            self.problem(404, "There is no such day", f"The plan has no day {day!r}. The page lists the days it has.")
            return
        except _NotWritten:
            self.problem(404, "Not written yet", f"The lesson of day {day} is not written yet. Nothing was started.")
            return
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        except (WorkspaceError, OSError) as error:
            self.problem(503, "The day could not be started", str(error))
            return
        shown = Path(self.settings["server_root_dir"]).resolve()
        if not path.is_relative_to(shown):
            text = f"The lesson lies in {path}, but this server shows {shown}. Start it in {self.root}."
            self.problem(409, "JupyterLab shows another folder", text)
            return
        address = url_path_join(self.base_url, "lab/tree", url_escape(path.relative_to(shown).as_posix()))
        if self.as_page:
            self.redirect(address, status=303)
        else:
            self.finish({"day": day, "path": path.relative_to(shown).as_posix(), "address": address})


class _NotWritten(Exception):
    pass


def _start(root: Path, plan_file: Path, day: str) -> Path:
    catalogue = lessons(root, plan_file)
    if catalogue.plan.day(day).id not in catalogue.lessons:
        raise _NotWritten
    return Workspace(root, catalogue=catalogue).start(day).resolve()


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_HERE / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
