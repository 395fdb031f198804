"""What comes over HTTP."""

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.datastructures import QueryParams

from integration.http import queries
from integration.http.bodies import drafts_in
from integration.http.problems import Refused
from integration.http.tokens import known, written
from schemas.json_form import to_json
from tests.fuzz.target import Target
from yrd.exchange.v1.message_pb2 import Draft

QUERIES = (
    b"type=yrd.incident.v1.IncidentReport&origin=310000&mode=actual",
    b"pageSize=100&pageToken=abc&incident=310000/flood/1&incident=a",
)


def targets(drafts: Sequence[Draft]) -> list[Target]:
    """Bodies, query strings, tokens."""
    one, other = (to_json(draft) for draft in drafts[:2])
    bodies = [text.encode() for text in (one, f"[{one}, {other}]", f"{one}\n{other}")]
    tokens = [written(bytes(6), bytes(32)).encode(), written(b"abcdef", bytes(range(32))).encode()]
    return [
        Target("http body", drafts_in, bodies, (Refused,)),
        Target("http query", _query, QUERIES, (Refused,)),
        Target("http token", lambda data: known(data.decode("latin-1"), {}, _NOW), tokens, ()),
    ]


_NOW = datetime(2026, 6, 1, tzinfo=UTC)


def _query(data: bytes) -> object:
    found = QueryParams(data.decode("latin-1"))
    queries.require_known(found, (*queries.FILTERS, "pageSize", "pageToken"))
    queries.number(found.get("pageSize", "100"), "pageSize", 1000)
    return queries.filter_of(found)
