"""Several answers to one line of a request, as EDXL-RM has them, are one in the contract."""

from typing import Any

from integration.cap.remarks import Kind as Why
from integration.cap.remarks import Remark
from yrd.aid.v1.aid_pb2 import AidDecision, AidResponseLine

_OFFERS = (AidDecision.AID_DECISION_ACCEPT, AidDecision.AID_DECISION_PARTIAL)


def join_answers(lines: Any, remarks: list[Remark]) -> None:
    """Offers of resources to one line, in one unit, are added up. Others stay: the contract refuses them."""
    kept: list[AidResponseLine] = []
    for line in lines:
        before = next((one for one in kept if _joins(one, line)), None)
        if before is None:
            kept.append(line)
            continue
        before.quantity.value += line.quantity.value
        new = [r for r in line.resource_ids if r not in before.resource_ids]
        before.resource_ids.extend(new)
        text = f"对{line.request_line_id}的几项答复合为一项 several answers to it are added up"
        remarks.append(Remark(Why.INFERRED, "ResourceInformation", text))
    if len(kept) < len(lines):
        joined = [AidResponseLine.FromString(line.SerializeToString()) for line in kept]
        del lines[:]
        lines.extend(joined)


def _joins(one: AidResponseLine, other: AidResponseLine) -> bool:
    """Whether they differ in nothing but which resource and how much of it."""
    if one.decision not in _OFFERS or one.quantity.unit != other.quantity.unit:
        return False
    first, second = (AidResponseLine.FromString(x.SerializeToString()) for x in (one, other))
    for line in (first, second):
        line.ClearField("quantity")
        line.ClearField("resource_ids")
    return first == second
