"""A figure comes with words, in few bytes, and is the same on every build."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from curriculum.lab import figures

ALT = "A sine wave: it crosses zero at every multiple of π."


@pytest.fixture(autouse=True)
def look(monkeypatch: pytest.MonkeyPatch) -> list:
    """The house look, and what is displayed instead of a notebook's output."""
    shown: list = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    with mpl.rc_context(), mpl.rc_context({"backend": "Agg"}):
        figures.style()
        yield shown
    plt.close("all")


def sine() -> Figure:
    figure, axes = plt.subplots()
    x = np.linspace(0, 4 * np.pi, 400)
    for phase in range(3):
        axes.plot(x, np.sin(x + phase), label=f"phase {phase}")
    axes.set(title="Sine waves", xlabel="x (rad)", ylabel="sin x")
    axes.legend()
    return figure


def test_the_words_are_printed_and_kept_with_the_picture(look: list, capsys: pytest.CaptureFixture[str]) -> None:
    figures.show(sine(), alt=ALT)
    assert capsys.readouterr().out == f"Figure: {ALT}\n"
    (picture,) = look
    assert picture.alt == ALT
    data, metadata = picture._repr_mimebundle_()
    assert "image/png" in data
    assert metadata["image/png"]["alt"] == ALT


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_words_is_refused(look: list, alt: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="needs alt text"):
        figures.show(sine(), alt=alt)
    assert look == []
    assert capsys.readouterr().out == ""


def test_the_figure_is_closed_and_no_other(look: list) -> None:
    other, shown = plt.figure(), sine()
    figures.show(shown, alt=ALT)
    assert plt.get_fignums() == [other.number]


def test_the_same_figure_is_the_same_bytes(look: list) -> None:
    figures.show(sine(), alt=ALT)
    figures.show(sine(), alt=ALT)
    assert look[0].data == look[1].data


def test_a_plain_line_plot_is_small(look: list) -> None:
    figures.show(sine(), alt=ALT)
    assert look[0].data.startswith(b"\x89PNG")
    assert len(look[0].data) < 40_000


def test_lines_differ_in_more_than_colour() -> None:
    axes = sine().axes[0]
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 3
    assert len({line.get_linestyle() for line in axes.lines}) == 3
