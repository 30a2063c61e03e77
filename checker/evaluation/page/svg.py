"""Matplotlib figure → SVG for a page: the same bytes every time, the page's colours and type, ids of its own, a title and a description."""

from __future__ import annotations

import io
import re
from contextlib import AbstractContextManager
from typing import Final

from lxml import etree
from matplotlib import style
from matplotlib.figure import Figure

# Figures are drawn in these stand-ins, which the page's own colours replace: so a plot follows the light and the dark scheme.
INK: Final = "#010101"
LINE: Final = "#020202"
FIRST: Final = "#030303"
SECOND: Final = "#040404"
PAPER: Final = "#050505"
_PAGE: Final = {"#000000": "--ink", INK: "--ink", LINE: "--grid", FIRST: "--first", SECOND: "--second", PAPER: "--paper"}

_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_NO_METADATA: Final = dict.fromkeys(("Date", "Creator", "Format", "Type"))
_SETTINGS: Final = {
    "svg.hashsalt": "checker",
    "svg.fonttype": "none",
    "font.size": 10,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "savefig.transparent": True,
}


def drawing() -> AbstractContextManager[None]:
    """Within it figures are drawn and written alike, whatever the user's matplotlibrc says."""
    return style.context(_SETTINGS, after_reset=True)


def written(figure: Figure, id: str, title: str, desc: str) -> str:
    """The figure as one `<svg>` element; `id` keeps its ids apart from those of other figures on the page."""
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata=_NO_METADATA)
    root = etree.fromstring(stream.getvalue(), etree.XMLParser(resolve_entities=False, no_network=True))
    _own_ids(root, id)
    for element in root.iter("{*}style"):
        # Its one rule would hold for the whole page.
        element.getparent().remove(element)
    for text in root.iter("{*}text"):
        text.set("style", re.sub(r"font-family: [^;]*;", "", re.sub(r"font: (\S+) [^;]*;", r"font-size: \1;", text.get("style", ""))))
    root.attrib.pop("width")
    root.attrib.pop("height")
    for name, value in {"role": "img", "aria-labelledby": f"{id}-t {id}-d", "style": "stroke-linejoin:round"}.items():
        root.set(name, value)
    for position, (tag, words) in enumerate((("title", title), ("desc", desc))):
        element = etree.Element(f"{{http://www.w3.org/2000/svg}}{tag}", id=f"{id}-{tag[0]}")
        element.text = words
        element.tail = None
        root.insert(position, element)
    return _small(etree.tostring(root, encoding="unicode"))


def _own_ids(root: etree._Element, prefix: str) -> None:
    """Keeps the ids that something points at, with the prefix; the others only take space."""
    used = {e.get(_HREF, "")[1:] for e in root.iter()} | set(re.findall(r"url\(#([^)]+)\)", etree.tostring(root, encoding="unicode")))
    for element in root.iter("*"):
        if (own := element.attrib.pop("id", None)) in used and own:
            element.set("id", f"{prefix}-{own}")
        for name, value in element.attrib.items():
            if name == _HREF:
                element.set(name, f"#{prefix}-{value[1:]}")
            elif "url(#" in value:
                element.set(name, value.replace("url(#", f"url(#{prefix}-"))


def _small(svg: str) -> str:
    # Only inside tags, never in a label.
    svg = re.sub(r"<[^>]+>", lambda tag: _tag(tag.group()), svg)
    svg = re.sub(r">\s+<", "><", svg)
    return re.sub(r'(?<= d=")[^"]+', lambda path: " ".join(path.group().split()), svg)


def _tag(tag: str) -> str:
    for stand_in, variable in _PAGE.items():
        tag = tag.replace(stand_in, f"var({variable})")
    return re.sub(r"(\d+\.\d{2})\d+", r"\1", tag)
