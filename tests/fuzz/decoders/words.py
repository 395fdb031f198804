"""Short texts in requests: page tokens, codes."""

import base64

from gateway.errors import GatewayError
from gateway.exchange.reader import _mark, _offset_of
from schemas.codes.lookup import problem
from tests.fuzz.target import Target
from yrd.exchange.v1 import service_pb2 as pb


def targets() -> list[Target]:
    """Tokens and codes."""
    filter_ = pb.Filter(types=["yrd.incident.v1.IncidentReport"])
    tokens = [base64.urlsafe_b64encode(f"{n}.{_mark(filter_)}".encode()) for n in (0, 7, 1 << 40)]

    def token(data: bytes) -> object:
        offset = _offset_of(data.decode(errors="replace"), filter_)
        assert 0 <= offset < 1 << 63, offset
        return offset

    def look(data: bytes) -> object:
        table, _, rest = data.decode(errors="replace").partition("|")
        scheme, _, value = rest.partition("|")
        try:
            return problem(table, scheme, value)
        except KeyError:  # tables are named by the contract, not by who sends
            return problem("incident_types", scheme, value)

    return [
        Target("page token", token, tokens, (GatewayError,), 6),
        Target("code tables", look, [b"incident_types|GB/T 35561|11A02"], (), 6),
    ]
