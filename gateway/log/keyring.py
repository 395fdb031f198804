"""The public keys of one log or one witness, as they change over the years.

A signer that changes its key signs with both for a while; whoever verifies knows both for a while.
Then the old key is retired: it verifies what it signed before, and makes nothing new good.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gateway.log.note import Note, NoteError, Signature, VerifierKey


class RingKey(NamedTuple):
    """A key. `retired`: it no longer makes anything new good."""

    key: VerifierKey
    retired: bool = False


class KeyRing:
    """All keys of one signer: one name, one kind, at least one that is not retired.

    `replace` changes them while the ring is in use, in one assignment.
    """

    __slots__ = ("keys", "kind", "name")

    def __init__(self, keys: Iterable[RingKey]) -> None:
        self.keys: tuple[RingKey, ...] = ()
        self.name, self.kind = "", 0
        self.replace(keys)

    @classmethod
    def of(cls, *keys: VerifierKey) -> "KeyRing":
        """A ring of keys of which none is retired."""
        return cls(RingKey(key) for key in keys)

    def replace(self, keys: Iterable[RingKey]) -> None:
        """Puts other keys in place of these. Raises NoteError if they are not of one signer."""
        fresh = tuple(keys)
        current = [listed.key for listed in fresh if not listed.retired]
        if not current:
            raise NoteError("no key that is in use: list at least one that is not retired")
        first = current[0]
        for listed in fresh:
            if (listed.key.name, listed.key.kind) != (first.name, first.kind):
                raise NoteError(
                    f"keys of {first.name} and of {listed.key.name} in one list: all must be of one "
                    "signer and of one kind"
                )
        self.name, self.kind, self.keys = first.name, first.kind, fresh

    @property
    def current(self) -> list[VerifierKey]:
        """Keys that make new notes good."""
        return [listed.key for listed in self.keys if not listed.retired]

    @property
    def all(self) -> list[VerifierKey]:
        """Retired keys, too."""
        return [listed.key for listed in self.keys]

    def signatures(self, note: Note) -> list[tuple[RingKey, Signature]]:
        """The note's signatures that claim to be by one of these keys."""
        claims = ((listed, note.signature_of(listed.key)) for listed in self.keys)
        return [(listed, signature) for listed, signature in claims if signature is not None]
