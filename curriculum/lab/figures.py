"""One look for every figure, and words for those who cannot see it.

Colours are the Okabe-Ito cycle (told apart under the common colour vision deficiencies), sequences are cividis, and no
claim rests on colour alone: lines differ in style too. ``show`` prints the alternative text, keeps it with the picture,
and so gives nbval a line to compare, since it does not compare pixels.
"""

from __future__ import annotations

import io
from itertools import cycle
from typing import Any

from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

#: Okabe and Ito, "Color Universal Design" (2008); black last, since it is also the colour of axes and text.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLES = ("-", "--", "-.", ":")

_LOOK: dict[Any, Any] = {
    "axes.prop_cycle": cycler(color=OKABE_ITO, linestyle=[s for s, _ in zip(cycle(_STYLES), OKABE_ITO, strict=False)]),
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "figure.dpi": 80,
    "figure.facecolor": "white",
    "font.size": 10,
    "grid.alpha": 0.3,
    "image.cmap": "cividis",
    "legend.frameon": False,
}


def style() -> None:
    """Give every later figure of the notebook the house look. Call it once, in the set-up cell."""
    plt.rcParams.update(_LOOK)


def show(figure: Figure, alt: str) -> None:
    """Display ``figure`` below the cell as a small PNG, with ``alt`` printed above it and kept as its alternative text.

    ``alt`` says what the figure shows and the claim it supports, for a reader who cannot see it. Raises ValueError if
    it is blank. The figure is closed: a notebook that leaves figures open shows them twice.
    """
    # Here: tests and tools draw figures without a notebook.
    import PIL.Image
    from IPython.display import Image, display

    if not alt.strip():
        raise ValueError("a figure needs alt text: say in a sentence what it shows")
    drawn, picture = io.BytesIO(), io.BytesIO()
    # Without its version stamp the same figure is the same bytes on every build.
    figure.savefig(drawn, format="png", bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    # Its best 256 colours, which the eye does not tell from all of them, take a third of the bytes.
    colours = PIL.Image.open(drawn).convert("RGB")
    colours = colours.quantize(256, PIL.Image.Quantize.MAXCOVERAGE, dither=PIL.Image.Dither.NONE)
    colours.save(picture, format="png", optimize=True)
    print(f"Figure: {alt}")
    display(Image(data=picture.getvalue(), format="png", alt=alt))
