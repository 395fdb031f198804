"""接受、部分、拒绝、暂缓 · The four answers to a line of help, as fields and as the contract has them."""

from integration.acts.kinds.fields import choice, plain
from integration.acts.kinds.filled import Filled
from integration.acts.seam import Field, Said
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.common.v1.common_pb2 import Quantity

_ANSWERS = {
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
_NOT_YET = Said("暂不答复此行", "leave this line for now")
_ROUNDING = 1e-6
_NOT_ALL = Said(
    "少于所求：请选“部分接受”并写理由",
    "less than was asked for: accept a part, and give the reason",
)
_NO_REASON = Said("须写理由", "give the reason")


def answer_to(name: str, what: Said, much: Quantity, usual: str = "") -> Field:
    """The field for the answer to a line."""
    amount = plain(much.value)
    return choice(
        name,
        Said(f"{what.zh} {amount}{much.unit}：答复", f"{amount} {much.unit} {what.en}: answer"),
        {"": _NOT_YET, **_ANSWERS},
        usual,
    )


def decision(filled: Filled, name: str) -> AidDecision | None:
    """What was chosen; None for nothing."""
    value = filled.text(name)
    if value and value not in _ANSWERS:
        filled.wrong(name, _UNKNOWN)
    return _DECISIONS.get(value)


def require_all(filled: Filled, name: str, said: AidDecision, given: float, wanted: float) -> None:
    """To accept all of a line is to give what was asked for: less is a part of it."""
    if said == ACCEPT and given < wanted - _ROUNDING:
        filled.wrong(name, _NOT_ALL)


def reason_for(filled: Filled, name: str, said: AidDecision) -> str:
    """The reason, which only a full acceptance may do without."""
    return filled.text(name, None if said == ACCEPT else _NO_REASON)
