"""Mutual aid in and out as bytes of EDXL-RM 1.0. No I/O, no clock."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from integration.cap.remarks import CapRefused, Remark, refusal
from integration.cap.xml import parse
from integration.edxl import kept, reading
from integration.edxl.document import Listed
from integration.edxl.drafting import Settings, drafts_of, line_entries
from integration.edxl.references import Known
from integration.edxl.telling import document_of, kind_of
from integration.edxl.writing import write
from yrd.exchange.v1.message_pb2 import Draft, Message

__all__ = ["CapRefused", "Settings", "Taken", "draft_of", "give", "take"]

_ALWAYS = ("header.entity_id", "header.revision", "header.in_reply_to")
"""What a reader could take for another, by what its gateway knows."""


class Taken(NamedTuple):
    """What became of a file: drafts, and what is to be said about it."""

    drafts: list[Draft]
    remarks: list[Remark]


def take(data: bytes, settings: Settings | None = None, known: Known | None = None) -> Taken:
    """Drafts of an EDXL-RM message, in its EDXL-DE envelope or bare. Raises CapRefused.

    `known` says what ids stand for (see `references`). The contract's rules are not checked here.
    """
    document, remarks = reading.read(parse(data))
    drafts, more = drafts_of(document, settings or Settings(), known or {})
    return Taken(drafts, [*remarks, *more])


def give(draft: Draft) -> bytes:
    """The EDXL-RM message of a draft. Raises CapRefused.

    What EDXL-RM has no element for is in keywords `urn:yrd:…`, so that reading it gives the same draft.
    """
    kind, plain = kind_of(draft), document_of(draft)
    (read_back,) = take(write(plain)).drafts
    lines = line_entries(kind, getattr(draft, kind.body))
    before = line_entries(kind, getattr(read_back, kind.body))
    told = [
        replace(line, keywords=tuple(kept.differences(one, other)))
        for line, one, other in zip(plain.lines, before, lines, strict=False)
    ]
    without = frozenset([kind.entries]) if told else frozenset[str]()
    whole = (*plain.keywords, *_whole(kind.body, read_back, draft, without))
    return write(replace(plain, lines=tuple(told) or plain.lines, keywords=whole))


def _whole(body: str, read: Draft, told: Draft, without: frozenset[str]) -> Iterator[Listed]:
    found = {k.urn: k for k in kept.differences(read.header, told.header, "header.")}
    for path in _ALWAYS:
        value = kept.value_of(told.header, path.removeprefix("header."))
        found[kept.PREFIX + path] = Listed(kept.PREFIX + path, value)
    yield from found.values()
    yield from kept.differences(getattr(read, body), getattr(told, body), f"{body}.", without)


def draft_of(message: Message) -> Draft:
    """What its sender published."""
    draft = Draft(header=message.header)
    body = message.WhichOneof("body")
    if body is None:
        raise refusal("body", "edxl.type", "没有内容 there is no body")
    getattr(draft, body).CopyFrom(getattr(message, body))
    return draft
