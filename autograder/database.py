"""The database behind a gradebook, SQLite or PostgreSQL: what is wrong with it in words, its schema, whole transactions.

Nothing of nbgrader is imported here: that takes seconds, which a batch spends grading.
"""

from __future__ import annotations

import errno
import importlib.util
import logging
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

#: Seconds that a writer waits for another program's lock, beyond the five that SQLite waits by itself.
PATIENCE = 0.0

#: What a missing or broken database raises, beside what nbgrader makes of it.
TROUBLES = (DBAPIError, ArgumentError, sqlite3.Error, OSError, ModuleNotFoundError)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: PostgreSQL: serialization failure, deadlock, lock not available, and the row that another program has just made.
_PASSING_STATES = ("40001", "40P01", "55P03", "23505")
_PASSING_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

T = TypeVar("T")


class GradebookError(Exception):
    """The gradebook cannot be read or written. The text says why and what to do; what was in it is still there."""


def file_of(db_url: str) -> Path | None:
    """The file of a SQLite database, None for one on a server."""
    return Path(db_url.removeprefix("sqlite:///")) if db_url.startswith("sqlite:///") else None


@contextmanager
def reading(db_url: str) -> Iterator[Connection | None]:
    """A connection to a gradebook that is there and has the schema of the nbgrader that is installed; None if there is none yet.

    Nothing is made or changed. Raises GradebookError.
    """
    path = file_of(db_url)
    if path is not None and not path.exists():
        yield None
        return
    try:
        engine = create_engine(db_url)
        try:
            with engine.connect() as connection:
                _check_schema(connection, db_url)
                yield connection if inspect(connection).has_table("submitted_assignment") else None
        finally:
            engine.dispose()
    except TROUBLES as error:
        raise GradebookError(explain(error, db_url)) from error


def check_schema(db_url: str) -> None:
    """Refuse a database whose tables are not those of the installed nbgrader, before anything is done to it."""
    with reading(db_url):
        pass


def _check_schema(connection: Connection, db_url: str) -> None:
    tables = inspect(connection).get_table_names()
    if not tables:  # a database that a server's owner has made for us
        return
    where, known = _shown(db_url), _revisions()
    if "alembic_version" not in tables:
        if "submitted_assignment" in tables:
            raise GradebookError(_older(where, "from before it kept versions"))
        raise GradebookError(
            f"the database {where} holds tables, and none of them is nbgrader's; give the gradebook a database of its own"
        )
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found not in known:
        raise GradebookError(
            f"the gradebook {where} has a schema ({found}) that the nbgrader installed here does not know: a newer one made it. "
            "Nothing was changed. Install that nbgrader, or put back the backup that was made before the upgrade"
        )
    if found in known.values():  # something is built on it
        raise GradebookError(_older(where, f"schema {found}"))


def _older(where: str, which: str) -> str:
    return (
        f"the gradebook {where} was made by an older nbgrader ({which}); nothing was changed. Keep a copy of it (of PostgreSQL "
        "with pg_dump), then `nbgrader db upgrade`"
    )


def _revisions() -> dict[str, str | None]:
    """The schema versions of the installed nbgrader, each with the one it is built on; read as text, nothing is imported."""
    spec = importlib.util.find_spec("nbgrader")
    (folder,) = (spec.submodule_search_locations if spec else None) or [""]
    found = {}
    for file in (Path(folder) / "alembic" / "versions").glob("*.py"):
        said = dict(re.findall(r"^(revision|down_revision) = (?:'(\w+)'|None)", file.read_text("utf-8"), re.MULTILINE))
        found[said["revision"]] = said["down_revision"] or None
    return found


def newest() -> str:
    """The schema version of the installed nbgrader."""
    known = _revisions()
    (version,) = set(known) - set(known.values())
    return version


def transact(
    session: Any,
    course_id: str,
    work: Callable[[], T],
    patience: float = PATIENCE,
    stop: threading.Event | None = None,
) -> T:
    """Do ``work`` in one transaction of a connection or of nbgrader's session, whose methods would commit one by one.

    The writers of a course take turns from the first statement on, so that none acts on what another is about to change.
    ``work`` is done again if another program was in the way, for ``patience`` seconds or until ``stop`` is set.
    """
    until = time.monotonic() + patience
    while True:
        try:
            with _together(session):
                _take_turn(session, course_id)
                return work()
        except Exception as error:
            if not _passing(error) or time.monotonic() >= until or (stop is not None and stop.is_set()):
                raise
            time.sleep(random.uniform(0.02, 0.2))  # two that met must not meet again


