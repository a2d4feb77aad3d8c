"""Snowflake's own connector reaches the stand-in, whose databases are files that anybody may open once it is closed."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("fakesnow")
from curriculum.lab import snowflake


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT", raising=False)


def test_it_is_snowflakes_own_connector_that_speaks(capfd: pytest.CaptureFixture[str]) -> None:
    from snowflake.connector import SnowflakeConnection

    with snowflake.connect() as connection:
        assert type(connection) is SnowflakeConnection
        assert connection.cursor().execute("SELECT 6 * 7").fetchall() == [(42,)]
    assert capfd.readouterr() == ("", "")


def test_it_understands_what_is_snowflakes_own() -> None:
    with snowflake.connect() as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE event (id int, seen variant)")
        cursor.execute("""INSERT INTO event SELECT 1, parse_json('{"tags": ["a", "b"]}')""")
        tags = "SELECT tag.value::varchar FROM event, LATERAL FLATTEN(input => seen:tags) tag ORDER BY 1"
        assert cursor.execute(tags).fetchall() == [("a",), ("b",)]


def test_a_mistake_is_told_as_the_connector_tells_it(capfd: pytest.CaptureFixture[str]) -> None:
    from snowflake.connector.errors import ProgrammingError

    with snowflake.connect() as connection, pytest.raises(ProgrammingError, match=r"(?i)nowhere"):
        connection.cursor().execute("SELECT * FROM nowhere")
    assert capfd.readouterr() == ("", "")


def test_a_database_lives_in_its_folder_and_each_statement_commits(tmp_path: Path) -> None:
    with snowflake.connect(tmp_path) as connection:
        connection.cursor().execute("CREATE TABLE t (n int)")
        connection.cursor().execute("INSERT INTO t VALUES (1), (2)")
    with snowflake.connect(tmp_path) as connection:
        assert connection.cursor().execute("SELECT sum(n) FROM t").fetchall() == [(3,)]
    assert [path.name for path in tmp_path.iterdir()] == ["SHOP.db"]


def test_without_a_folder_nothing_is_shared_and_nothing_left() -> None:
    with snowflake.connect() as one, snowflake.connect() as other:
        one.cursor().execute("CREATE TABLE t (n int)")
        assert other.cursor().execute("SHOW TABLES").fetchall() == []


def test_another_process_may_open_the_file_as_soon_as_it_is_closed(tmp_path: Path) -> None:
    ask = "import sys; from curriculum.lab import snowflake\n"
    ask += "with snowflake.connect(sys.argv[1]) as c: print(c.cursor().execute('SELECT n FROM t').fetchall())"
    with snowflake.connect(tmp_path) as connection:
        connection.cursor().execute("CREATE TABLE t AS SELECT 7 AS n")
    done = subprocess.run(
        [sys.executable, "-c", ask, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("[(7,)]\n", "")
    with snowflake.connect(tmp_path) as connection:
        assert connection.cursor().execute("SELECT n FROM t").fetchall() == [(7,)]


def test_there_is_one_server_in_a_process() -> None:
    for _ in range(2):
        with snowflake.connect():
            assert [thread.name for thread in threading.enumerate()].count("stand-in for Snowflake") == 1


def test_an_account_is_asked_for_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real account has not been reached from here: what would be sent is looked at."""
    sent: list[str] = []

    class Connection:
        def __init__(self, **options: str) -> None:
            assert options == {
                "account": "xy-123", "user": "anna", "password": "secret", "warehouse": "small", "database": "SHOP",
                "schema": "anna",
            }  # fmt: skip

        def cursor(self) -> Connection:
            return self

        def execute(self, sql: str) -> None:
            sent.append(sql)

        def close(self) -> None:
            sent.append("closed")

    assert snowflake.stands_in()
    given = {
        "account": "xy-123",
        "user": "anna",
        "password": "secret",
        "warehouse": "small",
        "schema": "anna",
        "role": "",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"SNOWFLAKE_{name.upper()}", value)
    monkeypatch.setattr("snowflake.connector.connect", Connection)
    assert not snowflake.stands_in()
    with snowflake.connect("a folder that does not matter"):
        assert sent == [
            "CREATE database IF NOT EXISTS SHOP", "USE database SHOP", "CREATE schema IF NOT EXISTS anna", "USE schema anna",
        ]  # fmt: skip
    assert sent[-1] == "closed"
