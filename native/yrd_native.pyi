"""The exchange's steps over whole batches, outside the interpreter. See native/README.md."""

from collections.abc import Callable, Sequence
from typing import Any

FORM: int
"""Which form of plans and results this build takes and gives."""

def extend(
    size: int, roots: tuple[bytes, ...], hashes: list[bytes], tile_levels: int
) -> tuple[int, tuple[bytes, ...], list[tuple[int, int, bytes]]] | None:
    """The tree of that size and those roots (largest first) with these leaf hashes behind it (RFC 6962 §2.1).

    Returns size, roots and the new nodes (level, index, hash) of every `tile_levels`-th level, in order.
    None if a hash is not 32 bytes or a tree of that size has not as many roots. Releases the lock.
    """

def seal(
    drafts: Sequence[tuple[str, bytes, bytes, object]],
    first: int,
    stamp: tuple[bytes, bytes],
    fields: tuple[int, int],
) -> tuple[list[bytes], list[bytes]]:
    """Leaves of drafts that are cut up (gateway.log.sealing.Prepared), and their hashes.

    They take the places of a log from `first` on. `stamp`: what its stamps have before and behind the
    sequence, serialised; `fields`: numbers of the stamp in a leaf and of the sequence in a stamp. Raises
    TypeError for other shapes. Releases the lock while it hashes.
    """

class AvroPlan:
    """How a type is read and written: `schemas.avro.layouts.layout` as JSON. Raises ValueError."""

    def __init__(self, plan: str) -> None: ...
    def read(self, data: bytes, at: int) -> bytes | None:
        """A datum, from a position to the end, as protobuf writes the same message; None if unusual."""

    def write(self, message: bytes, head: bytes) -> bytes | None:
        """What protobuf has written, as `head` and a datum behind it; None if anything in it is unusual."""

def read_avro(
    values: list[bytes | None], ways: list[tuple[bytes, AvroPlan]], most: int
) -> list[bytes | None]:
    """Each value of at most `most` bytes that begins with the head of a way, read behind it by its plan.

    None as by AvroPlan.read, and for all other values. Releases the lock.
    """

def doubtful(entries: Sequence[tuple[object, ...]], at: tuple[int, int, int]) -> list[int]:
    """Places of the entries that do not surely have their leaf hash, in order.

    `at`: where an entry has its hash, its leaf and its disclosures. Raises IndexError or TypeError for
    other shapes. Releases the lock while it hashes.
    """

def batch(
    entries: Sequence[tuple[object, ...]],
    groups: Sequence[frozenset[str] | None],
    around: tuple[bytes, bytes],
    at: tuple[int, int, int],
    fields: tuple[int, int, int, int, int],
) -> bytes:
    """An answer with a batch, serialised: what stands before its entries, these, and what stands behind.

    `groups`: of each entry the groups that are disclosed, None where the leaf is withheld. `fields`: numbers
    of the batch in the answer, the entries in the batch, and leaf, leaf hash and disclosures in an entry.
    """

def rows(
    new: list[Any],
    logs: dict[str, int],
    types: dict[str, int],
    urgent: Sequence[int],
    indexed: Sequence[int],
    most_parts: int,
) -> tuple[Any, ...] | None:
    """The rows that new entries (gateway.store.port.NewEntry) make, as gateway.store.sql_rows.Rows has them.

    `logs` and `types` give numbers; `urgent` are priorities and `indexed` types that have a table of their
    own. An entry's parts are numbered from offset · `most_parts` on. None if an entry is not as entries are,
    or has a log or type without a number.
    """

def answer(
    outcomes: Sequence[tuple[str, tuple[int, bytes, int, bytes]] | Exception],
    refused: Callable[[Exception], bytes],
    fields: tuple[tuple[int, int], tuple[int, int, int, int], tuple[int, int]],
) -> bytes:
    """The answer to a batch of drafts, serialised: of each (message_id, (sequence, leaf hash, microseconds
    since 1970, digest)), or for an error what `refused` makes of it, a serialised result.

    `fields`: numbers of results in the answer and of the accepted one in a result; of message_id, sequence,
    time and leaf hash; of a time's seconds and nanoseconds. Raises TypeError for other shapes.
    """

class DraftChecker:
    """Finds drafts that surely keep the contract, for the gateway of one participant."""

    salt_bytes: int
    """How many random bytes `check` wants for each draft."""

    def __new__(cls, plan: str, participant: str, most_bytes: int) -> DraftChecker:
        """`plan`: JSON, as gateway/exchange/check_plan.py makes it; `most_bytes`: of a draft.

        Raises ValueError for another plan.
        """

    def check(self, drafts: Sequence[bytes], latest: float, salts: bytes) -> list[SureDraft | None]:
        """For each serialised draft, in order, what it is sealed from; None: not surely right.

        `latest`: times of the header are not later, in seconds since 1970. Releases the lock.
        """

SureDraft = tuple[
    str,  # message id
    bytes,  # SHA-256 of the draft
    str,  # entity id
    int,  # revision
    int,  # priority
    tuple[int, str] | None,  # what stands in the field of the step, and the party that takes it
    str,  # full name of the type
    bytes,  # of the leaf, what stands before the stamp
    bytes,  # and behind it
    tuple[tuple[str, bytes], ...],  # group and disclosure
]

class BatchReader:
    """Reads batches of peers' logs by a plan (gateway/replication/framed.py). Releases the lock."""

    def __init__(self, plan: str) -> None:
        """The plan in JSON. Raises ValueError for another form."""

    def frame(self, data: bytes) -> tuple[str, int, int, str] | None:
        """Log, index of the first entry, number of entries and checkpoint of a serialised ReplicateResponse.

        None if it is not a batch as writers commonly write it, or has an entry without leaf and leaf hash.
        """

    def read(
        self, data: bytes, origin: str
    ) -> tuple[
        list[bytes],
        list[bytes | None],
        list[str],
        list[int],
        list[bytes | None],
        list[tuple[int, list[tuple[str, bytes]]]],
        list[tuple[int, bytes]],
    ]:
        """The entries, as those of that participant's log, of what was framed; else ValueError.

        Leaf hashes; leaves, types ("" if withheld), dispositions and message ids (16 bytes); by the entry's
        place, its disclosures by group; by the place, each serialised SealedEntry that Python has to judge:
        the lists before have something of no meaning in its place, but for its hash.
        """

def message_ids(texts: Sequence[str]) -> list[bytes] | None:
    """The 16 bytes of each id; None if one of them is not a UUID in its usual form."""
