"""The class: its page, one learner's, and the same as JSON and CSV. Only for those who teach; everybody else is told so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from curriculum.dashboard.base import MindHandler
from curriculum.standing import StandingError

if TYPE_CHECKING:  # they bring NumPy, and are imported with the first look at a class
    from curriculum.classroom.standing import ClassStanding
    from curriculum.classroom.tables import Table

#: Rows on a page: what a browser shows at once. JSON and CSV have all of them.
_ROWS = 250

_NOT_YOURS = (
    "This shows the work of a whole class, and only those who teach it may see it. On a JupyterHub they stand in the course's "
    'pyproject.toml (instructors = ["…"] in the table [tool.mind]); on a machine of your own, start the server with '
    "mind lab --instructor."
)


def teaching(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None] | None]:
    """Let only those who teach call a handler's method; what cannot be read or is not there is told in words."""

    @web.authenticated
    @wraps(method)
    async def guarded(self: ClassBase, *args: str) -> None:
        if not self.instructor:
            self.problem(403, "Only for those who teach", _NOT_YOURS)
            return
        self.set_header("Cache-Control", "no-store")
        try:
            await method(self, *args)
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
        except LookupError as error:
            self.problem(
                404, "That is not there", f"The class has nothing called {error.args[0]!r}; its page says what it has."
            )

    return guarded


class ClassBase(MindHandler):
    """What the class's handlers share: the class as it stands, and a table of it in the order that was asked for."""

    async def standing(self) -> ClassStanding:
        """Raises StandingError."""

        def count() -> ClassStanding:
            from curriculum.classroom.standing import class_standing

            return class_standing(self.root, self.plan_file)

        return await asyncio.to_thread(count)

    async def table(self, standing: ClassStanding, name: str) -> Table:
        """Raises LookupError."""
        from curriculum.classroom.views import learners, table_of

        section, key, order = (self.get_query_argument(word, "") for word in ("section", "sort", "order"))
        if section and section not in {day.unit for day in standing.days}:
            raise LookupError(section)

        def make() -> Table:
            table = learners(standing, section) if section and name == "learners" else table_of(standing, name)
            return table.ordered(key, order == "down") if key else table

        return await asyncio.to_thread(make)

    def about(self, standing: ClassStanding) -> dict[str, Any]:
        """What pages of the class share."""
        from curriculum.classroom.tables import TITLES, shown
        from curriculum.classroom.views import TABLES

        home = url_path_join(self.base_url, "mind/class")
        return {
            "home": home,
            "api": url_path_join(self.base_url, "mind/api/class"),
            "standing": standing,
            "counted": standing.counted.astimezone(),
            "tabs": {name: TITLES[name] for name in TABLES},
            "section": self.get_query_argument("section", ""),
            "units": list(dict.fromkeys(day.unit for day in standing.days)),
            "shown": shown,
            "address_of": lambda learner: f"{home}/learners/{quote(learner, safe='')}",
            "query": _query,
        }


class ClassHandler(ClassBase):
    """One of the class's tables as a page."""

    @teaching
    async def get(self, name: str = "learners") -> None:
        standing = await self.standing()
        table = await self.table(standing, name)
        last = max(1, -(-len(table.rows) // _ROWS))
        asked = self.get_query_argument("page", "1")
        page = int(asked) if asked.isdecimal() and 1 <= int(asked) <= last else 1
        first = (page - 1) * _ROWS
        part = {"page": page, "last": last, "first": first, "all": len(table.rows)}
        table = replace(table, rows=table.rows[first : first + _ROWS])
        self.finish(await asyncio.to_thread(self.render, "class.html", table=table, **part, **self.about(standing)))


class ClassLearnerHandler(ClassBase):
    """One learner's page."""

    @teaching
    async def get(self, learner: str) -> None:
        from curriculum.classroom.views import one_learner

        standing = await self.standing()
        row, tables = one_learner(standing, learner)
        self.finish(self.render("class_learner.html", row=row, tables=tables, **self.about(standing)))


class ClassDataHandler(ClassBase, APIHandler):
    """All tables as JSON."""

    as_page = False

    @teaching
    async def get(self) -> None:
        from curriculum.classroom.views import TABLES, table_of

        standing = await self.standing()
        tables = await asyncio.to_thread(lambda: {name: table_of(standing, name).as_json() for name in TABLES})
        self.finish({**_counted(standing), "tables": tables})


class ClassTableHandler(ClassBase, APIHandler):
    """One table as JSON or CSV."""

    as_page = False

    @teaching
    async def get(self, name: str, ending: str | None) -> None:
        standing = await self.standing()
        table = await self.table(standing, name)
        if ending:
            self.set_header("Content-Disposition", f'attachment; filename="class-{name}.csv"')
            # The mark in front is what Excel knows UTF-8 by.
            self.finish(f"\ufeff{table.as_csv()}", set_content_type="text/csv; charset=UTF-8")
        else:
            self.finish({**_counted(standing), **table.as_json()})


class ClassLearnerDataHandler(ClassBase, APIHandler):
    """One learner's tables as JSON."""

    as_page = False

    @teaching
    async def get(self, learner: str) -> None:
        from curriculum.classroom.views import one_learner

        standing = await self.standing()
        row, tables = one_learner(standing, learner)
        self.finish({**_counted(standing), **row, "tables": {table.name: table.as_json() for table in tables}})


def _counted(standing: ClassStanding) -> dict[str, Any]:
    return {"counted": standing.counted.isoformat(timespec="seconds"), "outdated": standing.outdated}


def _query(**words: str) -> str:
    """The part of an address behind its path: what is empty is left out."""
    given = {name: value for name, value in words.items() if value}
    return f"?{urlencode(given)}" if given else ""


#: Addresses behind the server's base, as patterns.
ROUTES = (
    ("mind/class/?", ClassHandler),
    ("mind/class/([a-z]+)", ClassHandler),
    ("mind/class/learners/([^/]+)", ClassLearnerHandler),
    ("mind/api/class/?", ClassDataHandler),
    (r"mind/api/class/([a-z]+)(\.csv)?", ClassTableHandler),
    ("mind/api/class/learners/([^/]+)", ClassLearnerDataHandler),
)
