"""Tries the protobuf library on sample drafts: codec.py IN OUT.

Reads every IN/<name>.json (ProtoJSON) and, where it is there, IN/<name>.binpb; both must be the same
draft. Writes OUT/<name>.binpb and OUT/<name>.json again. Exit status: 0 all agree, 1 otherwise.
"""

import sys
from pathlib import Path

from google.protobuf import json_format
from google.protobuf.message import DecodeError

from yrd.exchange.v1.message_pb2 import Draft


class Differ(Exception):
    """The two forms are not the same draft."""


def convert(file: Path, out: Path) -> None:
    """Reads one draft in both forms and writes both. Raises Differ and the library's errors."""
    draft = json_format.Parse(file.read_text(encoding="utf-8"), Draft())
    binary = file.with_name(f"{file.name.removesuffix('.json')}.binpb")
    if binary.exists():
        other = Draft.FromString(binary.read_bytes())
        if other != draft:
            raise Differ(f"the binary form is another draft:\n{other}")
    (out / binary.name).write_bytes(draft.SerializeToString(deterministic=True))
    (out / file.name).write_text(json_format.MessageToJson(draft), encoding="utf-8")


def main() -> int:
    """The exit status."""
    if len(sys.argv) != 3:
        print("usage: codec.py IN OUT", file=sys.stderr)
        return 2
    folder, out = (Path(argument) for argument in sys.argv[1:])
    files = sorted(folder.glob("*.json"))
    if not files:
        print(f"{folder}: no *.json", file=sys.stderr)
        return 2
    wrong = 0
    for file in files:
        try:
            convert(file, out)
        except (Differ, DecodeError, json_format.ParseError, OSError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            wrong += 1
    print(f"{len(files) - wrong} of {len(files)} drafts agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
