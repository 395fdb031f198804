"""yrd contracts convert: one message from one encoding to another."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from integration.cli.contracts import app
from integration.cli.ending import BAD_INPUT, REFUSED, fail

DRAFT = "yrd.exchange.v1.Draft"


@app.command()
def convert(
    file: Annotated[
        Path, typer.Argument(help="Its ending says its form: .json .binpb .avro .avro1")
    ],
    to: Annotated[Path, typer.Argument(help="Where to, with one of the same endings.")],
    type_name: Annotated[
        str,
        typer.Option("--type", help="Full type name; JSON and protobuf don't say it themselves."),
    ] = DRAFT,
    check: Annotated[
        bool, typer.Option("--check", help="Refuse drafts that break a rule of the contract.")
    ] = False,
) -> None:
    """Write a message in another encoding, to test a codec of one's own.

    .json is ProtoJSON, .binpb protobuf, .avro an Avro container file, .avro1 Avro single-object
    encoding. Exit status 1, and nothing written, if the file is not what it should be.
    """
    from schemas.forms.converting import FORMS, FormError, read_form, write_form

    for path in (file, to):
        if path.suffix not in FORMS:
            fail(f"{path}: the ending must be one of {', '.join(FORMS)}", BAD_INPUT)
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}; check the path", BAD_INPUT)
    try:
        messages = read_form(data, file.suffix, type_name, str(file))
        _require_rules(messages if check else [], str(file))
        written = write_form(messages, to.suffix)
    except FormError as error:
        fail(str(error), REFUSED)
    try:
        to.write_bytes(written)
    except OSError as error:
        fail(f"{to}: {error.strerror}; check the path", BAD_INPUT)
    count = f"{len(messages)} messages" if len(messages) != 1 else "1 message"
    print(f"{to}: {count}, {len(written)} bytes", file=sys.stderr)


def _require_rules(messages: Sequence[object], source: str) -> None:
    from datetime import UTC, datetime

    from schemas.rules import violations
    from yrd.exchange.v1.message_pb2 import Draft

    for message in messages:
        if not isinstance(message, Draft):
            fail(f"{source}: --check takes drafts: rules need the header, too", BAD_INPUT)
        found = violations(message, datetime.now(UTC))
        if found:
            told = "\n".join(
                f"  {v.field or 'message'}: {v.message} (rule {v.rule})" for v in found
            )
            fail(f"{source}: breaks the contract:\n{told}", REFUSED)
