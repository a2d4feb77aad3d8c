"""What is on this machine: programs with their versions, disk, memory, ports. Asks, and changes nothing.

What cannot be told is None, never a guess.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

_SECONDS = 5.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def program(*names: str, beside: str = "") -> str | None:
    """The path of the first of these programs that is there; ``beside`` is a pattern of folders that are not on PATH."""
    for name in names:
        for found in [shutil.which(name), *(str(path / name) for path in _folders(beside))]:
            if found and os.access(found, os.X_OK) and not _is_apple_stub(found):
                return found
    return None


def version(path: str, *options: str) -> str | None:
    """The first line that a program says of its version; None where it fails or does not answer in time."""
    try:
        said = subprocess.run(
            [path, *(options or ("--version",))], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (said.stdout + said.stderr).strip().splitlines()
    return lines[0].strip() if said.returncode == 0 and lines else None


def java(packaged: Iterable[Path] = ()) -> str | None:
    """The Java that lessons start: JAVA_HOME's, else one that a Python package brought, else the one on PATH."""
    home = os.environ.get("JAVA_HOME")
    return program(str(Path(home, "bin", "java"))) if home else program(*map(str, packaged), "java")


def java_release(line: str) -> int | None:
    """17 from 'openjdk version "17.0.9" …', 8 from 'java version "1.8.0_391"'."""
    found = re.search(r'version "(?:1\.)?(\d+)', line)
    return int(found[1]) if found else None


def find_browser() -> str | None:
    """A Chromium or Chrome that the tests can drive: the system's, else one that playwright fetched."""
    if found := program(*_BROWSERS):
        return found
    home = Path.home()
    caches = [Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or home / ".cache/ms-playwright")]
    caches.append(home / "Library/Caches/ms-playwright")
    inside = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    fetched = [path for cache in caches for pattern in inside for path in cache.glob(pattern)]
    for path in [*sorted(fetched, reverse=True), Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]:
        if os.access(path, os.X_OK):
            return str(path)
    return None


def free_disk(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def memory() -> int | None:
    """Bytes of memory, or of what a container was given of it."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            whole = min(whole, int(Path(limit).read_text()))
        except (OSError, ValueError):
            continue
    return whole if whole > 0 else None


def writable(folder: Path) -> bool:
    """Whether a file can be made in the folder, tried by making one: permissions alone do not tell of a full disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
    except OSError:
        return False
    return True


def free_port(first: int, tries: int = 50) -> int | None:
    """The first free port on this computer from ``first`` on."""
    for port in range(first, first + tries):
        with socket.socket() as trial:
            if sys.platform != "win32":
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return None


def install(apt: str, dnf: str, brew: str) -> str:
    """How to get something on this system."""
    if sys.platform == "darwin":
        return brew if " " in brew else f"brew install {brew}"
    if shutil.which("apt-get"):
        return f"sudo apt-get install {apt}"
    if shutil.which("dnf"):
        return f"sudo dnf install {dnf}"
    return f"your system's package manager has it (Debian calls it {apt}, Fedora {dnf})"


def describe() -> str:
    return f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count() or 'unknown'} processors"


def _folders(pattern: str) -> list[Path]:
    base = Path(pattern)
    return sorted(Path(base.anchor).glob(str(base.relative_to(base.anchor))), reverse=True) if pattern else []


def _is_apple_stub(path: str) -> bool:
    """Apple puts git, make, cc and java into /usr/bin as stubs that open a dialogue until its tools are installed."""
    if sys.platform != "darwin" or not path.startswith("/usr/bin/"):
        return False
    ask = ["/usr/libexec/java_home"] if path.endswith("/java") else ["/usr/bin/xcode-select", "-p"]
    return subprocess.run(ask, capture_output=True, check=False).returncode != 0
