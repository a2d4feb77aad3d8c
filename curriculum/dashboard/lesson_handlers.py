"""A lesson in JupyterLab: its panel's data, the check, hints, solutions, readings, minutes and reset, as JSON.

Each handler reads what it was sent, asks the desk (curriculum.learning.desk) in a thread, and shows what comes back. The desk and
all that it brings is imported when the first lesson is asked for: the server starts as fast without it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

from curriculum.dashboard.base import MindHandler

if TYPE_CHECKING:
    from curriculum.learning.desk import Desk

#: No request of these holds more than a path, a name or a number.
MOST_BYTES = 20_000

_MAKING = threading.Lock()


class LessonApi(MindHandler, APIHandler):
    """What the handlers of a lesson share."""

    as_page = False

    async def asked(self, question: Callable[[Desk], Any]) -> Any:
        """What the desk answers. Raises HTTPError, in words, for what it refuses."""
        place = self.root, self.plan_file, Path(self.settings["server_root_dir"])
        try:
            return await asyncio.to_thread(lambda: question(_desk(*place, self.settings)))
        except Exception as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            raise web.HTTPError(refusal, str(error)) from error

    def given(self) -> dict[str, Any]:
        """The JSON object that was sent, {} for nothing. Raises HTTPError for anything else."""
        if len(self.request.body) > MOST_BYTES:
            raise web.HTTPError(
                413, f"That is more than the {MOST_BYTES} bytes that this can mean. Nothing was changed."
            )
        try:
            given = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise web.HTTPError(400, f"What was sent is not JSON: {error}") from error
        if not isinstance(given, dict):
            raise web.HTTPError(400, "A JSON object is expected. Nothing was changed.")
        return given

    def sent(self, **wanted: type | tuple[type, ...]) -> list[Any]:
        """The values that were sent under these names, of these types. Raises HTTPError for anything else.

        Another name is refused, not passed over: whoever sends a learner's must not believe that it was heard.
        """
        given = self.given()
        if unknown := [name for name in given if name not in wanted]:
            raise web.HTTPError(400, f"{unknown[0][:40]!r} is nothing that can be said here. Nothing was changed.")
        for name, kind in wanted.items():
            if not isinstance(given.get(name), kind):
                raise web.HTTPError(400, f'"{name}" is missing, or is not what it should be. Nothing was changed.')
        return [given.get(name) for name in wanted]


class LessonHandler(LessonApi):
    """The lesson of an open notebook."""

    @web.authenticated
    async def get(self) -> None:
        path, learner = self.get_query_argument("path", "", strip=False), self.learner_at_work
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.asked(lambda desk: _shown_again(self.root, desk.lesson(learner, path))))


class CheckHandler(LessonApi):
    """A check, told line by line (NDJSON) as it goes on. It goes on without anybody who listens."""

    @web.authenticated
    async def post(self) -> None:
        (path,), learner = self.sent(path=str), self.learner_at_work
        loop, steps = asyncio.get_running_loop(), asyncio.Queue[dict[str, Any]]()

        def tell(step: dict[str, Any]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(steps.put_nowait, step)

        await self.asked(lambda desk: desk.check(learner, path, tell))
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("Cache-Control", "no-store")
        try:
            while step := await steps.get():
                self.write(json.dumps(step) + "\n")
                await self.flush()
            await self.finish(set_content_type="application/x-ndjson")
        except StreamClosedError:
            self.log.debug("The window that asked for a check of %s was closed.", path)


class HintHandler(LessonApi):
    @web.authenticated
    async def post(self, day: str, exercise: str) -> None:
        (path,), learner = self.sent(path=(str, type(None))), self.learner_at_work
        self.finish(await self.asked(lambda desk: desk.hint(learner, day, exercise, path)))


class SolutionHandler(LessonApi):
    @web.authenticated
    async def post(self, day: str, exercise: str) -> None:
        (give_up, path), learner = self.sent(give_up=bool, path=(str, type(None))), self.learner_at_work
        self.finish(await self.asked(lambda desk: desk.solution(learner, day, exercise, give_up, path)))


class ReadingHandler(LessonApi):
    @web.authenticated
    async def post(self, day: str) -> None:
        (reading, done), learner = self.sent(reading=str, done=bool), self.learner_at_work
        self.finish(await self.asked(lambda desk: desk.read(learner, day, reading, done)))


class MinutesHandler(LessonApi):
    @web.authenticated
    async def post(self, day: str) -> None:
        (seconds,), learner = self.sent(seconds=(int, float)), self.learner_at_work
        self.finish(await self.asked(lambda desk: desk.count(learner, day, seconds)))

    @web.authenticated
    async def put(self, day: str) -> None:
        (total,), learner = self.sent(minutes=(int, float)), self.learner_at_work
        self.finish(await self.asked(lambda desk: desk.correct(learner, day, total)))


class ResetHandler(LessonApi):
    @web.authenticated
    async def post(self, day: str) -> None:
        (exercise,), learner = self.sent(exercise=(str, type(None))), self.learner_at_work
        self.finish(await self.asked(lambda desk: desk.reset(learner, day, exercise)))


def _shown_again(root: Path, lesson: dict[str, Any]) -> dict[str, Any]:
    """A lesson with what is to be said of its last result where no check has just said it."""
    from curriculum.learning.course_files import VISIBLE_ONLY, handed_out

    judged = any(exercise["state"] != "not attempted" for exercise in lesson["exercises"])
    return {**lesson, "remarks": [VISIBLE_ONLY] if judged and handed_out(root) else []}


def _desk(root: Path, plan_file: Path, server_root: Path, settings: dict[str, Any]) -> Desk:
    from curriculum.learning.checker import Checker
    from curriculum.learning.desk import Desk

    with _MAKING:  # one checker a server
        if "mind_checker" not in settings:
            settings["mind_checker"] = Checker(root)
    return Desk(root, plan_file, server_root, settings["mind_checker"])


def _refusal(error: Exception) -> int | None:
    """The HTTP status of what the desk refuses, None for a fault of its own."""
    from autograder.intake import Unreadable
    from curriculum.learning.desk import NotCounted, NotThere
    from curriculum.learning.hints import NoMoreHints
    from curriculum.learning.minutes import MinutesError
    from curriculum.learning.readings import NoSuchReading
    from curriculum.learning.shown_files import NotALesson
    from curriculum.learning.solutions import Locked, NotHere
    from curriculum.learning.workspace import WorkspaceError
    from curriculum.standing import StandingError

    for status, kinds in {
        400: (MinutesError,),
        404: (NotALesson, NotThere, NoSuchReading, NotHere),
        409: (NotCounted, NoMoreHints, Locked, WorkspaceError),
        503: (StandingError, Unreadable, OSError),
    }.items():
        if isinstance(error, kinds):
            return status
    return None


#: Addresses below mind/api/ with their handlers.
ROUTES: list[tuple[str, type[LessonApi]]] = [
    ("lesson", LessonHandler),
    ("check", CheckHandler),
    ("hint/([^/]+)/([^/]+)", HintHandler),
    ("solution/([^/]+)/([^/]+)", SolutionHandler),
    ("reading/([^/]+)", ReadingHandler),
    ("minutes/([^/]+)", MinutesHandler),
    ("reset/([^/]+)", ResetHandler),
]
