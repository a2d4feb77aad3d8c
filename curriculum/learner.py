"""Who is learning, and who teaches: names as folders and the gradebook have them, and who may see a class."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

from filelock import FileLock

from curriculum.files import write_whole

#: Whose work is in which folder, beside the folders.
_NAMES = ".names.json"
_PATIENCE = 20.0


class NameTaken(Exception):
    """Two people would share a folder. The text says who and what to do."""


class SettingsTrouble(Exception):
    """The course's pyproject.toml does not say who teaches. The text says what is wrong with it."""


def learner_id() -> str:
    """The hub's user on a JupyterHub, whom MIND_LEARNER names elsewhere, else "learner": a laptop has one."""
    return folder_of(os.environ.get("JUPYTERHUB_USER") or os.environ.get("MIND_LEARNER") or "learner")


def folder_of(name: str) -> str:
    """A person's name as the name of a folder and an id in the gradebook.

    nbgrader keeps "+" for itself: other characters than letters, digits and ``_.@-`` become "-".
    """
    return re.sub(r"[^\w.@-]", "-", name).lstrip(".") or "learner"


def own_folder(root: Path, name: str) -> str:
    """`folder_of` a user whom a server shared by many tells apart, once it is certain that nobody else has it.

    Who comes first has the folder; it is written down in ``submitted/``. Letter case does not make two folders: on some disks
    it would be one. Raises NameTaken, OSError.
    """
    folder, known = folder_of(name), root / "submitted" / _NAMES
    owner = _owners(known).get(folder.casefold())
    if owner is None:
        known.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(known.with_suffix(".lock"), timeout=_PATIENCE):
            owners = _owners(known)
            owner = owners.setdefault(folder.casefold(), name)
            write_whole(known, json.dumps(owners, indent=1, ensure_ascii=False).encode())
    if owner != name:
        raise NameTaken(
            f"Your work would lie in the folder {folder}, which belongs to the user {owner!r}: both names are written alike "
            "as a folder. Nothing was shown or changed. Whoever runs the course can give one of you another user name"
        )
    return folder


def instructors(root: Path) -> frozenset[str]:
    """Who may see the class: ``instructors`` in the table ``[tool.mind]`` of the course's pyproject.toml. Raises SettingsTrouble."""
    path = root / "pyproject.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise SettingsTrouble(f"{path} cannot be read: {error}") from error
    mind = table.get("tool", {}).get("mind", {})
    names = mind.get("instructors", []) if isinstance(mind, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SettingsTrouble(f'{path}: [tool.mind] wants a list of user names, as in instructors = ["ada"]')
    return frozenset(names)


def _owners(path: Path) -> dict[str, str]:
    # A file that is there and cannot be read must not give everybody everybody's folder: the error is told.
    try:
        return {str(folder): str(name) for folder, name in json.loads(path.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError) as error:
        raise OSError(f"{path} is damaged ({error}); mend it, or put a copy back") from error
