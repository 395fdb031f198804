"""From an Alert to XML, in the order and form of the OASIS schema."""

import re
from datetime import datetime
from typing import Any

from lxml import etree

from integration.cap import instants
from integration.cap.alert import NAMESPACE, Alert

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(alert: Alert) -> bytes:
    """UTF-8 with a declaration. Characters that XML can't hold become U+FFFD."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, alert)
    etree.indent(root)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made


def _fill(element: Any, value: Any) -> None:
    for wanted in type(value).ELEMENTS:
        held = getattr(value, wanted.attribute)
        for one in held if wanted.many else (held,):
            if one is None or (one == "" and not wanted.may_be_empty):
                continue
            child = etree.SubElement(element, f"{{{NAMESPACE}}}{wanted.name}")
            if wanted.kind is datetime:
                child.text = instants.write(one)
            elif wanted.kind is str:
                child.text = printable(one)
            else:
                _fill(child, one)


def printable(text: str) -> str:
    """The text with U+FFFD for what XML can't hold."""
    return _NOT_XML.sub("\ufffd", text)


def escaped(json_text: str) -> str:
    """JSON whose characters XML holds; what it can't is written as \\uXXXX."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", json_text)
