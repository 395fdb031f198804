"""Bytes of one form to messages, and messages to bytes of another."""

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from schemas.avro.catalog import descriptor_of
from schemas.avro.codec import decode, encode
from schemas.avro.container import read_container, write_container
from schemas.avro.errors import AvroFormError
from schemas.json_form import JsonFormError, from_json, text_of, to_json

FORMS = {
    ".json": "ProtoJSON, one message",
    ".binpb": "protobuf, one message",
    ".avro": "Avro object container file, messages of one type",
    ".avro1": "Avro single-object encoding, one message",
}
"""Ending of a file's name → what is in it."""


class FormError(ValueError):
    """Bytes that are not what they should be; the text names source, place and remedy."""


def read_form(data: bytes, form: str, type_name: str, source: str) -> list[Message]:
    """Messages of a form of FORMS. `type_name` says the type where the form does not. Raises FormError."""
    try:
        if form == ".avro":
            return read_container(data)
        if form == ".avro1":
            return [decode(data)]
        kind = GetMessageClass(descriptor_of(type_name))
        if form == ".json":
            return [from_json(kind, text_of(data, source), source)]
        return [_known_only(kind.FromString(data), source)]
    except JsonFormError as error:
        raise FormError(str(error)) from None
    except AvroFormError as error:
        raise FormError(f"{source}: {error}") from None
    except DecodeError:
        raise FormError(f"{source}: not a serialised {type_name}: check --type") from None


def _known_only(message: Message, source: str) -> Message:
    """The message, unless a field in it would be lost on the way."""
    size = message.ByteSize()
    message.DiscardUnknownFields()
    if message.ByteSize() != size:
        raise FormError(
            f"{source}: it has fields that {message.DESCRIPTOR.full_name} does not know in this "
            "version: check --type, or take a newer release of the contract"
        )
    return message


def write_form(messages: list[Message], form: str) -> bytes:
    """The messages in a form of FORMS. Raises FormError."""
    try:
        if form == ".avro":
            return write_container(messages)
        if len(messages) != 1:
            raise FormError(f"{form} holds one message, there are {len(messages)}: use .avro")
        (message,) = messages
        if form == ".avro1":
            return encode(message)
        if form == ".json":
            return f"{to_json(message, indent=2)}\n".encode()
        return message.SerializeToString(deterministic=True)
    except AvroFormError as error:
        raise FormError(str(error)) from None
