"""Drafts from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from google.protobuf.message import DecodeError

from schemas.json_form import JsonFormError, drafts_from_json, text_of
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishRequest


class DraftFileError(Exception):
    """A file that holds no drafts; the text names file, line or field, and what to do."""


def read_drafts(files: Sequence[Path], stdin: TextIO, *, binary: bool = False) -> list[Draft]:
    """Drafts of the files in order, or of standard input: JSON, or a serialised PublishRequest.

    Raises DraftFileError.
    """
    try:
        if files:
            return [draft for file in files for draft in _read(file)]
        if binary:
            return _drafts_of(stdin.buffer.read(), "standard input")
        text = text_of(stdin.buffer.read(), "standard input")
        return drafts_from_json(text, "standard input")
    except JsonFormError as error:
        raise DraftFileError(str(error)) from None


def _read(file: Path) -> list[Draft]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DraftFileError(f"{file}: {error.strerror}; check the path") from None
    if file.suffix == ".binpb":
        return _drafts_of(data, str(file))
    return drafts_from_json(text_of(data, str(file)), str(file))


def _drafts_of(data: bytes, source: str) -> list[Draft]:
    try:
        return list(PublishRequest.FromString(data).drafts)
    except DecodeError:
        raise DraftFileError(f"{source}: not a serialised PublishRequest") from None
