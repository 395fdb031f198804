"""State machines on pages: where one type has a machine, on its page; where several, on the family's."""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor

from schemas.reference.book import Book
from schemas.reference.contract import bodies
from schemas.reference.homes import family_page
from schemas.reference.markdown import fenced, link
from schemas.states.machine import Machine, mermaid
from schemas.states.steps import Source

_ANCHOR = "states"


def state_blocks(book: Book, message: Descriptor) -> Iterator[list[str]]:
    """The section of a body type: its own machine, or a line that leads to the shared one."""
    source = book.sources.get(message.full_name)
    if source is not None and len(_types(book, source.machine)) == 1:
        yield ["## States"]
        yield [f"`{source.field}` says the step. A step that may not follow is refused."]
        yield from _machine(source.machine)
        return
    package = message.file.package
    if source is not None or _shared(book, package):
        yield ["## States"]
        target = f"{family_page(package)}#{_ANCHOR}"
        says = _says(source) if source is not None else ""
        yield [f"{says}It takes part in the {link('states of the family', target)}."]


def shared_state_blocks(book: Book, package: str) -> Iterator[list[str]]:
    """The section of a family: machines that several of its types take part in."""
    found = _shared(book, package)
    if found:
        yield ["## States"]
    for machine in found:
        yield from _machine(machine)


def _shared(book: Book, package: str) -> list[Machine]:
    """Machines of several types of a family: all its types take part, some of them line by line."""
    names = [
        b.message.full_name for b in bodies(book.contract) if b.message.file.package == package
    ]
    machines = [book.sources[name].machine for name in names if name in book.sources]
    found = {machine.name: machine for machine in machines if machines.count(machine) > 1}
    return list(found.values())


def _types(book: Book, machine: Machine) -> list[str]:
    return [name for name, source in book.sources.items() if source.machine == machine]


def _says(source: Source) -> str:
    if source.flag is None:
        prefix = f", with `{source.prefix}` before it," if source.prefix else ""
        return f"`{source.field}`{prefix} says the step. "
    clear, set_ = source.flag
    return f"`{source.field}` says the step: false `{clear}`, true `{set_}`. "


def _machine(machine: Machine) -> Iterator[list[str]]:
    yield [f"**{machine.title_zh}**: {machine.title_en[0].lower()}{machine.title_en[1:]}."]
    yield fenced(mermaid(machine), "mermaid")
    if len(machine.parties) > 1:
        yield [f"- {name}: {_steps(machine, steps)}" for name, steps in machine.parties]


def _steps(machine: Machine, steps: frozenset[str]) -> str:
    return ", ".join(f"`{step}`" for step in machine.steps if step in steps)
