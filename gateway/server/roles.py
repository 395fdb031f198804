"""Which call needs which role: the one table. A call that is not in it is refused to everybody."""

from collections.abc import Mapping
from typing import Literal

from gateway.config import Role
from gateway.exchange.access import Access, Caller

Need = Role | Literal["peer", "anyone"]
"""A role of this participant's own systems; "peer": the gateway of a configured peer; "anyone":
whoever has a certificate of the CA that is not revoked."""

_OURS = "/yrd.exchange.v1."

NEEDS: Mapping[str, Need] = {
    f"{_OURS}ExchangeService/Publish": "publisher",
    f"{_OURS}ExchangeService/PublishStream": "publisher",
    f"{_OURS}ExchangeService/Subscribe": "subscriber",
    f"{_OURS}ExchangeService/Acknowledge": "subscriber",
    f"{_OURS}ExchangeService/GetMessage": "subscriber",
    f"{_OURS}ExchangeService/ListMessages": "subscriber",
    f"{_OURS}ReplicationService/Replicate": "peer",
    f"{_OURS}ReplicationService/GetHolding": "peer",
    f"{_OURS}ReplicationService/Restore": "peer",
    f"{_OURS}ReplicationService/CompareCheckpoints": "peer",
    f"{_OURS}AdminService/GetStatus": "administrator",
    f"{_OURS}AdminService/Reload": "security",
    f"{_OURS}AdminService/RunRetention": "security",
    f"{_OURS}AuditService/GetEvidence": "auditor",
    f"{_OURS}AuditService/ListAlarms": "auditor",
    f"{_OURS}AuditService/SettleAlarm": "security",
    f"{_OURS}AuditService/ReportMissing": "auditor",
    "/grpc.health.v1.Health/Check": "anyone",
    "/grpc.health.v1.Health/Watch": "anyone",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": "anyone",
}
"""Methods of all services of a gateway; docs/operate.md shows the same table."""


def require(access: Access, caller: Caller, method: str) -> None:
    """Raises NotPermitted unless the caller may call that method."""
    need = NEEDS.get(method)
    if need == "anyone":
        return
    name = method.rpartition("/")[2]
    if need is None:
        raise access.refusal(caller, f"call {name}, which nobody may")
    if need == "peer":
        access.require_peer(caller, name)
    else:
        access.require(caller, need, name)
