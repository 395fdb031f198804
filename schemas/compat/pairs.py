"""What stands on both sides, and questions about two sides that more than one surface asks."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from schemas.compat.model import Enum, Field, Message, Model

Thing = TypeVar("Thing")
Compare = Callable[[Message, Message], bool]


def shared(old: Mapping[str, Thing], new: Mapping[str, Thing]) -> Iterator[tuple[Thing, Thing]]:
    """Things of the same name on both sides, in the old order."""
    return ((thing, new[name]) for name, thing in old.items() if name in new)


def field_pairs(old: Message, new: Message) -> Iterator[tuple[Field, Field]]:
    """Fields that are meant to be the same: of the same name, else of the same number."""
    for field in old.fields:
        other = new.by_name(field.name) or new.by_number(field.number)
        if other is not None:
            yield field, other


def renumbered(field: Field, new: Message) -> Field | None:
    """The field that has the name on the new side, if it has another number there."""
    other = new.by_name(field.name)
    return other if other is not None and other.number != field.number else None


def moved_package(name: str, old: Model, new: Model) -> bool:
    """Whether the file of this message, enum or service kept its name but changed its package."""
    thing = old.messages.get(name) or old.enums.get(name) or old.services.get(name)
    if thing is None or thing.file not in new.files:
        return False
    return new.files[thing.file].package != old.files[thing.file].package


def exclusive_otherwise(before: Field, after: Field, old: Message, new: Message) -> bool:
    """Whether the field excludes other fields than it did, among those that both sides know.

    False where a oneof was only renamed, or where the field is alone in it.
    """
    had = {f.number for f in old.fields if before.oneof and f.oneof == before.oneof}
    has = {f.number for f in new.fields if after.oneof and f.oneof == after.oneof}
    both = {f.number for f in old.fields} & {f.number for f in new.fields} - {before.number}
    return had & both != has & both


def same_values(old: Enum | None, new: Enum | None) -> bool:
    """Whether two enums give each number that the old one has the same name, and have no other."""
    return old is not None and new is not None and old.written == new.written


class Shapes:
    """Whether two messages of different names are the same thing, judged by `alike` field by field."""

    def __init__(self, old: Model, new: Model, alike: Callable[[Field, Field], bool]) -> None:
        self._old, self._new, self._alike = old, new, alike
        self._asked: set[tuple[str, str]] = set()

    def same(self, before: str, after: str) -> bool:
        """Whether every field of the one has its like in the other."""
        if before == after or (before, after) in self._asked:
            return True
        old, new = self._old.messages.get(before), self._new.messages.get(after)
        if (
            old is None
            or new is None
            or {f.number for f in old.fields} != {f.number for f in new.fields}
        ):
            return False
        self._asked.add((before, after))
        others = ((field, new.by_number(field.number)) for field in old.fields)
        return all(other is not None and self._alike(field, other) for field, other in others)
