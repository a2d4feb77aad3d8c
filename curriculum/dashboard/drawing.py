"""Charts made visible without a network: a Vega-Lite specification as SVG or PNG, and Vega itself as one script for the page.

All of it comes out of vl-convert-python, which carries Vega, Vega-Lite and vega-embed within it. Starting it takes about a
second and a drawing about a tenth, so drawings are kept; call these in a thread.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

#: The version of Vega-Lite that draws, on the server and in the page.
VEGA_LITE = "6.4"
#: All that the page calls. With it, vl-convert bundles everything that it leans on.
_PAGE = "window.vegaEmbed = vegaEmbed;"
# vl-convert runs one JavaScript engine; two threads that ask at once would wait within it all the same.
_one = threading.Lock()


def svg(spec: dict[str, Any]) -> str:
    """A chart as an SVG element, its text left as text. Raises ValueError where the specification is none."""
    return _svg(json.dumps(spec, sort_keys=True))


def png(spec: dict[str, Any], scale: float = 2.0) -> bytes:
    """A chart as a PNG picture, ``scale`` pixels to a point. Raises ValueError where the specification is none."""
    import vl_convert

    with _one:
        return vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[])


@lru_cache(maxsize=256)
def _svg(spec: str) -> str:
    import vl_convert

    with _one:
        return vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])


def version() -> str:
    """What tells two of these scripts apart."""
    return f"{importlib.metadata.version('vl-convert-python')}-{VEGA_LITE}"


@lru_cache(maxsize=1)
def script() -> bytes:
    """Vega, Vega-Lite and vega-embed as one script, about 900 kB, which sets ``window.vegaEmbed``.

    Bundling takes seconds: the script is kept in the user's folder for caches, or for the life of the process where
    nothing can be kept there.
    """
    import vl_convert

    kept = user_cache_path("stateless-mind") / f"vega-{version()}.js"
    try:
        return kept.read_bytes()
    except OSError:
        pass
    with _one:
        made = vl_convert.javascript_bundle(_PAGE, vl_version=VEGA_LITE).encode("utf-8")
    _keep(kept, made)
    return made


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(fresh, path)
    except OSError:  # a full disk, or a home that is nobody's: the next process bundles anew
        return
