"""The page, the data behind it, its charts as files, and the forms on it. Handlers ask, and show what comes back."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from curriculum.dashboard import drawing
from curriculum.dashboard.base import MindHandler
from curriculum.dashboard.outlook_view import Data, drawn, outlook_data
from curriculum.dashboard.page_values import values
from curriculum.dashboard.vega import Chart
from curriculum.outlook.gathered import Outlook, outlook
from curriculum.outlook.schedule import DamagedSchedules, Schedule, ScheduleError, change
from curriculum.plan_choice import plans
from curriculum.standing import StandingError

_OFF = re.compile(r"(\S+)(?:\s*(?:to|–|\.\.)\s*(\S+))?")


class _Outlooks(MindHandler):
    """What the handlers of this module share."""

    async def outlook(self) -> Outlook:
        """Raises StandingError. In a thread: it reads files and a database."""
        return await asyncio.to_thread(outlook, self.root, self.learner, self.plan_file)

    def page_address(self, *, part: str = "", **arguments: str) -> str:
        """Where the page is, with the plan that this request is about."""
        if plan := self.get_query_argument("plan", ""):
            arguments["plan"] = plan
        query = "&".join(f"{name}={url_escape(value)}" for name, value in arguments.items())
        return url_path_join(self.base_url, "mind") + (f"?{query}" if query else "") + (f"#{part}" if part else "")


class PageHandler(_Outlooks):
    """The page."""

    @web.authenticated
    async def get(self) -> None:
        try:
            found = await self.outlook()
            shown = await asyncio.to_thread(values, found, self.learner, self.base_url)
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        plan = self.plan_file
        shown |= {
            "live": True,
            "xsrf": self.xsrf_token.decode(),
            "teaches": self._teaches(),
            "saved": bool(self.get_query_argument("saved", "")),
            "query": f"?plan={url_escape(plan.stem)}" if self.get_query_argument("plan", "") else "",
            "plans": [
                {"name": one.name, "title": one.title, "current": one.name == plan.stem} for one in plans(plan.parent)
            ],
            "vega": drawing.version(),
        }
        # A page from the browser's memory would show the score of before a check.
        self.set_header("Cache-Control", "no-store")
        self.finish(self.render("mind.html", **shown))

    def _teaches(self) -> bool:
        """Whether the way to the class is shown. A list of who teaches that cannot be read is told there, not here."""
        try:
            return self.instructor
        except web.HTTPError:
            return False


class OutlookHandler(_Outlooks, APIHandler):
    """The data behind the charts as JSON."""

    as_page = False

    @web.authenticated
    async def get(self) -> None:
        try:
            found = await self.outlook()
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        self.set_header("Cache-Control", "no-cache")
        self.finish(outlook_data(found))


class ChartHandler(_Outlooks, APIHandler):
    """One chart as a file: its numbers (csv), a picture (png, svg) or its Vega-Lite specification (json)."""

    as_page = False

    @web.authenticated
    async def get(self, name: str, form: str) -> None:
        try:
            found = await self.outlook()
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        there = drawn(outlook_data(found))
        if name not in there:
            listed = ", ".join(there) or "none yet, for nothing has been learnt"
            self.problem(404, "There is no such chart", f"There is no chart {name!r}. There are: {listed}.")
            return
        kind, make = _FORMS[form]
        content = await asyncio.to_thread(make, there[name])
        self.set_header("Cache-Control", "no-store")
        stem = f"{self.plan_file.stem}-{name}-{found.today}"
        self.set_header("Content-Disposition", f'attachment; filename="{stem}.{form}"')
        self.finish(content, set_content_type=kind)


_FORMS: dict[str, tuple[str, Callable[[Chart], str | bytes | Data]]] = {
    # With the mark by which spreadsheets know UTF-8.
    "csv": ("text/csv; charset=utf-8", lambda chart: b"\xef\xbb\xbf" + chart.csv().encode("utf-8")),
    "png": ("image/png", lambda chart: drawing.png(chart.picture())),
    "svg": ("image/svg+xml; charset=utf-8", lambda chart: drawing.svg(chart.picture())),
    "json": ("application/json", lambda chart: chart.spec),
}


class VegaHandler(MindHandler):
    """Vega itself, for the page."""

    @web.authenticated
    async def get(self) -> None:
        script = await asyncio.to_thread(drawing.script)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")  # its address names its version
        self.finish(script)


class ScheduleForm(_Outlooks):
    """What the form "Your calendar" sends, kept; then back to the page."""

    @web.authenticated
    async def post(self) -> None:
        changes: dict[str, Any] = {
            "start": self.get_body_argument("start", "") or None,
            "rest": self.get_body_arguments("rest"),
            "hours_a_week": self._number("hours_a_week", "The hours a week"),
            "review_minutes": self._number("review_minutes", "The minutes of review"),
            "counting": self.get_body_argument("counting", "") == "yes",
        }
        if (zone := self.get_body_argument("zone", None)) is not None:  # a page that was open before had no such field
            changes["zone"] = zone

        def changed(before: Schedule) -> Schedule:
            return before.with_changes({**changes, "off": _days_off(self.get_body_argument("off", ""))})

        try:
            await asyncio.to_thread(change, self.root, self.learner, changed)
        except (DamagedSchedules, OSError) as error:
            self.problem(503, "The calendar could not be kept", f"{error} Nothing was changed.")
            return
        except ScheduleError as error:
            self.problem(400, "The calendar was not changed", str(error))
            return
        self.redirect(self.page_address(part="schedule", saved="1"), status=303)

    def _number(self, name: str, what: str) -> float | int:
        given = self.get_body_argument(name, "").strip()
        try:
            number = float(given)
        except ValueError:
            raise web.HTTPError(400, f"{what} must be a number, not {given[:40]!r}. Nothing was changed.") from None
        return int(number) if number.is_integer() else number


def _days_off(text: str) -> list[dict[str, str]]:
    """Days off as they are typed, one a line or with commas between, as the schedule has them. Raises ScheduleError."""
    found = []
    for line in re.split(r"[\n,;]", text):
        if not line.strip():
            continue
        match = _OFF.fullmatch(line.strip())
        try:
            first = dt.date.fromisoformat(match[1] if match else "")
            last = dt.date.fromisoformat(match[2]) if match and match[2] else first
        except ValueError:
            raise ScheduleError(
                f"The days off {line.strip()[:40]!r} are no date: write 2026-12-24, or 2026-12-24 to 2027-01-06."
            ) from None
        found.append({"first": first.isoformat(), "last": last.isoformat()})
    return found


#: Addresses below the server's own with their handlers.
ROUTES: list[tuple[str, type[MindHandler]]] = [
    ("mind/?", PageHandler),
    ("mind/vega.js", VegaHandler),
    ("mind/schedule", ScheduleForm),
    ("mind/api/outlook", OutlookHandler),
    (r"mind/api/chart/([a-z]+)\.(csv|png|svg|json)", ChartHandler),
]
