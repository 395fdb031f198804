"""Which person a message comes from, in words: what header.act says."""

from collections.abc import Mapping
from types import MappingProxyType

from yrd.exchange.v1.message_pb2 import ActingPerson, Authentication, Header

ROLES: Mapping[str, str] = MappingProxyType(
    {"viewer": "查看", "duty_officer": "值班员", "approver": "复核人"}
)
_MEANS: Mapping[int, str] = MappingProxyType(
    {
        Authentication.AUTHENTICATION_CERTIFICATE: "证书 certificate",
        Authentication.AUTHENTICATION_OIDC: "统一认证 OIDC",
    }
)


def in_short(header: Header) -> str:
    """Who acted, and who approved; empty if a system sent it by itself."""
    if not header.HasField("act"):
        return ""
    approved = header.act.approved_by.person_id
    return f"经办 by {header.act.acted_by.person_id}" + (
        f" 复核 approved by {approved}" if approved else ""
    )


def in_full(header: Header) -> str:
    """The same with roles, how each was known, and the act's key; empty if nobody acted."""
    if not header.HasField("act"):
        return ""
    act = header.act
    second = (
        f"复核 approved by {_person(act.approved_by)}"
        if act.HasField("approved_by")
        else "未复核 by one person"
    )
    return f"{_person(act.acted_by)}；{second}；{act.name}，编号 key {act.key}"


def _person(person: ActingPerson) -> str:
    means = _MEANS.get(person.authentication, str(person.authentication))
    role = f"{ROLES.get(person.role, '')} {person.role}".strip()
    return f"{person.person_id}（{role}，{means} {person.credential_sha256.hex()[:16]}）"
