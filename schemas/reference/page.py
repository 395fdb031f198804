"""Pages: one for each type that participants exchange, and one for each service."""

from collections.abc import Iterator

from google.protobuf.descriptor import ServiceDescriptor

from schemas.reference.book import Book
from schemas.reference.contract import Body, publisher
from schemas.reference.mapping_section import mapping_blocks
from schemas.reference.markdown import cell, fenced, page, prose, table
from schemas.reference.sections import (
    Blocks,
    meaning_block,
    message_blocks,
    title,
    type_sections,
    where,
)
from schemas.reference.states_section import state_blocks


def body_page(book: Book, body: Body) -> str:
    """The page of a type that participants exchange."""
    return page(_body(book, body))


def _body(book: Book, body: Body) -> Blocks:
    message = body.message
    name = message.full_name
    here = f"{name}.md"
    yield title(book, name)
    draft = f"`{body.field}`, number {body.number} in Draft and Message"
    yield where(name, message.file.package, message.file.name, draft)
    yield meaning_block(book, name)
    only = publisher(message)
    if only:
        yield [f"Only `{only}` may publish it."]
    yield ["## Fields"]
    yield from message_blocks(book, message, here)
    yield from state_blocks(book, message)
    yield from type_sections(book, here, but=name)
    yield from _sample(book, name)
    yield from mapping_blocks(book, here, main=name)


def _sample(book: Book, name: str) -> Iterator[list[str]]:
    sample = book.samples.get(name)
    if sample:
        yield ["## Sample"]
        yield [f"The smallest draft, as JSON; more in `schemas/samples/{name}`."]
        yield fenced(sample, "json")


def service_page(book: Book, service: ServiceDescriptor) -> str:
    """The page of a service, with the messages that only it uses."""
    return page(_service(book, service))


def _service(book: Book, service: ServiceDescriptor) -> Blocks:
    name = service.full_name
    here = f"{name}.md"
    yield title(book, name)
    yield where(name, service.file.package, service.file.name)
    yield meaning_block(book, name)
    yield ["## Methods"]
    rows = []
    for method in service.methods:
        asked, answered = method.input_type.full_name, method.output_type.full_name
        rows.append(
            [
                f"`{method.name}`",
                _streamed(method.client_streaming, book.type_link(asked, here)),
                _streamed(method.server_streaming, book.type_link(answered, here)),
                cell(prose(book.meaning(method.full_name).text)),
            ]
        )
    yield table(("Method", "Request", "Response", "Meaning"), rows)
    yield from type_sections(book, here)


def _streamed(streaming: bool, text: str) -> str:
    return f"stream of {text}" if streaming else text
