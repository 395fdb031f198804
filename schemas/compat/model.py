"""The part of a FileDescriptorSet that compatibility rests on, as plain values.

Only packages below yrd. count. yrd.state (what the pipeline keeps for itself) and yrd.wire (how a
gateway stores what it has sealed) are internal: each has one reader, of the same version, and both are
left out. The syntaxes proto2 and proto3 are known; editions are refused, the contract uses none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from buf.validate.validate_pb2 import FieldRules, MessageRules
from schemas.compat.finding import Place

OURS = "yrd."
INTERNAL = ("yrd.state.", "yrd.wire.")


class NotComparableError(Exception):
    """A descriptor set that can't be compared; the text says what and why."""


def is_public(package: str) -> bool:
    """Whether a package is part of what others build against."""
    return f"{package}.".startswith(OURS) and not f"{package}.".startswith(INTERNAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOptions:
    """Our options of a field (yrd.options.v1); empty where not set."""

    disclosure: str = ""
    code_table: str = ""
    authority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field. `kind` is protobuf's word for the type, `type_name` its full name if it has one.

    `cardinality` is "singular" (no presence), "optional", "required", "repeated", "map" or "oneof".
    """

    name: str
    number: int
    kind: str
    type_name: str
    cardinality: str
    oneof: str
    json_name: str
    default: str
    jstype: str
    rules: FieldRules
    own: OwnOptions

    @property
    def type(self) -> str:
        """As it is written in a proto file."""
        return self.type_name or self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message, or the extensions that one package makes to one message."""

    name: str
    file: str
    fields: tuple[Field, ...]
    oneofs: Mapping[str, bool]
    """Name → whether one of its members is required."""
    reserved_numbers: tuple[range, ...]
    reserved_names: frozenset[str]
    rules: MessageRules
    publisher: str = ""
    is_extension: bool = False

    def by_number(self, number: int) -> Field | None:
        """The field of that number."""
        return next((f for f in self.fields if f.number == number), None)

    def by_name(self, name: str) -> Field | None:
        """The field of that name."""
        return next((f for f in self.fields if f.name == name), None)

    def reserves(self, number: int) -> bool:
        """Whether the number is reserved."""
        return any(number in numbers for numbers in self.reserved_numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """An enum; `values` are (name, number) in their order, aliases among them."""

    name: str
    file: str
    values: tuple[tuple[str, int], ...]
    reserved_numbers: tuple[range, ...]
    reserved_names: frozenset[str]

    @property
    def numbers(self) -> dict[str, int]:
        """Name → number."""
        return dict(self.values)

    @property
    def written(self) -> dict[int, str]:
        """Number → the name that is written for it: the first one declared."""
        return {number: name for name, number in reversed(self.values)}

    def reserves(self, number: int) -> bool:
        """Whether the number is reserved."""
        return any(number in numbers for numbers in self.reserved_numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method: full names of what it takes and gives, and which of them stream."""

    name: str
    takes: str
    gives: str
    client_streams: bool
    server_streams: bool
    idempotency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service and its methods by name."""

    name: str
    file: str
    methods: Mapping[str, Method]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: package, syntax, and its options that name generated code, as text by name."""

    name: str
    package: str
    syntax: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A contract: everything in it by full name, and where each stands."""

    files: Mapping[str, File]
    messages: Mapping[str, Message]
    enums: Mapping[str, Enum]
    services: Mapping[str, Service]
    places: Mapping[str, Place] = field(default_factory=dict)

    def place_of(self, where: str) -> Place | None:
        """Where it stands, or the nearest thing around it that is still there."""
        while where:
            if where in self.places:
                return self.places[where]
            where = where.rpartition(".")[0]
        return None

    def body_types(self) -> Mapping[str, str]:
        """Full name of each type that a draft may carry → the draft's field for it."""
        draft = self.messages.get("yrd.exchange.v1.Draft")
        fields = draft.fields if draft else ()
        return {f.type_name: f.name for f in fields if f.oneof == "body"}
