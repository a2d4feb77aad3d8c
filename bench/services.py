"""What lessons start (PostgreSQL, compilers, Spark): seconds until it answers, peak memory with all its processes.

    .venv/bin/python bench/services.py

Each is started in a process of its own, in turns; the memory is that of another run. bench/README.md says more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench import common
from bench.common import console
from bench.memory import Peak

ROOT = Path(__file__).resolve().parent.parent
_TIMED = """
import json, sys, time
from contextlib import ExitStack
{imports}
with ExitStack() as stack:
    started = time.perf_counter()
{use}
    json.dump(time.perf_counter() - started, sys.stdout)
"""
#: What is imported before the clock starts, and what is done until there is an answer.
SERVICES = {
    "PostgreSQL, a server and a query": (
        "import psycopg\nfrom curriculum.lab import postgres",
        "with psycopg.connect(postgres.server().dsn()) as line: line.execute('select 1').fetchone()",
    ),
    "PostgreSQL, a leader and a follower that streams": (
        "import psycopg\nfrom curriculum.lab import postgres",
        """leader = stack.enter_context(postgres.Cluster("leader"))
copy = leader.data.with_name("copy")
postgres.run("pg_basebackup", "-D", str(copy), "-d", leader.dsn(), "-R", "-X", "stream")
follower = postgres.Cluster.at(copy)
follower.start()
stack.callback(follower.stop)
with psycopg.connect(follower.dsn()) as line: assert line.execute("select pg_is_in_recovery()").fetchone() == (True,)""",
    ),
    "C with ASan and UBSan, built and run": (
        "from curriculum.lab import native",
        "native.build('int main(void) { return 0; }').run()",
    ),
    "C++ with ASan and UBSan, built and run": (
        "from curriculum.lab import native",
        "native.build('#include <map>\\nint main() { std::map<int, int> m; m[1]; return 0; }', language='c++').run()",
    ),
    "Spark, a session and a count": (
        "from curriculum.lab import spark",
        "stack.callback(spark.stop)\nspark.session().range(10).count()",
    ),
    "Spark, a master and four workers": (
        "from curriculum.lab import spark",
        "stack.enter_context(spark.cluster(workers=4, cores=1, memory='512m')).state()",
    ),
}


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--rounds", default=3, show_default=True, help="Rounds that count; one more goes before them.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all that was measured to this file.")
@click.option("--any-load", is_flag=True, help="Measure on a busy machine too: to try the script.")
def main(rounds: int, file: Path | None, any_load: bool) -> None:
    common.same_for_all()
    found: dict[str, Any] = {"machine": common.begin(any_load), "services": {}}
    contenders: dict[str, Callable[[int], Iterable[float]]] = {
        name: partial(_seconds, source(name)) for name in SERVICES
    }
    times = common.interleave(rounds, contenders, "services")
    table = Table("Service", "Median", "Fastest", "Slowest", "Peak memory", "Processes then", title="Until it answers")
    for name, row in times.items():
        process = subprocess.Popen([sys.executable, "-c", source(name)], cwd=ROOT, stdout=subprocess.DEVNULL)
        with Peak(process.pid) as peak:
            process.wait()
        found["services"][name] = {**row.as_json(), "peak_bytes": peak.bytes, "processes": peak.processes}
        table.add_row(
            name, f"{row.median:.2f} s", f"{min(row.seconds):.2f} s", f"{max(row.seconds):.2f} s",
            f"{peak.bytes / 2**20:.0f} MB", str(peak.processes),
        )  # fmt: skip
    console.print(table)
    if file:
        file.write_text(json.dumps(found, indent=1), encoding="utf-8")


def source(name: str) -> str:
    imports, use = SERVICES[name]
    return _TIMED.format(imports=imports, use="\n".join("    " + line for line in use.splitlines()))


def _seconds(code: str, round: int) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [float(json.loads(done.stdout))]


if __name__ == "__main__":
    main()
