"""Cells run one after another in a stock Jupyter kernel, with a limit on time and memory; how each of them ended.

What the cells print is not collected: a score needs only the verdict, and output without end must fill nothing. The
kernel works in an empty temporary folder, does not see the start-up files of whoever runs it, and is gone at the end
whatever happened in between.
"""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from autograder.endings import Ended, KernelTrouble, Stopped, Verdict
from autograder.grade import Step

#: Bytes of data that a kernel may hold (on Linux): a runaway cell ends in a MemoryError, the machine does not.
MEMORY = 4 << 30
#: Seconds that a cell has to end in after it was interrupted, and a kernel to start in.
GRACE, PATIENCE = 3.0, 90.0

_POLL = 0.1
_TRIES = 3
_LONGEST_SOCKET = 90  # a Unix socket's path may have about a hundred characters
#: What the cell that has just been run showed as its value; a number of these is partial credit.
_SHOWN = "get_ipython().user_ns['_oh'].get(get_ipython().execution_count - 1)"
_NUMBER = re.compile(r"-?(\d+\.?\d*(e[-+]?\d+)?|inf)|nan|np\.float64\((-?[\d.e+-]+|nan|inf)\)")
#: A soft limit: a program built with ASan reserves more than it uses, and may be started without it.
_LIMIT = f"import resource as _r; _r.setrlimit(_r.RLIMIT_DATA, ({MEMORY}, _r.getrlimit(_r.RLIMIT_DATA)[1])); del _r"


class Kernel:
    """A running kernel, as a context. Raises KernelTrouble; Stopped, from any method, soon after ``stop`` is set."""

    means = "nothing but a limit on memory: a stock Jupyter kernel, with the tests in it"

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._stop = stop or threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True)
        self._manager: Any = None
        self._client: Any = None

    def __enter__(self) -> Kernel:
        try:
            for _ in range(_TRIES):  # another program may have taken the kernel's address meanwhile
                if self._start():
                    if sys.platform == "linux":
                        self._ask(_LIMIT, PATIENCE, silent=True)
                    return self
                self._end()
            raise KernelTrouble(
                "the Python kernel that grades does not start; `jupyter kernelspec list` and `mind doctor` help to see why"
            )
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        self._end()
        self._folder.cleanup()

    def do(self, step: Step, seconds: float) -> Verdict:
        """Run a cell; None if it ended well, a number where its last line is one."""
        reply = self._ask(step.source, seconds)
        if reply is None and self._manager.is_alive():
            text = f"still running after {seconds:g} s"
            self._manager.interrupt_kernel()
            return Ended("timed out", text=text, dead=self._wait(self._sent, GRACE) is None)
        if reply is None:
            return Ended("crashed", text="the Python process ended while this ran", dead=True)
        content = reply["content"]
        if any(payload.get("source") == "ask_exit" for payload in content.get("payload", [])):
            return Ended("crashed", text="this asked Python to end (exit or quit)", dead=True)
        if content["status"] == "ok":
            shown = content.get("user_expressions", {}).get("shown", {}).get("data", {}).get("text/plain", "")
            return float(shown) if _NUMBER.fullmatch(shown) else None
        name, text = content.get("ename", ""), content.get("evalue", "")
        if "MemoryError" in name + text:  # what holds the memory may stay alive with the traceback
            return Ended("crashed", text=f"this asked for more than {MEMORY >> 30} GB of memory", dead=True)
        return Ended("error", name, text)

    def _start(self) -> bool:
        folder = Path(self._folder.name)
        for name in ("cwd", "ipython"):
            (folder / name).mkdir(exist_ok=True)
        self._manager = KernelManager(kernel_name="python3", connection_file=str(folder / "kernel.json"))
        if os.name == "posix" and len(str(folder)) < _LONGEST_SOCKET:  # nobody else's port, and nobody else may connect
            self._manager.transport, self._manager.ip = "ipc", str(folder / "k")
        try:
            self._manager.start_kernel(
                extra_arguments=["--HistoryManager.hist_file=:memory:"],
                cwd=str(folder / "cwd"),
                env={**os.environ, "IPYTHONDIR": str(folder / "ipython")},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except (RuntimeError, KeyError, FileNotFoundError) as error:
            raise KernelTrouble(f"the Python kernel that grades cannot be started: {error}") from error
        self._client = self._manager.client()
        self._client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
        return self._wait(self._client.kernel_info(), PATIENCE) is not None

    def _ask(self, source: str, seconds: float, silent: bool = False) -> dict[str, Any] | None:
        ask = {} if silent else {"shown": _SHOWN}
        self._sent = self._client.execute(
            source, silent=silent, allow_stdin=False, stop_on_error=False, user_expressions=ask
        )
        return self._wait(self._sent, seconds)

    def _wait(self, sent: str, seconds: float) -> dict[str, Any] | None:
        """The reply to a message; None if it does not come in time or the kernel dies."""
        until, alive = time.monotonic() + seconds, True
        while True:
            if self._stop.is_set():
                raise Stopped
            try:
                reply: dict[str, Any] = self._client.get_shell_msg(timeout=_POLL)
                if reply["parent_header"].get("msg_id") == sent:
                    return reply
            except queue.Empty:
                if not alive or time.monotonic() > until:
                    return None
                alive = self._manager.is_alive()  # once more round if not: the reply may have come just before

    def _end(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
        if self._manager is not None and self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        self._client = self._manager = None
