"""The page of the contract's own marks: options, disclosure groups, authority, code tables."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor

from schemas.codes.index import Table
from schemas.reference.book import CODES, INDEX, SOURCES, Book
from schemas.reference.contract import bodies, publisher
from schemas.reference.markdown import link, page, prose, table
from schemas.reference.sections import Blocks
from schemas.walk import Branch, plan


def marks(book: Book) -> str:
    """The page."""
    return page(_blocks(book))


def _blocks(book: Book) -> Blocks:
    yield ["# Marks on fields and types"]
    yield [
        " · ".join(
            [link("source", f"{SOURCES}/yrd/options/v1/options.proto"), link("index", INDEX)]
        )
    ]
    yield ["## Options"]
    yield _options(book)
    yield ["## Disclosure groups"]
    yield _groups(book)
    yield ["## Authority"]
    yield ["Who may publish a type: whom its authority field names, or one participant only."]
    yield _authority(book)
    yield ["## Code tables"]
    yield [f"Where they are from: {link('schemas/codes', f'{CODES}/README.md')}."]
    yield _tables(book)


def _options(book: Book) -> list[str]:
    file = next((f for f in book.contract.files if f.package == "yrd.options.v1"), None)
    if file is None:
        return []
    found = sorted(file.extensions_by_name.values(), key=lambda e: int(e.number))
    rows = []
    for option in found:
        on = _owner(option).removesuffix("Options").lower()
        rows.append(
            [str(option.number), f"`{option.name}`", on, prose(book.meaning(option.full_name).text)]
        )
    return table(("No.", "Option", "On", "Meaning"), rows)


def _owner(option: Any) -> str:
    return str(option.containing_type.name)


def marked(message: Descriptor, option: str) -> Iterator[tuple[str, Any]]:
    """Paths of a message's fields that carry an option, with its value; [] marks repeated ones."""
    yield from _paths(plan(message, option), "")


def _paths(branches: tuple[Branch, ...], above: str) -> Iterator[tuple[str, Any]]:
    for branch in branches:
        path = f"{above}{branch.name}{'[]' if branch.repeated else ''}"
        if branch.option is not None:
            yield path, branch.option
        yield from _paths(branch.branches, f"{path}.")


def _by_value(book: Book, option: str) -> list[tuple[str, str, list[str]]]:
    """Value of an option, link to a body type, paths: sorted by value, then as in Draft."""
    found: dict[str, dict[str, list[str]]] = {}
    for body in bodies(book.contract):
        name = body.message.full_name
        for path, value in marked(body.message, option):
            found.setdefault(str(value), {}).setdefault(name, []).append(f"`{path}`")
    return [
        (value, link(name.rsplit(".", 1)[-1], f"{name}.md"), paths)
        for value in sorted(found)
        for name, paths in found[value].items()
    ]


def _groups(book: Book) -> list[str]:
    rows = [
        [f"`{v}`", name, "<br>".join(paths)] for v, name, paths in _by_value(book, "disclosure")
    ]
    return table(("Group", "Type", "Fields"), rows)


def _authority(book: Book) -> list[str]:
    rows = []
    for body in bodies(book.contract):
        name, only = body.message.full_name, publisher(body.message)
        paths = [f"`{path}`" for path, _ in marked(body.message, "authority")]
        by = f"only `{only}`" if only else "<br>".join(paths) or "whoever publishes it"
        rows.append([link(name.rsplit(".", 1)[-1], f"{name}.md"), by])
    return table(("Type", "Named by"), rows)


def _tables(book: Book) -> list[str]:
    used: dict[str, list[str]] = {}
    for value, name, paths in _by_value(book, "code_table"):
        used.setdefault(value, []).append(f"{name}: {', '.join(paths)}")
    rows = []
    for value, where in used.items():
        known = book.tables.get(value)
        files = known.files if known else ()
        links = [link(file, f"{CODES}/{file}") for file in files]
        named = f"{known.title_en} {known.title_zh}" if known else ""
        schemes = "<br>".join(_schemes(known)) if known else ""
        rows.append([f"`{value}`", named, schemes, "<br>".join(links), "<br>".join(where)])
    return table(("Table", "What", "Schemes", "Files", "Fields"), rows)


def _schemes(known: Table) -> Iterator[str]:
    for each in known.lists:
        values = "a value of the list" if each.complete else "any value of the right form"
        yield f"{each.scheme}: {values}"
    if known.open:
        yield "any other scheme: any value"
