"""The cable between a program and its servers: what it hears of two-phase commit, and what is left when it is cut."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import psycopg
import pytest

from curriculum.lab import postgres
from curriculum.lab.cable import Cable

pytestmark = [
    pytest.mark.xdist_group("postgres"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets"),
]

TWO_PHASES = ["BEGIN", "CREATE TABLE t (n int)", "PREPARE TRANSACTION 'a/x'", "COMMIT PREPARED 'a/x'"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    with postgres.Cluster("cable", settings={"max_prepared_transactions": 5}) as made:
        yield made


def state(dsn: str) -> tuple[int, int]:
    """How many transactions are in doubt in this database, and whether the table is there."""
    with psycopg.connect(dsn, autocommit=True) as session:
        (doubts,) = session.execute(
            "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()"
        ).fetchone()
        (there,) = session.execute("SELECT count(*) FROM pg_class WHERE relname = 't'").fetchone()
        if doubts:
            session.execute("ROLLBACK PREPARED 'a/x'")
    return doubts, there


def play(dsn: str) -> None:
    with contextlib.closing(psycopg.connect(dsn, autocommit=True)) as session:
        for statement in TWO_PHASES:
            session.execute(statement)


def test_it_hears_the_steps_and_changes_nothing(cluster: postgres.Cluster) -> None:
    dsn = cluster.database()
    with Cable({"x": dsn}) as cable:
        play(cable.dsns["x"])
    assert cable.steps == [("x", "PREPARE TRANSACTION", "a/x"), ("x", "COMMIT PREPARED", "a/x")]
    assert state(dsn) == (0, 1)


@pytest.mark.parametrize(
    ("cut", "left"),
    [(("before", 1), (0, 0)), (("after", 1), (1, 0)), (("before", 2), (1, 0)), (("after", 2), (0, 1))],
)
def test_cut_the_server_has_done_what_came_before(
    cluster: postgres.Cluster, cut: tuple[str, int], left: tuple[int, int]
) -> None:
    dsn = cluster.database()
    with Cable({"x": dsn}, cut=cut) as cable:
        with pytest.raises(psycopg.OperationalError):
            play(cable.dsns["x"])
        with pytest.raises(psycopg.OperationalError):  # and it stays cut
            psycopg.connect(cable.dsns["x"])
    assert state(dsn) == left


def test_a_step_of_somebody_else_counts_and_is_cut(cluster: postgres.Cluster) -> None:
    done: list[str] = []
    with Cable({"x": cluster.database()}, cut=("after", 2)) as cable:
        cable.step("log", "remember", "a", lambda: done.append("a"))
        with pytest.raises(ConnectionError):
            cable.step("log", "remember", "b", lambda: done.append("b"))
        with pytest.raises(ConnectionError):
            cable.step("log", "remember", "c", lambda: done.append("c"))
    assert done == ["a", "b"]


def test_one_line_is_cut_and_the_other_is_not(cluster: postgres.Cluster) -> None:
    with Cable({"x": cluster.database(), "y": cluster.database()}, cut=("after", 1), only="x") as cable:
        cable.step("log", "remember", "a", lambda: None)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cable.dsns["x"])
        psycopg.connect(cable.dsns["y"]).close()
