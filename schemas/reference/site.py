"""All pages of the reference by file name, and how they differ from those in a folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from schemas.reference.book import INDEX, MARKS, Book
from schemas.reference.contract import bodies, packages, services
from schemas.reference.family import family, has_family_page
from schemas.reference.homes import family_page
from schemas.reference.index import index
from schemas.reference.marks import marks
from schemas.reference.page import body_page, service_page

COMMAND = "python -m schemas.reference"


def pages(book: Book) -> dict[str, str]:
    """File name → text."""
    found = {INDEX: index(book), MARKS: marks(book)}
    for body in bodies(book.contract):
        found[f"{body.message.full_name}.md"] = body_page(book, body)
    for file in book.contract.files:
        for service in services(file):
            found[f"{service.full_name}.md"] = service_page(book, service)
    for package, files in packages(book.contract).items():
        if has_family_page(book, package):
            found[family_page(package)] = family(book, package, files)
    return found


def differences(made: Mapping[str, str], folder: Path) -> Iterator[str]:
    """What differs between pages and the files of a folder, as lines that name file and remedy."""
    shown = f"{folder.parent.name}/{folder.name}"
    there = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    for name in sorted({*made, *there}):
        if name not in there:
            yield f"{shown}/{name} is missing: run `{COMMAND}`"
        elif name not in made:
            yield f"{shown}/{name} belongs to no type of the contract: run `{COMMAND}`"
        elif made[name] != there[name]:
            line = _first_difference(made[name], there[name])
            yield f"{shown}/{name}:{line} is out of date: run `{COMMAND}`"


def _first_difference(made: str, there: str) -> int:
    one, other = made.splitlines(), there.splitlines()
    pairs = enumerate(zip(one, other, strict=False), 1)
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)) + 1)


def write(made: Mapping[str, str], folder: Path) -> None:
    """Writes all pages, and removes those of types that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        Path(folder, name).write_text(text, "utf-8")
