"""Who is learning: one name, used for the folder of what is handed in and in the gradebook."""

from __future__ import annotations

import os


def learner_id() -> str:
    """The hub's user on a JupyterHub, whom MIND_LEARNER names elsewhere, else "learner": a laptop has one."""
    return os.environ.get("JUPYTERHUB_USER") or os.environ.get("MIND_LEARNER") or "learner"
