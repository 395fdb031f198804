"""How fast the encodings are: this file with --help. Prints messages a second on one core.

Per type, small messages: between bytes and records by fastavro alone, as any other Avro program has
it (times stay numbers), between bytes and messages by `schemas.avro.codec`, and as JSON. Every way is
checked to give the message back before it is timed. The best of some rounds counts: the machine may
have other things to do.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from io import BytesIO
from typing import Any

import fastavro
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message

from schemas.avro import codec
from schemas.avro.records import to_record
from schemas.avro.registry import known, plain
from schemas.catalog import BODY_FIELDS, body_of
from schemas.json_form import from_json, to_json
from tests.support.builders import draft, message, place, resource_body
from yrd.exchange.v1.message_pb2 import Draft

_MOVEMENT: dict[str, Any] = {
    "waybillId": "330000/waybill/ZJ20200613000123",
    "vehicle": {"number": "浙CM9535", "color": "PLATE_COLOR_YELLOW"},
    "kind": "MOVEMENT_KIND_BORDER_CROSSED",
    "place": place("331081", (28.4, 121.4)),
    "speedKmh": 62.5,
    "fromProvince": "330000",
    "toProvince": "310000",
    "road": "G15",
}
_ACKNOWLEDGEMENT: dict[str, Any] = {
    "participant": "310000",
    "kind": 1,
    "messageIds": ["01890a5d-ac96-774b-bcce-b302099a8057"],
    "post": "市应急指挥中心值班长",
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second."""

    type: str
    avro_bytes: int
    record_encode: float
    record_decode: float
    encode: float
    decode: float
    json_encode: float
    json_decode: float


def small_messages() -> Iterator[Message]:
    """Small messages of some types, and one whole as a reader gets it."""
    bodies = {
        "vehicleMovement": _MOVEMENT,
        "acknowledgement": _ACKNOWLEDGEMENT,
        "resourceStatus": resource_body(),
    }
    there = {field.json_name for field in BODY_FIELDS.values()}
    for field, body in bodies.items():
        if field in there:
            found = body_of(ParseDict({field: body}, Draft(), ignore_unknown_fields=True))
            assert found is not None
            yield found
    yield draft().incident_report
    yield message("310000", 1, draft())


def measure(made: Message, seconds: float, rounds: int) -> Rates:
    """Checks each way, then times it."""
    name = made.DESCRIPTOR.full_name
    data, text = codec.encode(made), to_json(made)
    schema = fastavro.parse_schema(plain(codec.parsed_schema(name)))
    known()
    datum = data[10:]

    def read() -> Any:
        return fastavro.schemaless_reader(BytesIO(datum), schema, None)

    def write() -> bytes:
        out = BytesIO()
        fastavro.schemaless_writer(out, schema, record)
        return out.getvalue()

    record = to_record(made)
    assert write() == datum
    assert read()
    assert codec.decode(data) == made == from_json(type(made), text, name)
    ways: tuple[Callable[[], Any], ...] = (
        write,
        read,
        lambda: codec.encode(made),
        lambda: codec.decode(data),
        lambda: to_json(made),
        lambda: from_json(type(made), text, name),
    )
    return Rates(name, len(data), *(_rate(way, seconds, rounds) for way in ways))


def _rate(way: Callable[[], Any], seconds: float, rounds: int) -> float:
    """Calls a second in the best of some rounds, of about `seconds` together."""
    times, count = 1, 0.0
    while count < 0.01:
        times *= 2
        count = _timed(way, times)
    many = max(1, int(times * seconds / rounds / count))
    return many / min(_timed(way, many) for _ in range(rounds))


def _timed(way: Callable[[], Any], times: int) -> float:
    turns = range(times)
    begin = time.perf_counter()
    for _ in turns:
        way()
    return time.perf_counter() - begin


def _row(rates: Rates) -> str:
    figures = list(asdict(rates).values())[2:]
    cells = "".join(f"{figure:>12,.0f}" for figure in figures)
    return f"{rates.type.rsplit('.', 1)[-1]:<18}{rates.avro_bytes:>6}{cells}"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each way of each type")
    parser.add_argument("--rounds", type=int, default=5, help="of which the best counts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    rates = [measure(made, given.seconds, given.rounds) for made in small_messages()]
    if given.json:
        print(json.dumps([asdict(r) for r in rates], indent=1))
        return
    versions = ", ".join(f"{name} {version(name)}" for name in ("fastavro", "protobuf"))
    print(f"messages a second, one core; Python {platform.python_version()}, {versions}\n")
    print(f"{'':<18}{'Avro':>6}{'fastavro: record':>24}{'Avro: message':>24}{'JSON: message':>24}")
    heads = "".join(f"{head:>12}" for head in ("encode", "decode") * 3)
    print(f"{'type':<18}{'bytes':>6}{heads}")
    for row in rates:
        print(_row(row))


if __name__ == "__main__":
    main()
