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

from jupyter_core.utils import ensure_async
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from curriculum.dashboard.pages import STATIC, page
from curriculum.dashboard.view import STATES, Data, view
from curriculum.learner import NameTaken, SettingsTrouble, instructors, learner_id, own_folder
from curriculum.learning.minutes import by_day
from curriculum.learning.shown_files import started_paths
from curriculum.plan_choice import NoSuchPlan, plan_file
from curriculum.standing import entries, lessons, standing_in


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
        """The plan that the address asks for (?plan=NAME, a file beside the server's plan), else the server's."""
        own = Path(self.settings["mind_plan"])
        name = self.get_query_argument("plan", "")
        if not name:
            return own
        try:
            return plan_file(own.parent, name)
        except NoSuchPlan as error:
            raise web.HTTPError(404, str(error)) from error

    @property
    def user(self) -> str | None:
        """Who asks, where the server knows people by name, as a JupyterHub does; None where whoever has its token is the learner."""
        if type(self.identity_provider) in (IdentityProvider, PasswordIdentityProvider):
            return None
        if not self.current_user or not self.current_user.username:
            raise web.HTTPError(403, "The server does not know who asks. Sign in again.")
        return str(self.current_user.username)

    @property
    def learner(self) -> str:
        """Whose work and scores this request may see and change: its user's, or those of a server's only learner."""
        if self.user is None:
            return learner_id()
        try:
            return own_folder(self.root, self.user)
        except NameTaken as error:
            raise web.HTTPError(403, str(error)) from error
        except OSError as error:
            raise web.HTTPError(503, f"It could not be made certain whose work this is: {error}") from error

    @property
    def is_at_own_work(self) -> bool:
        """Whether ``work/``, which holds one person's notebooks, is that of who asks: a server's own learner's."""
        return self.user is None or self.learner == learner_id()

    @property
    def learner_at_work(self) -> str:
        """The learner, for what reads or writes a notebook in ``work/``. Raises HTTPError where that is another's."""
        if not self.is_at_own_work:
            raise web.HTTPError(
                409,
                f"The notebooks in work/ here are those of the learner {learner_id()!r}, and you are {self.user!r}: two people "
                "would write into one another's. Nothing was shown or changed. Open your own server, with a course folder of "
                f"your own; if this is yours, have it started with MIND_LEARNER={self.user}.",
            )
        return self.learner

    @property
    def instructor(self) -> bool:
        """Whether this request may see the class: its user is on the course's list; or the server is one person's own, who
        has started it with `mind lab --instructor`. Raises HTTPError where the list cannot be read."""
        if self.user is None:
            return bool(self.settings.get("mind_instructor"))
        try:
            return self.user in instructors(self.root)
        except SettingsTrouble as error:
            raise web.HTTPError(503, str(error)) from error

    async def prepare(self) -> None:  # type: ignore[override]
        """As in all of Jupyter; whom the server's authorizer does not let read or write files is refused here too."""
        await super().prepare()
        action = "read" if self.request.method in ("GET", "HEAD") else "write"
        if self.current_user and not self._finished:
            allowed = self.authorizer.is_authorized(self, self.current_user, action, "contents")
            if not await ensure_async(allowed):
                raise web.HTTPError(403, f"This server does not let you {action} files. Nothing was changed.")

    async def view(self) -> Data:
        """What the page shows. Raises StandingError. In a thread: it reads files and a database, and the first time
        imports nbgrader for seconds, while kernels and the editor want their server."""
        learner, plan, shown = self.learner, self.plan_file, Path(self.settings["server_root_dir"])
        own = self.is_at_own_work

        def gathered() -> Data:
            catalogue, made = lessons(self.root, plan), entries(self.root, learner)
            progress = standing_in(self.root, catalogue, learner, made)
            paths = started_paths(self.root, catalogue, shown) if own else {}
            return view(progress, learner, self.base_url, paths, by_day(made))

        return await asyncio.to_thread(gathered)

    def render(self, template: str, **values: Any) -> str:  # type: ignore[override]
        values["static"] = lambda name: f"{url_path_join(self.base_url, 'mind/static', name)}?v={_version(name)}"
        values |= {"base_url": self.base_url, "states": STATES}
        return page(template, **values)

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
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
