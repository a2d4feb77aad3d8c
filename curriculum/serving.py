"""JupyterLab with the plan in it, started as a learner needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def serve(root: Path, port: int, browser: bool, instructor: bool = False) -> int:
    """Run JupyterLab on ``root`` until it is stopped; its exit status. The plan is the page it opens.

    Where the system can, this process becomes JupyterLab, so that whoever stops the one has stopped the other.

    For an ``instructor`` that is the class, which nobody else is shown on a server of one person.
    """
    (root / "work").mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "jupyter", "lab",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.preferred_dir=" + str(root / "work"),
        f"--LabApp.default_url=/mind{'/class' if instructor else ''}",
        "--ServerApp.jpserver_extensions={'curriculum.dashboard': True}",
        f"--ServerApp.port={port}",
        # A login shell, which Jupyter takes where it has no terminal of its own, may set a PATH without `mind`.
        f"--ServerApp.terminado_settings={{'shell_command': {[os.environ.get('SHELL', 'sh')]}}}",
    ]  # fmt: skip
    if instructor:
        command.append("--ServerApp.tornado_settings={'mind_instructor': True}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # a container or a course server; Jupyter refuses root unless told
    added = {
        # nbgrader's and the course's commands must be found from JupyterLab's terminals too.
        "PATH": str(Path(sys.executable).parent),
        # Switches off two buttons of nbgrader's: Validate, which knows no hidden tests and so calls a wrong answer right,
        # and Create Assignment, which would edit by hand what is built from text.
        "JUPYTER_CONFIG_PATH": str(Path(__file__).parent / "dashboard" / "jupyter"),
    }
    env = {
        **os.environ,
        **{name: os.pathsep.join(filter(None, [first, os.environ.get(name)])) for name, first in added.items()},
    }
    if os.name == "posix":
        os.chdir(root)
        os.execve(sys.executable, command, env)
    try:
        return subprocess.run(command, cwd=root, env=env, check=False).returncode
    except KeyboardInterrupt:
        return 0
