"""All addresses of the dashboard; progress as JSON, and "start this day". Handlers ask, and show what comes back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jupyter_server.base.handlers import APIHandler, FileFindHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from curriculum.dashboard import class_handlers, lesson_handlers, page_handlers, review_handlers
from curriculum.dashboard.base import MindHandler
from curriculum.dashboard.pages import STATIC
from curriculum.learning.workspace import Workspace, WorkspaceError
from curriculum.paths import ROOT
from curriculum.plan import DEFAULT
from curriculum.standing import StandingError, lessons


def add_handlers(app: web.Application) -> None:
    """Add the dashboard to a Jupyter server. Its settings ``mind_root`` and ``mind_plan`` may name another course."""
    app.settings.setdefault("mind_root", str(ROOT))
    app.settings.setdefault("mind_plan", str(DEFAULT))
    base_url = app.settings["base_url"]
    app.add_handlers(
        ".*$",
        [
            *((url_path_join(base_url, path), handler) for path, handler in page_handlers.ROUTES),
            (url_path_join(base_url, "mind/api/progress"), ProgressHandler),
            (url_path_join(base_url, "mind/api/start/([^/]+)"), StartHandler),
            *((url_path_join(base_url, "mind/api", path), handler) for path, handler in lesson_handlers.ROUTES),
            *((url_path_join(base_url, "mind/api", path), handler) for path, handler in review_handlers.ROUTES),
            *((url_path_join(base_url, path), handler) for path, handler in class_handlers.ROUTES),
            (url_path_join(base_url, "mind/static/(.*)"), FileFindHandler, {"path": [str(STATIC)]}),
        ],
    )


class ProgressHandler(MindHandler, APIHandler):
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


class StartHandler(MindHandler):
    """Starts a day, or goes on with it: JSON with the address of the learner's copy, or, for a form, the way there."""

    @web.authenticated
    async def post(self, day: str) -> None:
        _ = self.learner_at_work  # another's folder is not written to
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
