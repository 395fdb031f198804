"""Sections that describe one type each, and what several kinds of page share."""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, EnumDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto

from schemas.reference.book import INDEX, SOURCES, Book, terms
from schemas.reference.fields import field_table, rule_blocks, value_table
from schemas.reference.homes import Type, family_page, short
from schemas.reference.markdown import link, prose

Blocks = Iterator[list[str]]


def title(book: Book, full_name: str) -> list[str]:
    """First heading of a page: the type's name with its Chinese terms."""
    chinese = terms(book.meaning(full_name))
    return [f"# {short(full_name)}{' · ' if chinese else ''}{chinese}"]


def where(full_name: str, package: str, file: str, *more: str) -> list[str]:
    """The line below a page's first heading."""
    parts = [
        f"`{full_name}`",
        *more,
        link("family", family_page(package)),
        link("source", f"{SOURCES}/{file}"),
        link("index", INDEX),
    ]
    return [" · ".join(parts)]


def meaning_block(book: Book, full_name: str) -> list[str]:
    """What an element means."""
    text = prose(book.meaning(full_name).text)
    return text.splitlines() if text else []


def message_blocks(book: Book, message: Descriptor, page: str) -> Blocks:
    """Fields and rules of a message."""
    yield field_table(book, message, page) or ["No fields."]
    yield from reserved_block(message)
    rules = list(rule_blocks(message))
    if rules:
        yield ["**Rules**"]
        yield from rules


def reserved_block(message: Descriptor) -> Blocks:
    """Numbers and names that must never be used again."""
    proto = DescriptorProto()
    message.CopyToProto(proto)
    spans = [
        str(span.start) if span.end == span.start + 1 else f"{span.start}–{span.end - 1}"
        for span in proto.reserved_range
    ]
    names = [f"`{name}`" for name in proto.reserved_name]
    if spans or names:
        yield [f"Never to be used again: {', '.join([*spans, *names])}."]


def type_section(book: Book, found: Type, page: str) -> Blocks:
    """A section of its own for a type on a page that it shares."""
    yield [f"## {short(found.full_name)}"]
    chinese = terms(book.meaning(found.full_name))
    if chinese:
        yield [f"**{chinese}**"]
    yield meaning_block(book, found.full_name)
    if isinstance(found, EnumDescriptor):
        yield value_table(book, found)
    else:
        yield from message_blocks(book, found, page)


def type_sections(book: Book, page: str, but: str = "") -> Blocks:
    """Sections for all types of a page, messages first, except the one named."""
    found = [t for t in book.homes.types.get(page, ()) if t.full_name != but]
    for kind in sorted(found, key=lambda t: isinstance(t, EnumDescriptor)):
        yield from type_section(book, kind, page)
