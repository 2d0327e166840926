"""Small helpers for writing XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

XSI = "http://www.w3.org/2001/XMLSchema-instance"


def child(parent: ET.Element, tag: str, text: object = None, **attributes: str) -> ET.Element:
    """Adds an element and returns it."""
    element = ET.SubElement(parent, tag, attributes)
    if text is not None:
        element.text = str(text)
    return element


def nothing(parent: ET.Element, *tags: str) -> None:
    """Adds elements that hold nothing, as Dataverse writes them."""
    for tag in tags:
        ET.SubElement(parent, tag, {"xsi:nil": "true"})


def labelled(parent: ET.Element, outer: str, inner: str, text: str, language: int) -> None:
    """Adds a text in one language, as `<outer><inner description= languagecode=/></outer>`."""
    child(child(parent, outer), inner, description=text, languagecode=str(language))


def encoded(root: ET.Element) -> bytes:
    """The document, indented, in UTF-8."""
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
