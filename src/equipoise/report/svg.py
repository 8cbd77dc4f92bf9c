"""From a matplotlib figure to an SVG picture that stands in a page: the same bytes every time.

Letters stay letters (searchable, in the typeface of the page); their places are computed with the
typeface that matplotlib brings along, so that no machine lays a picture out differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from io import StringIO
from threading import Lock
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from equipoise.report.palette import Grey

WIDTH = 8.0
"""Width of a picture in inches; the page scales it to its column."""

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": Grey.INK.value,
    "text.parse_math": False,
    "axes.edgecolor": Grey.LINE.value,
    "axes.labelcolor": Grey.INK.value,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": Grey.LINE.value,
    "ytick.color": Grey.LINE.value,
    "xtick.labelcolor": Grey.INK.value,
    "ytick.labelcolor": Grey.INK.value,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "xtick.major.size": 3.5,
    "ytick.major.size": 3.5,
}

_ONE_STYLE_AT_A_TIME = Lock()
"""matplotlib keeps its style in one place for all threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What every picture needs to become part of a page.

    Attributes
    ----------
    name : str
        Name of the picture, unique in the page.
    title : str
        What a reader who hears the page is told first.
    description : str
        What the picture shows, in words.
    mark : str or None
        What is written across the corner of a picture of virtual subjects.
    """

    name: str
    title: str
    description: str
    mark: str | None = None


def picture(canvas: Canvas, *, height: float, draw: Callable[[Figure], None]) -> str:
    """Return an SVG element.

    Parameters
    ----------
    canvas : Canvas
        Name, words and mark.
    height : float
        Height in inches; the width is that of every picture.
    draw : callable
        Draws on the figure.
    """
    with _ONE_STYLE_AT_A_TIME, rc_context({**STYLE, "svg.hashsalt": canvas.name}):
        figure = Figure(figsize=(WIDTH, height))
        FigureCanvasSVG(figure)
        draw(figure)
        if canvas.mark is not None:
            _draw_mark(figure, mark=canvas.mark)
        out = StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing, transparent=True)
    return _embedded(out.getvalue(), canvas=canvas)


def inches(figure: Figure, *, left: float, bottom: float, right: float, top: float) -> Axes:
    """Return axes that leave these margins, in inches, to the edges of the figure."""
    width, height = figure.get_size_inches()
    return figure.add_axes(
        (
            left / width,
            bottom / height,
            (width - left - right) / width,
            (height - bottom - top) / height,
        )
    )


def _draw_mark(figure: Figure, *, mark: str) -> None:
    figure.text(
        0.5,
        0.5,
        mark,
        ha="center",
        va="center",
        rotation=20,
        rotation_mode="anchor",
        fontsize=30,
        fontweight="bold",
        color="#B42318",
        alpha=0.09,
        zorder=-1,
        gid="mark",
    )


_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_ID = re.compile(r'\b(id="|xlink:href="#|href="#|url\(#)')


def _embedded(document: str, *, canvas: Canvas) -> str:
    """Return the svg element with its words, and names that clash with no other picture's."""
    body = _METADATA.sub("", document[document.index("<svg") :])
    body = _ID.sub(rf"\g<1>{canvas.name}-", body)
    opening, rest = body.split(">", 1)
    words = (
        f'<title id="{canvas.name}-title">{escape(canvas.title)}</title>'
        f'<desc id="{canvas.name}-desc">{escape(canvas.description)}</desc>'
    )
    labels = f'role="img" aria-labelledby="{canvas.name}-title {canvas.name}-desc"'
    return f"{opening} {labels}>{words}{rest}".strip()
