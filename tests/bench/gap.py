"""A store with a log of any length, written by the gateway's own commits in rounds of thousands.

Contents repeat; ids, entities, leaves, signatures and tree are those of a real log.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway import config as configs
from gateway.exchange.checking import CheckedDraft
from gateway.exchange.publish import PublishJob
from gateway.log.checkpoint import LogSigner, log_origin
from gateway.log.sealing import Prepared, prepare
from gateway.log.suite import DEFAULT
from gateway.log.wire_form import delimited
from gateway.store.mark import Mark
from gateway.store.round import Round
from gateway.store.sqlite import SqliteStore
from schemas import message_ids
from tests.bench.exchange import drafts
from tests.support.bodies import goods
from tests.support.builders import draft, place
from yrd.exchange.v1.message_pb2 import Draft, Header, Leaf, Priority

ROUND = 5_000
CONTENTS = 2_000
LIFE_EVERY, URGENT_EVERY = 1_000, 100
ALERT = "yrd.hazmat.v1.HazmatAlert"


@dataclass(frozen=True, slots=True)
class Gap:
    """What was written: entries, size of the log then, newest life-safety message, and how long it took."""

    entries: int
    size: int
    newest: str
    seconds: float


def alert(name: str, priority: str) -> Draft:
    """An alert of the exercise "load", told now."""
    body = {"kind": "HAZMAT_ALERT_KIND_LEAK", "place": place(), "goods": [goods()]}
    told = datetime.now(UTC)
    head = {"mode": "MODE_EXERCISE", "exerciseId": "load", "priority": priority, "told": told}
    made = draft(body, "hazmatAlert", entity=f"310000/alert/{name}", **head)
    made.header.message_id = message_ids.new(int(told.timestamp() * 1000))
    return made


def write(config_path: Path, count: int, size_bytes: int) -> Gap:
    """Makes the store of a gateway that is not running, or its log longer."""
    config = configs.load(config_path)
    own = config.participant
    key = DEFAULT.load_private_key(config.keys.log[0].read_bytes())
    signer = LogSigner(log_origin(own), key)
    contents = list(_contents(size_bytes))
    store = SqliteStore(config.data_dir / "gateway.db", own)
    began, newest = time.perf_counter(), ""
    heads, last = store.heads(), store.last_offset()
    there = sum(head.size for head in heads.values())
    for start in range(there, there + count, ROUND):
        made = [_numbered(contents, n) for n in range(start, min(there + count, start + ROUND))]
        newest = next((d.message_id for d in reversed(made) if d.priority == 1), newest)
        round_ = Round(heads, last, time.time_ns() // 1000, store)
        PublishJob(own, "console", made).stage(round_)
        round_.sign(signer)
        store.commit(round_.change)
        heads, last = round_.heads(), round_.last_offset
    size = heads[signer.origin].size
    Mark(config.data_dir, store).write(size)  # or its gateway would wait for all peers
    store.close()
    return Gap(count, size, newest, time.perf_counter() - began)


def _contents(size_bytes: int) -> Iterator[tuple[bytes, Prepared]]:
    """Headers and contents in the load's shares of types; the last one is an alert."""
    for made in [*drafts(CONTENTS, 1, size_bytes), alert("gap", "PRIORITY_ROUTINE")]:
        yield made.header.SerializeToString(), prepare(made, iter(lambda: os.urandom(16), None))


def _numbered(contents: Sequence[tuple[bytes, Prepared]], number: int) -> CheckedDraft:
    """Content under an id, an entity and a priority of its own: what comes last in a header holds."""
    message_id, entity = message_ids.new(time.time_ns() // 1_000_000), f"310000/gap/{number}"
    (head, content), priority = contents[number % CONTENTS], Priority.PRIORITY_ROUTINE
    if number % LIFE_EVERY == LIFE_EVERY // 2:
        (head, content), priority = contents[-1], Priority.PRIORITY_LIFE_SAFETY
    elif number % URGENT_EVERY == 0:
        priority = Priority.PRIORITY_URGENT
    header = Header(message_id=message_id, entity_id=entity, revision=1, priority=priority)
    whole = Header.FromString(head + header.SerializeToString()).SerializeToString()
    before = delimited(Leaf.HEADER_FIELD_NUMBER, whole)  # each field once, as a gateway writes it
    named = content._replace(before=before)
    return CheckedDraft(message_id, os.urandom(32), entity, 1, priority, None, named)
