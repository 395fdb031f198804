"""From items to drafts: what is new, what changed since it was last published, and what did not."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from google.protobuf.timestamp_pb2 import Timestamp

from integration.importing.assembling import Item
from integration.importing.faults import Fault
from integration.importing.table import AS_OF, Table
from schemas import message_ids
from schemas.disclosure import marked_fields
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Message, Mode, Priority

_ENTITY = re.compile(r"[A-Za-z0-9._:-]{1,100}", re.ASCII)
Scope = tuple[str, int, str]
"""An entity in a mode, and in an exercise: a drill's figures and the real ones don't replace each other."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the participant has published: each entity's newest revision, each scope's newest message."""

    revisions: Mapping[str, int] = field(default_factory=dict)
    newest: Mapping[Scope, Message] = field(default_factory=dict)

    def before(self, header: Header) -> Message | None:
        """What a header's entity was last said to be, in its mode."""
        return self.newest.get(_scope(header))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a table does not say; `as_of` (aware) is when its rows were true, if they don't say."""

    participant: str
    mode: Mode
    as_of: datetime
    exercise_id: str = ""
    level: DataLevel | None = None


class News(StrEnum):
    """What an item is beside what was published before."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def known_of(messages: Iterable[Message]) -> Known:
    """Of all that the participant has published of a type."""
    revisions: dict[str, int] = {}
    newest: dict[Scope, Message] = {}
    for message in messages:
        header = message.header
        revisions[header.entity_id] = max(header.revision, revisions.get(header.entity_id, 0))
        before = newest.get(_scope(header))
        if before is None or before.header.revision < header.revision:
            newest[_scope(header)] = message
    return Known(revisions, newest)


def _scope(header: Header) -> Scope:
    return header.entity_id, header.mode, header.exercise_id


def entity_of(table: Table, key: str, participant: str) -> str:
    """The entity of a natural key: as it is, or by its digest where an entity id can't hold it."""
    name = key if _ENTITY.fullmatch(key) else f"sha-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
    return f"{participant}/{table.entity}/{name}"


def drafted(table: Table, item: Item, settings: Settings, known: Known) -> tuple[Draft, News]:
    """The draft of an item without faults. The same arguments give the same, message id included."""
    draft = Draft()
    draft.CopyFrom(item.draft)
    header = draft.header
    header.entity_id = entity_of(table, item.key, settings.participant)
    header.mode, header.exercise_id = settings.mode, settings.exercise_id
    header.priority = Priority.PRIORITY_ROUTINE
    header.data_level = settings.level or table.level
    for time in (header.occurred_time, header.reported_time):
        time.FromDatetime(datetime.fromisoformat(item.as_of) if item.as_of else settings.as_of)
    before = known.before(header)
    header.revision = known.revisions.get(header.entity_id, 0) + 1
    if before is not None and _same(table, draft, before, told_time=bool(item.as_of)):
        header.CopyFrom(before.header)
        return draft, News.UNCHANGED
    header.message_id = _message_id(draft)
    return draft, News.NEW if before is None else News.CHANGED


def older(table: Table, item: Item, draft: Draft, known: Known) -> Fault | None:
    """A fault for a row that says it is older than what was published: it must not go back."""
    before = known.before(draft.header)
    if before is None or not item.as_of:
        return None
    then, now = before.header.occurred_time, draft.header.occurred_time
    if _order(now) >= _order(then):
        return None
    column = next(c for c in table.columns if c.key == AS_OF)
    remedy = (
        f"早于已发布的r{before.header.revision} is before what was published ({then.ToJsonString()}): "
        "用新数据，或改正时间 use newer data, or correct the time"
    )
    return Fault(item.number, column.title, "import.older", remedy)


def _order(time: Timestamp) -> tuple[int, int]:
    return time.seconds, time.nanos


def _same(table: Table, draft: Draft, before: Message, *, told_time: bool) -> bool:
    """Whether the same was published; personal fields that were destroyed since are not missed."""
    one, other = draft.header, before.header
    headers = one.data_level == other.data_level and (
        not told_time or _order(one.occurred_time) == _order(other.occurred_time)
    )
    absent = set(before.receipt.absent_groups)
    kept = Draft()
    kept.CopyFrom(draft)
    for marked in marked_fields(table.type):
        if marked.group in absent:
            _clear(kept, table.field, marked.path)
    return headers and getattr(kept, table.field) == getattr(before, table.field)


def _clear(draft: Draft, field: str, path: tuple[str, ...]) -> None:
    message = getattr(draft, field)
    for step in path[:-1]:
        if not message.HasField(step):
            return
        message = getattr(message, step)
    message.ClearField(path[-1])


def _message_id(draft: Draft) -> str:
    """By entity, revision and content: the same for the same, so that nothing is published twice."""
    told = b"import\0" + draft.SerializeToString(deterministic=True)
    milliseconds = max(0, draft.header.occurred_time.ToMilliseconds())
    return message_ids.derived(milliseconds, hashlib.sha256(told).digest())
