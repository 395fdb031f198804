"""What may be looked at to decide on an entry: its header, and the body without disclosure groups."""

from functools import cached_property
from typing import Any

from google.protobuf.message import DecodeError, Message

from schemas.catalog import BODY_FIELDS, body_of, type_name
from schemas.disclosure import split
from yrd.exchange.v1 import message_pb2
from yrd.exchange.v1.message_pb2 import Draft, Header, Leaf


class Content:
    """One entry, parsed when something of it is asked for. Raises DecodeError for other bytes."""

    def __init__(self, leaf: bytes) -> None:
        self._leaf = leaf
        self.verdicts: dict[Any, bool] = {}
        """Conditions that were asked already: peers with the same clauses ask but once."""

    @classmethod
    def of(cls, draft: Draft) -> "Content":
        """What a draft will be, once it is sealed. Raises ValueError if it has no body."""
        body, name = body_of(draft), type_name(draft)
        if body is None or name is None:
            raise ValueError("the draft has no body")
        core, _ = split(body)
        return cls(Leaf(header=draft.header, type=name, core=core).SerializeToString())

    @property
    def serialised(self) -> bytes:
        """The leaf's bytes."""
        return self._leaf

    @cached_property
    def leaf(self) -> Leaf:
        """The leaf."""
        return Leaf.FromString(self._leaf)

    @property
    def header(self) -> Header:
        """Header as the client sent it."""
        return self.leaf.header

    @cached_property
    def core(self) -> Message:
        """The body without any disclosure group. Raises DecodeError, also for a type not known here."""
        field = BODY_FIELDS.get(self.leaf.type)
        if field is None:
            raise DecodeError(f"type {self.leaf.type!r} is not known here")
        carrier: Any = message_pb2.Draft()
        body: Message = getattr(carrier, field.name)
        body.MergeFromString(self.leaf.core)
        return body
