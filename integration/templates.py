"""Valid drafts for newcomers: the contract's own samples, with fresh ids and times."""

import time

from google.protobuf.timestamp_pb2 import Timestamp

from schemas import message_ids
from schemas.catalog import BODY_FIELDS, PUBLISHABLE
from schemas.samples.reading import Sample, valid_samples
from yrd.exchange.v1.message_pb2 import Draft, Mode

_TYPES = {BODY_FIELDS[name].name: name for name in PUBLISHABLE}
KINDS = tuple(_TYPES)
"""Names of the fields of Draft that hold a body which clients publish, such as "incident_report"."""


def samples_of(kind: str) -> dict[str, Sample]:
    """Samples of one of KINDS that need no message before them, by name."""
    return {s.name: s for s in valid_samples(_TYPES[kind]) if not s.after}


def make(sample: Sample) -> Draft:
    """A draft like the sample, in mode TEST, told now by an entity of its own."""
    draft, now = Draft(), time.time()
    draft.CopyFrom(sample.draft)
    header, told = draft.header, Timestamp(seconds=int(now))
    header.message_id = message_ids.new(int(now * 1000))
    header.entity_id = f"{sample.participant}/try/{header.message_id[-12:]}"
    header.revision, header.mode = 1, Mode.MODE_TEST
    for name in ("exercise_id", "expire_time", "in_reply_to"):
        header.ClearField(name)
    header.occurred_time.CopyFrom(told)
    header.reported_time.CopyFrom(told)
    return draft
