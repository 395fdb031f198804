"""A page for each package: what it is about, its types, and the types that several of them share."""

from google.protobuf.descriptor import FileDescriptor

from schemas.reference.book import INDEX, SOURCES, Book, terms
from schemas.reference.contract import bodies, services
from schemas.reference.homes import family_page
from schemas.reference.mapping_section import mapping_blocks
from schemas.reference.markdown import link, page, prose, table
from schemas.reference.sections import Blocks, type_sections
from schemas.reference.states_section import shared_state_blocks
from schemas.reference.terms import first_sentence


def family(book: Book, package: str, files: list[FileDescriptor]) -> str:
    """The page of a package."""
    return page(_blocks(book, package, files))


def has_family_page(book: Book, package: str) -> bool:
    """Whether there is anything to tell: a package of options alone is told of with the marks."""
    return any(file.package == package and _has_types(file) for file in book.contract.files)


def _has_types(file: FileDescriptor) -> bool:
    return bool(file.message_types_by_name or file.enum_types_by_name or file.services_by_name)


def _blocks(book: Book, package: str, files: list[FileDescriptor]) -> Blocks:
    here = family_page(package)
    yield [f"# {package}"]
    sources = [link(f.name.rsplit("/", 1)[-1], f"{SOURCES}/{f.name}") for f in files]
    yield [" · ".join([*sources, link("index", INDEX)])]
    for file in files:
        meaning = book.meaning(file.name)
        yield [prose(meaning.text) + (f" **{terms(meaning)}**" if meaning.terms else "")]
    yield type_list(book, package, files)
    yield from shared_state_blocks(book, package)
    yield from type_sections(book, here)
    yield from mapping_blocks(book, here)


def type_list(book: Book, package: str, files: list[FileDescriptor]) -> list[str]:
    """Table of a package's body types and services, one line each."""
    names = [
        body.message.full_name
        for body in bodies(book.contract)
        if body.message.file.package == package
    ]
    names += [service.full_name for file in files for service in services(file)]
    rows = []
    for name in names:
        meaning = book.meaning(name)
        rows.append(
            [link(name.rsplit(".", 1)[-1], f"{name}.md"), terms(meaning), _line(meaning.text)]
        )
    return table(("Type", "中文", "Meaning"), rows)


def _line(text: str) -> str:
    return prose(first_sentence(text))
