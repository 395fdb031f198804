"""Types of the contract as plain values: native/src/plan.rs, Type and Field, says what they are."""

from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor

from schemas.plan.expression import THIS, VALUE, Tree, Trees, compared, fields_of, literal, place_in
from schemas.plan.fields import checks_of
from schemas.plan.tables import Tables
from schemas.quick.cel import Unread, parse
from schemas.quick.expression import Kind, kind_of
from schemas.quick.fields import is_required
from schemas.quick.proof import is_required_oneof, message_rules
from schemas.sums import Total, totals
from schemas.walk import plan as branches
from yrd.options.v1 import options_pb2

_KINDS = {
    FieldDescriptor.TYPE_INT32: "Int32",
    FieldDescriptor.TYPE_INT64: "Int64",
    FieldDescriptor.TYPE_UINT32: "Uint32",
    FieldDescriptor.TYPE_UINT64: "Uint64",
    FieldDescriptor.TYPE_BOOL: "Bool",
    FieldDescriptor.TYPE_ENUM: "Int32",
    FieldDescriptor.TYPE_DOUBLE: "Double",
    FieldDescriptor.TYPE_STRING: "String",
    FieldDescriptor.TYPE_BYTES: "Bytes",
    FieldDescriptor.TYPE_MESSAGE: "Message",
}
_DELIMITED = frozenset(["String", "Bytes", "Message"])
_AUTHORITY: Any = options_pb2.authority
_DISCLOSURE: Any = options_pb2.disclosure


class Types:
    """Numbers types as they are asked for. `groups`: names of all that there are."""

    def __init__(self, groups: Sequence[str]) -> None:
        self._groups = list(groups)
        self._places: dict[str, int | Unread] = {}
        self._unfinished: list[str] = []
        self.tables = Tables()
        self.told: list[dict[str, Any]] = []

    def place(self, descriptor: Descriptor) -> int:
        """The place of a type in `told`. Raises Unread naming what is not understood of it."""
        name = descriptor.full_name
        if name not in self._places:
            self._add(name, descriptor)
        elif name in self._unfinished:
            raise Unread(f"{name} contains itself")
        return self._named(descriptor)

    def _add(self, name: str, descriptor: Descriptor) -> None:
        self._places[name] = place = len(self.told)
        self.told.append({"fields": [], "rules": []})  # which none refers to if the type is unread
        self._unfinished.append(name)
        try:
            self.told[place] = self._type(descriptor)
        except Unread as unread:
            self._places[name] = unread
        finally:
            self._unfinished.remove(name)

    def _named(self, descriptor: Descriptor) -> int:
        """The same for a type that a rule names, which may be the one that the rule is of."""
        place = self._places.get(descriptor.full_name)
        if place is None:
            return self.place(descriptor)
        if isinstance(place, Unread):
            raise place
        return place

    def _type(self, descriptor: Descriptor) -> dict[str, Any]:
        fields = [self._field(field) for field in fields_of(descriptor)]
        return {"fields": fields, "rules": list(self._rules(descriptor))}

    def _field(self, field: FieldDescriptor) -> dict[str, Any]:
        kind = _kind(field)
        checks = checks_of(field, self._named, self.tables)
        if kind == "Time" and checks:
            raise Unread(f"rules of the time {field.full_name}")
        options, oneof = field.GetOptions(), field.containing_oneof
        below: Any = field.message_type
        group, inside = str(options.Extensions[_DISCLOSURE]), kind == "Message"
        return {
            "number": field.number,
            "kind": kind,
            "repeated": field.is_repeated,
            "presence": field.has_presence,
            "required": is_required(field),
            "oneof": None if oneof is None else oneof.index,
            "of": self.place(below) if inside else None,
            "checks": checks,
            "group": self._groups.index(group) if group else None,
            "authority": bool(options.Extensions[_AUTHORITY]),
            "leads_to_groups": inside and bool(branches(below, "disclosure")),
            "leads_to_authority": inside and bool(branches(below, "authority")),
        }

    def _rules(self, descriptor: Descriptor) -> Iterator[Tree]:
        trees = Trees(self._named, ((THIS, Kind(descriptor)),))
        for text in message_rules(descriptor):
            yield trees.tree(parse(text))
        for oneof in descriptor.oneofs:
            if is_required_oneof(oneof):
                yield self._one_of(descriptor, oneof)
        for total in totals(descriptor):
            yield self._is_sum(descriptor, total)

    def _one_of(self, descriptor: Descriptor, oneof: OneofDescriptor) -> Tree:
        tree: Tree = {"Bool": False}
        for field in oneof.fields:
            has = [VALUE, self._named(descriptor), place_in(descriptor, field.name)]
            tree = {"Or": [tree, {"Has": has}]}
        return tree

    def _is_sum(self, descriptor: Descriptor, total: Total) -> Tree:
        """Empty lists may have been withheld."""

        def field(of: Tree, kind: Descriptor, name: str) -> Tree:
            return {"Field": [of, self._named(kind), place_in(kind, name)]}

        items = field(VALUE, descriptor, total.repeated)
        item: Any = descriptor.fields_by_name[total.repeated].message_type
        summed = {"Sum": [items, field({"Var": 1}, item, total.number)]}
        empty = compared("==", {"Size": items}, literal(0))
        return {"Or": [empty, compared("==", field(VALUE, descriptor, total.field), summed)]}


def _kind(field: FieldDescriptor) -> str:
    kind = _KINDS.get(field.type)
    if kind is None or (
        field.message_type is not None and field.message_type.GetOptions().map_entry
    ):
        raise Unread(f"the kind of {field.full_name}")
    if kind == "Message" and kind_of(field).message_is_time:
        return "Time"
    if field.is_repeated and kind not in _DELIMITED and not field.is_packed:
        raise Unread(f"{field.full_name} is not packed")
    return kind
