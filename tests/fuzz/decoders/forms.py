"""Messages in Avro and JSON."""

import json
import sys
from pathlib import Path

from integration.drafts import DraftFileError, read_drafts
from schemas import avro
from schemas.avro import archive, codec, container
from schemas.avro.datum import datum
from schemas.avro.errors import AvroFormError
from schemas.avro.framing import RegistryFraming
from schemas.avro.registry import known, lookup
from schemas.forms.converting import FormError, read_form
from schemas.json_form import JsonFormError, drafts_from_json, text_of, to_json
from tests.fuzz.target import Target
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Draft, Message

SCHEMAS = Path(avro.__file__).parent


def _avro_either_way(data: bytes) -> object:
    """A message, which native/ and Python read and write alike."""
    found = codec.decode(data)
    by_record = codec.read_by_record(lookup(data[2:10], known()), data, 10)
    read, wanted = (one.SerializeToString(deterministic=True) for one in (found, by_record))
    assert read == wanted
    assert codec.write_datum(found) == datum(found)
    return found


def targets(drafts: list[Draft], folder: Path) -> list[Target]:
    """Each form by its own reader, and files as the commands read them."""
    some = drafts[::4]
    single = [codec.encode(draft) for draft in some]
    files = [container.write_container([draft]) for draft in some[:8]]
    schema = json.loads((SCHEMAS / f"{Draft.DESCRIPTOR.full_name}.avsc").read_text())
    framing = RegistryFraming({7: schema})
    texts = [to_json(draft).encode() for draft in some]
    message = Message(header=drafts[0].header, incident_report=drafts[0].incident_report)
    archived, batch = folder / "archive.avro", folder / "drafts.binpb"
    archive.append(archived, 0, [message])
    whole = [archived.read_bytes()]

    def read_archive(data: bytes) -> object:
        archived.write_bytes(data)
        return list(archive.read(archived))

    def read_batch(data: bytes) -> object:
        batch.write_bytes(data)
        return read_drafts([batch], sys.stdin)

    def convert(data: bytes) -> object:
        return read_form(data, ".binpb", Draft.DESCRIPTOR.full_name, "x")

    return [
        Target("archive of messages", read_archive, whole, (archive.ArchiveError, AvroFormError)),
        Target(
            "file of drafts",
            read_batch,
            [pb.PublishRequest(drafts=some[:2]).SerializeToString()],
            (DraftFileError,),
        ),
        Target("converted", convert, [d.SerializeToString() for d in some], (FormError,), 2),
        Target("avro single object", _avro_either_way, single, (AvroFormError,), 2),
        Target("avro container", container.read_container, files, (AvroFormError,)),
        Target(
            "json drafts",
            lambda d: drafts_from_json(text_of(d, "x"), "x"),
            texts,
            (JsonFormError,),
            2,
        ),
        Target(
            "avro registry framing",
            framing.decode,
            list(map(framing.encode, some)),
            (AvroFormError,),
            2,
        ),
    ]
