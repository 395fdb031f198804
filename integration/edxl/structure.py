"""The structure of EDXL-RM messages, by this project's transcription of the standard (schema/)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from integration.cap.remarks import CapRefused, Fault
from integration.cap.xml import parse
from integration.edxl.document import MSG
from integration.edxl.intake import read_bytes

_SCHEMA = Path(__file__).parent / "schema" / "messages.xsd"
_MOST = 50


def faults_of(file: Path) -> list[Fault]:
    """What is not as the standard has it, in a file; empty where it can't be read at all."""
    try:
        return faults_in(parse(read_bytes(file)))
    except CapRefused:
        return []


def faults_in(root: Any) -> list[Fault]:
    """The same for each message in a tree, by line of the file."""
    return [fault for message in _messages(root) for fault in _faults(message)]


def _messages(root: Any) -> Iterator[Any]:
    """The outermost elements of EDXL-RM."""
    if etree.QName(root).namespace == MSG:
        yield root
        return
    for child in root:
        yield from _messages(child)


def _faults(message: Any) -> Iterator[Fault]:
    schema = _schema()
    if schema.validate(message):
        return
    for error in list(schema.error_log)[:_MOST]:
        words = error.message.replace(f"{{{MSG}}}", "")
        yield Fault(f"第{error.line}行 line {error.line}", "edxl.structure", words)


@cache
def _schema() -> Any:
    return etree.XMLSchema(file=str(_SCHEMA))
