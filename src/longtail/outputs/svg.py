"""Tags, numbers and texts → an SVG tree: built as a tree, every text and attribute in it is escaped."""

from typing import Any
from xml.etree import ElementTree as ET


def canvas(key: str, width: int, height: float) -> ET.Element:
    """The root, ``width`` × ``height`` pixels, described by the title and the description of that ``key``."""
    return ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "chart",
            "viewBox": f"0 0 {width} {height:.0f}",
            "width": str(width),
            "height": f"{height:.0f}",
            "role": "img",
            "aria-labelledby": f"{key}-title {key}-desc",
        },
    )


def add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: Any) -> ET.Element:
    """A child element; ``class_`` is the class, ``text_anchor`` is ``text-anchor``, numbers have two digits."""
    plain = {
        key.rstrip("_").replace("_", "-"): f"{value:.2f}" if isinstance(value, float) else str(value)
        for key, value in attributes.items()
    }
    child = ET.SubElement(parent, tag, plain)
    child.text = text
    return child
