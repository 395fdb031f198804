"""Messages as Avro in one of two framings."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.message import Message as AnyMessage

from integration.kafka.errors import Halted
from schemas.avro.catalog import descriptor_of, fingerprint
from schemas.avro.codec import encode
from schemas.avro.errors import AvroFormError
from schemas.avro.framing import RegistryFraming
from schemas.avro.projection import project

MESSAGE = "yrd.exchange.v1.Message"


@dataclass(frozen=True, slots=True)
class Encoder:
    """How a value is written: `write` raises AvroFormError; `schema` names a type's schema as a URI."""

    write: Callable[[AnyMessage], bytes]
    schema: Callable[[str], str]


def single_object() -> Encoder:
    """C3 01, the schema's fingerprint, the datum."""
    return Encoder(encode, lambda name: f"urn:yrd:avro:{name}:{fingerprint(name)[::-1].hex()}")


def registry(framing: RegistryFraming) -> Encoder:
    """00, the schema's id, the datum."""
    return Encoder(framing.encode, lambda name: f"urn:yrd:avro:{name}")


def framing_of(ids: Mapping[int, str]) -> RegistryFraming:
    """The framing for ids of a registry: each a type's full name, or an .avsc file. Raises Halted."""
    try:
        return RegistryFraming({id_: _schema(named) for id_, named in ids.items()})
    except (AvroFormError, OSError, ValueError) as error:
        raise Halted(f"registry: {error}; correct the configuration") from None


def _schema(named: str) -> Any:
    if named.endswith(".avsc"):
        return json.loads(Path(named).read_text(encoding="utf-8"))
    return project(descriptor_of(named))
