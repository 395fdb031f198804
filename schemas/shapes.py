"""Types as native steps read them: native/src/shape.rs says what a field's values mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

_NUMBERS = dict.fromkeys(
    (
        FieldDescriptor.TYPE_BOOL,
        FieldDescriptor.TYPE_ENUM,
        FieldDescriptor.TYPE_INT32,
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_UINT32,
        FieldDescriptor.TYPE_UINT64,
    ),
    "Number",
)
_KINDS: dict[int, str] = {
    **_NUMBERS,
    FieldDescriptor.TYPE_DOUBLE: "Fixed64",
    FieldDescriptor.TYPE_STRING: "Text",
    FieldDescriptor.TYPE_BYTES: "Bytes",
}
_SINGLE = "Number", "Fixed64"


@dataclass(slots=True)
class _Shapes:
    roles: Mapping[str, str]
    told: list[list[dict[str, Any]]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def place(self, described: Descriptor) -> int:
        name = described.full_name
        if name not in self.places:
            self.places[name] = place = len(self.told)
            self.told.append([])
            for one in described.fields:
                self.told[place] += self._field(one)
        return self.places[name]

    def _field(self, one: FieldDescriptor) -> list[dict[str, Any]]:
        """Nothing for what is left to Python wherever it occurs."""
        role = self.roles.get(one.full_name)
        if one.containing_oneof is not None and role is None:
            return []  # which member counts depends on the others
        kind: str | dict[str, int] | None = _KINDS.get(one.type)
        if kind in _SINGLE and one.is_repeated:
            return []
        if one.type == FieldDescriptor.TYPE_MESSAGE and one.message_type is not None:
            kind = {"Message": self.place(one.message_type)}
        if kind is None:
            return []
        self.used.add(one.full_name)
        return [{"number": one.number, "kind": kind, "repeated": one.is_repeated, "role": role}]


def shapes(
    roots: Sequence[Descriptor], roles: Mapping[str, str]
) -> tuple[list[list[dict[str, Any]]], dict[str, int]]:
    """The types with all that stand in them, each as its fields, and the place of each by its full name.

    `roles`: what a reader wants a field for, by the field's full name. Raises ValueError for a field that is
    not there, or not of a kind that native steps read.
    """
    made = _Shapes(roles)
    for root in roots:
        made.place(root)
    if unread := roles.keys() - made.used:
        raise ValueError(f"not read by native steps: {', '.join(sorted(unread))}")
    return made.told, made.places
