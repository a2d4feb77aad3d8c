"""Who is learning: one name, used for the folder of what is handed in and in the gradebook."""

from __future__ import annotations

import os
import re


def learner_id() -> str:
    """The hub's user on a JupyterHub, whom MIND_LEARNER names elsewhere, else "learner": a laptop has one.

    It names a folder, and nbgrader keeps "+" for itself: other characters than letters, digits and ``_.@-`` become "-".
    """
    name = os.environ.get("JUPYTERHUB_USER") or os.environ.get("MIND_LEARNER") or "learner"
    return re.sub(r"[^\w.@-]", "-", name).lstrip(".") or "learner"