@contextmanager
def _together(session: Any) -> Iterator[None]:
    commit, nbgraders = session.commit, not isinstance(session, Connection)
    if nbgraders:
        session.commit = session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        if nbgraders:
            session.commit = commit


def _take_turn(session: Any, course_id: str) -> None:
    session.rollback()  # what was read before is not to be trusted any more
    dialect = session.dialect if isinstance(session, Connection) else session.get_bind().dialect
    if dialect.name == "sqlite":
        session.execute(text("BEGIN IMMEDIATE"))
    else:
        # Held to the end of the transaction. Programs that only refer to the course, as nbgrader's own do, need not wait.
        session.execute(text("SELECT id FROM course WHERE id = :id FOR NO KEY UPDATE"), {"id": course_id})


def _passing(error: BaseException | None) -> bool:
    """Whether it comes from what another program does just now. nbgrader hides the cause of some of its errors."""
    while error is not None:
        original = getattr(error, "orig", error)
        if getattr(original, "sqlstate", None) in _PASSING_STATES:
            return True
        if getattr(original, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES:
            return True
        error = error.__cause__ or error.__context__
    return False


def passing(error: BaseException) -> bool:
    """Whether to wait and try again may help."""
    return _passing(error)


def explain(error: BaseException, db_url: str) -> str:
    """What is wrong with a gradebook, and what to do about it."""
    original = getattr(error, "orig", None) or error
    words, where = str(original).strip(), _shown(db_url)
    if isinstance(error, ModuleNotFoundError):
        return f"the gradebook {where} needs the Python package {error.name}, which is not installed"
    if isinstance(error, ArgumentError):
        return f"{where} is no database address ({words}); they look like sqlite:////folder/gradebook.db or postgresql+psycopg://user@host/name"
    if getattr(original, "sqlstate", "") is None or "sqlstate" in dir(original):
        return _explain_server(original, words, where)
    if "locked" in words:
        return f"the gradebook {where} is locked by another program (a grading that runs, or a database browser); close it and try again"
    if "full" in words or "disk I/O" in words or getattr(error, "errno", None) in _FULL:
        return f"the disk that holds the gradebook {where} is full, or a quota is used up ({words}); make room and try again"
    if "readonly" in words or "unable to open" in words:
        return f"the gradebook {where} cannot be opened for writing: check the folder's permissions ({words})"
    if "not a database" in words or "malformed" in words:
        return f"{where} is not a gradebook, or it is damaged ({words}); move it away and a new one is made, or put a backup back"
    if "no such column" in words or "no such table" in words:
        return f"the gradebook {where} was made by another version of nbgrader ({words}); `nbgrader db upgrade` brings it up to date"
    return f"the gradebook {where} cannot be used: {words}"


def _explain_server(original: Any, words: str, where: str) -> str:
    state, first = original.sqlstate or "", words.splitlines()[0] if words else type(original).__name__
    if state.startswith("53"):
        return (
            f"the server of the gradebook {where} is out of room or connections ({first}); try again when it has some"
        )
    # A connection that is refused has no state, only words.
    if state.startswith("28") or state in ("42501", "25006") or "authentication failed" in words:
        return (
            f"the gradebook {where} may not be written as this user ({first}); ask who keeps the server for the rights"
        )
    if state == "3D000" or re.search(r'database "[^"]*" does not exist', words):
        return f"there is no database for the gradebook {where} ({first}); `createdb` makes one"
    if state in ("42P01", "42703"):
        return f"the gradebook {where} was made by another version of nbgrader ({first}); `nbgrader db upgrade` brings it up to date"
    if state in _PASSING_STATES:
        return f"the gradebook {where} is kept busy by another program ({first}); try again when it is done"
    if not state or state.startswith(("08", "57")):
        return f"the server of the gradebook {where} does not answer, or has ended the connection ({first}); check its address and that it runs"
    return f"the gradebook {where} cannot be used: {first}"


def _shown(db_url: str) -> str:
    """The address as it may be shown: a file's path, or a server's without the password."""
    try:
        return db_url.removeprefix("sqlite:///") if file_of(db_url) else make_url(db_url).render_as_string()
    except ArgumentError:
        return repr(db_url)


def without_rollbacks(said: logging.LogRecord) -> bool:
    """A log filter: nbgrader logs the traceback of every error that it then raises; it is told once, by a GradebookError."""
    return not said.getMessage().startswith("Rolling back session")
