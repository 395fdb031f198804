"""Where each type is described: one page and one heading for each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, EnumDescriptor

from schemas.reference.contract import OURS, Contract, bodies, enums, messages, services

Type = Descriptor | EnumDescriptor


@dataclass(frozen=True, slots=True)
class Homes:
    """Page of each type, and the types that each page describes, in the order of the contract."""

    pages: Mapping[str, str]
    types: Mapping[str, tuple[Type, ...]]

    def link(self, full_name: str, source: str) -> str:
        """Target of a link from the page `source` to a type: "page.md#anchor", "#anchor"."""
        page = self.pages[full_name]
        anchor = f"#{short(full_name).lower()}"
        if page == f"{full_name}.md":
            return page if page != source else anchor
        return anchor if page == source else f"{page}{anchor}"


def short(full_name: str) -> str:
    """A type's name without its package: "IncidentReport"."""
    return full_name.rsplit(".", 1)[-1]


def family_page(package: str) -> str:
    """File name of a package's page."""
    return f"{package}.md"


def homes(contract: Contract) -> Homes:
    """A body type, and what in its family only it uses, is on its own page; likewise a service.

    What several of a family share, or none uses, is on the page of the family. So is what carries
    bodies (Draft, Message). Uses by other families do not count.
    """
    roots = _roots(contract)
    carriers = {carrier.full_name for carrier in _carriers(contract)}
    apart = {body.message.full_name for body in bodies(contract)} | carriers
    users: dict[str, set[str]] = {}
    for root, (_, starts) in roots.items():
        for start in starts:
            for used in reachable(start, apart) - (carriers - {root}):
                users.setdefault(used, set()).add(root)
    pages: dict[str, str] = {}
    types: dict[str, list[Type]] = {}
    for package, found in _all_types(contract):
        page = _home(found.full_name, package, users.get(found.full_name, set()), roots)
        pages[found.full_name] = page
        types.setdefault(page, []).append(found)
    return Homes(pages, {page: tuple(found) for page, found in types.items()})


Roots = Mapping[str, tuple[str, list[Descriptor]]]


def _roots(contract: Contract) -> Roots:
    """Full name of a body type, service or carrier → its package and where to begin.

    The package of a carrier is empty: it has no page of its own.
    """
    found: dict[str, tuple[str, list[Descriptor]]] = {}
    for body in bodies(contract):
        kind = body.message
        found[kind.full_name] = (kind.file.package, [kind])
    for file in contract.files:
        for service in services(file):
            starts = [t for m in service.methods for t in (m.input_type, m.output_type)]
            found[service.full_name] = (file.package, starts)
    return found | {carrier.full_name: ("", [carrier]) for carrier in _carriers(contract)}


def _carriers(contract: Contract) -> list[Descriptor]:
    carried = {body.message.full_name for body in bodies(contract)}
    return [
        message
        for file in contract.files
        for message in messages(file)
        if any(f.message_type and f.message_type.full_name in carried for f in message.fields)
    ]


def reachable(start: Descriptor, apart: set[str]) -> set[str]:
    """Full names of the contract's types that a message uses, itself included.

    Types of `apart` are not entered, except the start.
    """
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        message = waiting.pop()
        if message.full_name in seen:
            continue
        seen.add(message.full_name)
        if message.full_name != start.full_name and message.full_name in apart:
            continue
        for used in _used(message):
            if isinstance(used, EnumDescriptor):
                seen.add(used.full_name)
            else:
                waiting.append(used)
    return seen


def _used(message: Descriptor) -> Iterator[Type]:
    for field in message.fields:
        used = field.message_type or field.enum_type
        if used is not None and used.full_name.startswith(OURS):
            yield used


def _all_types(contract: Contract) -> Iterator[tuple[str, Type]]:
    for file in contract.files:
        for message in messages(file):
            yield file.package, message
        for enum in enums(file):
            yield file.package, enum


def _home(name: str, package: str, users: set[str], roots: Roots) -> str:
    if name in roots and roots[name][0]:
        return f"{name}.md"
    inside = {user for user in users if user.rsplit(".", 1)[0] == package}
    if len(inside) == 1 and all(roots[user][0] for user in inside):
        return f"{inside.pop()}.md"
    return family_page(package)
