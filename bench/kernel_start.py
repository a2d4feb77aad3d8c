"""Would a kernel provisioner on warm processes pay? Time to a Jupyter kernel that answers, stock against forked.

    .venv/bin/python bench/kernel_start.py --rounds 10

A prototype, for this question only: the forked kernels are plain ipykernel in a child of a process that has imported it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.manager import KernelManager

from bench import common
from bench.common import console

#: What a lesson's first cell imports; the figures are with it, since a learner waits for both.
IMPORTS = "import numpy, scipy, scipy.optimize, scipy.stats, pandas, networkx, matplotlib.pyplot"
STOCK, FORKED, LOADED = "stock kernel", "forked kernel", "forked, libraries imported"
_PATIENCE = 60.0


@contextmanager
def stock(folder: Path) -> Iterator[BlockingKernelClient]:
    manager = KernelManager(kernel_name="python3", connection_file=str(folder / "kernel.json"))
    manager.transport, manager.ip = "ipc", str(folder / "k")
    manager.start_kernel(cwd=str(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield manager.blocking_client()
    finally:
        manager.shutdown_kernel(now=True)


class Warm:
    """A process that forks kernels, as a context; with ``libraries`` it has imported what lessons import."""

    def __init__(self, libraries: bool) -> None:
        self._command = [sys.executable, __file__, "--serve", IMPORTS if libraries else ""]

    def __enter__(self) -> Warm:
        self._server = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._ask("")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    @contextmanager
    def kernel(self, folder: Path) -> Iterator[BlockingKernelClient]:
        file = str(folder / "kernel.json")
        write_connection_file(file, transport="ipc", ip=str(folder / "k"))
        child = self._ask(file)
        try:
            client = BlockingKernelClient(connection_file=file)
            client.load_connection_file()
            yield client
        finally:
            os.kill(child, signal.SIGKILL)

    def _ask(self, file: str) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(file) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())


def _serve(libraries: str) -> None:
    """Fork a kernel for each connection file named on standard input; write its pid."""
    from ipykernel import kernelapp  # before the fork: this is most of what a stock kernel spends its start on

    exec(libraries, {})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for these children
    for line in sys.stdin:
        file = json.loads(line)
        child = os.fork() if file else 0
        if file and not child:
            _become_kernel(kernelapp, file)
        print(child, flush=True)


def _become_kernel(kernelapp: Any, file: str) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.chdir(os.path.dirname(file))
    app = kernelapp.IPKernelApp.instance()
    app.initialize(["-f", file, "--HistoryManager.hist_file=:memory:"])
    app.start()
    os._exit(0)


def first_cell(client: BlockingKernelClient) -> None:
    """Wait until the kernel has done a lesson's first cell."""
    client.start_channels(stdin=False, hb=False)
    try:
        sent = client.execute(IMPORTS)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            reply = client.get_shell_msg(timeout=_PATIENCE)
            if reply["parent_header"].get("msg_id") == sent:
                if reply["content"]["status"] != "ok":
                    raise RuntimeError(f"the first cell failed: {reply['content']}")
                return
        raise TimeoutError("the kernel did not answer")
    finally:
        client.stop_channels()


def answer(client: BlockingKernelClient) -> None:
    """Wait until the kernel answers at all."""
    client.start_channels(stdin=False, hb=False)
    try:
        sent = client.kernel_info()
        while client.get_shell_msg(timeout=_PATIENCE)["parent_header"].get("msg_id") != sent:
            pass
    finally:
        client.stop_channels()


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--rounds", default=10, show_default=True, help="Rounds that count; one more goes before them.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all that was measured to this file.")
@click.option("--any-load", is_flag=True, help="Measure on a busy machine too: to try the script.")
def main(rounds: int, file: Path | None, any_load: bool) -> None:
    common.same_for_all()
    about = common.begin(any_load)
    found = {}
    with Warm(libraries=False) as bare, Warm(libraries=True) as loaded:
        makers = {STOCK: stock, FORKED: bare.kernel, LOADED: loaded.kernel}
        for what, until in (("a kernel that answers", answer), ("a lesson's first cell done", first_cell)):

            def timed(number: int, make: Any, until: Any = until) -> Iterable[float]:
                with tempfile.TemporaryDirectory(prefix="k-") as folder:
                    started = time.perf_counter()
                    with make(Path(folder)) as client:
                        until(client)
                        yield time.perf_counter() - started

            contenders = {name: (lambda number, make=make: timed(number, make)) for name, make in makers.items()}
            times = common.interleave(rounds, contenders, what)
            console.print(common.table(f"Time to {what}", times.values(), times[STOCK]))
            found[what] = [row.as_json() for row in times.values()]
    common.write_json(file, about, rounds=rounds, times=found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _serve(sys.argv[2])
    else:
        main()
