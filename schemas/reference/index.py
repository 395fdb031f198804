"""The index: how to read the pages, families, services, errors, enums, standards."""

from collections.abc import Iterator

from schemas.reference.book import MARKS, SOURCES, Book, terms
from schemas.reference.contract import bodies, enums, packages, services
from schemas.reference.errors_table import error_table
from schemas.reference.family import has_family_page, type_list
from schemas.reference.homes import family_page
from schemas.reference.markdown import link, page, prose, table
from schemas.reference.sections import Blocks
from schemas.reference.terms import first_sentence

_HOW = f"""\
Generated from the comments and options in {link("proto/", SOURCES)}: `python -m schemas.reference`.
Change the protos, not these pages.

- **Field**: the name in protobuf and, below it, in JSON. Both are taken in JSON; the second is written.
- **Presence**: `required`: refused without it. `optional`: may be absent, and absent means not known or
  not stated, never zero. `else 0`, `else empty`, `else false`, `else unspecified`: absent reads as that.
  `repeated`: any number. `one of`: at most one of the group.
- **Unit**: as sent. `UTC`: a Timestamp, an instant. Money is in fen. `own unit`: a Quantity names it.
- **Rules**: in words; what has an id and an expression stands below the table. A refusal names the
  field's path and the rule's id. An enum takes the values of its list only.
- **code table**: the value must be in that table; the rule's id is `code_table.` and the table's name.
- **sum of**: the value must be that sum; the rule's id is `sum_of`.
- Every `Timestamp` lies in the years 1 to 9999 (`timestamp.range`), and the header's times are not in
  the future of the gateway's clock (`header.time_in_future`).
- **group**, **authority**: see {link("marks", MARKS)}.
- **中文**: the term of Chinese law, standard or practice.
- **Outside standards**: where the same fact stands elsewhere. Without a mark: the element was checked
  against the standard's text or schema, or an implementation of it. (m): from memory. (?): the standard
  has it, the element's name is not known. —: no counterpart known; so it is for fields of inner types
  that are not listed. That both mean the same is our reading."""


def index(book: Book) -> str:
    """The page."""
    return page(_blocks(book))


def _blocks(book: Book) -> Blocks:
    yield ["# The contract · 数据交换规约"]
    yield [
        "What the gateways of the four provinces and the joint duty room exchange, field by field."
    ]
    yield ["## How to read"]
    yield _HOW.splitlines()
    yield ["## Families"]
    yield from _families(book)
    yield ["## Services"]
    yield _services(book)
    yield ["## Error reasons"]
    yield ["A refusal carries google.rpc.ErrorInfo with domain `yrd`, a reason and metadata."]
    yield error_table(book)
    yield ["## Outside standards"]
    yield _standards(book)
    yield ["## Enums"]
    yield _enums(book)


def _families(book: Book) -> Blocks:
    owners = {body.message.file.package for body in bodies(book.contract)}
    found = packages(book.contract)
    for package in sorted(found, key=lambda name: (name not in owners, name)):
        texts = [book.meaning(file.name) for file in found[package]]
        chinese = next((terms(text) for text in texts if text.terms), "")
        yield [f"### {package.split('.')[1]}{' · ' if chinese else ''}{chinese}"]
        yield [" ".join(prose(first_sentence(text.text)) for text in texts)]
        yield type_list(book, package, found[package]) if package in owners else []
        yield [f"More: {link(package, _more(book, package))}."]


def _more(book: Book, package: str) -> str:
    return family_page(package) if has_family_page(book, package) else MARKS


def _services(book: Book) -> list[str]:
    rows = []
    for file in book.contract.files:
        for service in services(file):
            methods = ", ".join(f"`{method.name}`" for method in service.methods)
            text = prose(first_sentence(book.meaning(service.full_name).text))
            rows.append([link(service.name, f"{service.full_name}.md"), methods, text])
    return table(("Service", "Methods", "Meaning"), rows)


def _enums(book: Book) -> list[str]:
    rows = []
    for files in packages(book.contract).values():
        for enum in (enum for file in files for enum in enums(file)):
            meaning = book.meaning(enum.full_name)
            rows.append(
                [
                    f"[{enum.name}]({book.homes.link(enum.full_name, '')})",
                    f"`{enum.file.package}`",
                    terms(meaning),
                    prose(first_sentence(meaning.text)),
                ]
            )
    return table(("Enum", "Package", "中文", "Meaning"), rows)


def _standards(book: Book) -> list[str]:
    rows = [
        [standard.title, standard.elements_known, standard.about, "<br>".join(_users(book, index))]
        for index, standard in enumerate(book.standards)
    ]
    return table(("Standard", "Elements", "About", "Mapped in"), rows)


def _users(book: Book, index: int) -> Iterator[str]:
    standard = book.standards[index]
    pages = {book.homes.pages[name]: None for name in standard.elements}
    for target in sorted(pages):
        yield link(target.removesuffix(".md").split(".", 1)[-1], target)
