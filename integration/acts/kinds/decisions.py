"""接受、部分、拒绝、暂缓 · The four answers to a line of help, as fields and as the contract has them."""

from integration.acts.kinds.filled import Filled
from integration.acts.seam import Said
from yrd.aid.v1.aid_pb2 import AidDecision

DECISIONS = {
    "ACCEPT": Said("全部接受", "accept all of it"),
    "PARTIAL": Said("部分接受", "accept a part"),
    "DECLINE": Said("拒绝", "decline"),
    "DEFER": Said("暂缓", "defer"),
}
ACCEPT, DEFER = AidDecision.AID_DECISION_ACCEPT, AidDecision.AID_DECISION_DEFER
_DECISIONS = {
    "ACCEPT": ACCEPT,
    "PARTIAL": AidDecision.AID_DECISION_PARTIAL,
    "DECLINE": AidDecision.AID_DECISION_DECLINE,
    "DEFER": DEFER,
}
_UNKNOWN = Said("没有这种答复：请重选", "there is no such answer: choose again")
_NO_REASON = Said("须写理由", "give the reason")


def decision(filled: Filled, name: str) -> AidDecision | None:
    """What was chosen; None for nothing."""
    value = filled.text(name)
    if value and value not in DECISIONS:
        filled.wrong(name, _UNKNOWN)
    return _DECISIONS.get(value)


def reason_for(filled: Filled, name: str, said: AidDecision) -> str:
    """The reason, which only a full acceptance may do without."""
    return filled.text(name, None if said == ACCEPT else _NO_REASON)
