"""Writes schemas/avro/<full name>.avsc for every body type and for Message."""

import json
from pathlib import Path
from typing import Any

from schemas.avro.projection import project
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1 import message_pb2

FOLDER = Path(__file__).parent


def schemas() -> dict[str, str]:
    """File name → content."""
    message: Any = message_pb2.Message.DESCRIPTOR
    descriptors = [message, *(field.message_type for field in BODY_FIELDS.values())]
    return {
        f"{d.full_name}.avsc": json.dumps(project(d), indent=1, ensure_ascii=False) + "\n"
        for d in descriptors
    }


if __name__ == "__main__":
    for name, content in schemas().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
