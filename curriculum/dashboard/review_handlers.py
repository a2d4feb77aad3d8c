"""What is due for review, a fresh attempt at it, and the learner's schedule. Handlers ask, and show what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from curriculum.dashboard.base import MindHandler
from curriculum.dashboard.lesson_handlers import LessonApi
from curriculum.dashboard.outlook_view import reviews
from curriculum.learning.shown_files import shown_path
from curriculum.outlook import schedule
from curriculum.outlook.gathered import review_due, schedule_of
from curriculum.standing import StandingError, lessons


class ReviewsHandler(MindHandler, APIHandler):
    """What is due for review."""

    as_page = False

    @web.authenticated
    async def get(self) -> None:
        try:
            found = await asyncio.to_thread(review_due, self.root, self.learner, self.plan_file)
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        self.set_header("Cache-Control", "no-store")
        self.finish(reviews(found))


class ReviewHandler(MindHandler):
    """Begins today's fresh attempt, or goes on with it: JSON with where it lies, or, for a form, the way there."""

    @web.authenticated
    async def post(self, day: str, exercise: str) -> None:
        from autograder.intake import Unreadable
        from curriculum.outlook.review_notebook import NoSuchExercise

        try:
            path = await asyncio.to_thread(_begin, self.root, self.plan_file, self.learner_at_work, day, exercise)
        except NoSuchExercise as error:
            self.problem(404, "There is no such exercise", str(error))
            return
        except StandingError as error:
            self.problem(503, f"{error.what} cannot be read", error.text)
            return
        except (Unreadable, OSError) as error:
            self.problem(503, "The review could not be begun", f"{error}. Nothing was changed.")
            return
        shown = shown_path(path, Path(self.settings["server_root_dir"]))
        if shown is None:
            text = f"The fresh attempt lies in {path}, which this server does not show. Start it in {self.root}."
            self.problem(409, "JupyterLab shows another folder", text)
            return
        address = url_path_join(self.base_url, "lab/tree", url_escape(shown))
        if self.as_page:
            self.redirect(address, status=303)
        else:
            self.finish({"day": day, "exercise": exercise, "path": shown, "address": address})


class ScheduleHandler(LessonApi):
    """The learner's schedule; of what is sent, each key replaces what was there."""

    @web.authenticated
    async def get(self) -> None:
        learner = self.learner
        await self._answer(lambda: schedule.load(self.root, learner))

    @web.authenticated
    async def put(self) -> None:
        given, learner = self.given(), self.learner
        await self._answer(lambda: schedule.change(self.root, learner, lambda now: now.with_changes(given)))

    async def _answer(self, question: Callable[[], schedule.Schedule]) -> None:
        try:
            answer = await asyncio.to_thread(question)
        except (schedule.DamagedSchedules, OSError) as error:
            self.problem(503, "The schedule cannot be read or kept", str(error))
        except schedule.ScheduleError as error:
            self.problem(400, "The schedule was not changed", str(error))
        else:
            self.set_header("Cache-Control", "no-store")
            self.finish(answer.as_json())


def _begin(root: Path, plan_file: Path, learner: str, day: str, exercise: str) -> Path:
    from curriculum.outlook.review_notebook import begin

    catalogue = lessons(root, plan_file)
    return begin(root, catalogue, learner, day, exercise, schedule_of(root, learner).today())


#: Addresses below mind/api/ with their handlers.
ROUTES: list[tuple[str, type[MindHandler]]] = [
    ("review", ReviewsHandler),
    ("review/([^/]+)/([^/]+)", ReviewHandler),
    ("schedule", ScheduleHandler),
]
