"""The newest messages: who told what, when it came."""

from integration.page.desk import Shown
from integration.page.views.values import Json, ms
from pipelines.facts.scope import told_us
from pipelines.words import Words
from schemas.catalog import body_of
from yrd.exchange.v1.message_pb2 import Disposition, Message, Priority

KINDS: dict[str, tuple[str, str]] = {
    "incident_report": ("事件报告", "incident report"),
    "early_warning": ("预警", "warning"),
    "resource_status": ("资源状态", "resource status"),
    "aid_request": ("互助请求", "request for aid"),
    "aid_response": ("互助答复", "answer to a request"),
    "aid_order": ("调度指令", "order"),
    "aid_commitment": ("承诺", "commitment"),
    "aid_deployment": ("投送进展", "deployment"),
    "aid_extension": ("延期", "extension"),
    "aid_release": ("解除", "release"),
    "aid_return": ("归建", "return"),
    "aid_settlement": ("结算", "settlement"),
    "waybill": ("运单", "waybill"),
    "vehicle_movement": ("车辆动态", "vehicle movement"),
    "hazmat_alert": ("危货报警", "hazmat alert"),
    "border_handover": ("省界交接", "border handover"),
    "response_activation": ("应急响应", "response"),
    "control_measure": ("管控措施", "control"),
    "enforcement_notice": ("执法通报", "enforcement notice"),
    "objection": ("异议", "objection"),
    "acknowledgement": ("确认", "acknowledgement"),
    "situation_summary": ("态势摘要", "situation summary"),
    "aid_proposal": ("互助建议", "aid proposal"),
    "situation_report": ("态势报告", "situation report"),
    "incident_decision": ("事件合并拆分", "merge or split"),
    "observation": ("监测数据", "observation"),
    "earthquake_report": ("地震报告", "earthquake report"),
    "risk_site": ("风险点", "risk site"),
    "agreement_activation": ("协议生效", "agreement in force"),
    "erasure_notice": ("删除通知", "erasure notice"),
    "erasure_confirmation": ("删除确认", "erasure confirmed"),
}
_URGENT = {
    Priority.PRIORITY_LIFE_SAFETY: ("生命安全", "life safety"),
    Priority.PRIORITY_URGENT: ("紧急", "urgent"),
}
_TITLES = ("title", "headline", "object_name", "name", "justification", "reason", "text")


def log(shown: Shown, words: Words) -> list[Json]:
    """Newest first."""
    return [line(message, words) for message in shown.recent]


def line(message: Message, words: Words) -> Json:
    """One message. What was told too late for action says so."""
    header, stamp, receipt = message.header, message.stamp, message.receipt
    field = message.WhichOneof("body") or ""
    body = body_of(message)
    own = words.say("title_zh", "title_en")
    titles = (getattr(body, name, "") for name in (own, *_TITLES))
    return {
        "message_id": header.message_id,
        "origin": stamp.origin,
        "who": words.name(stamp.origin),
        "kind": KINDS.get(field, (field, field))[words.index],
        "title": next((t for t in titles if isinstance(t, str) and t), ""),
        "entity": header.entity_id,
        "report": message.HasField("situation_report"),
        "revision": header.revision,
        "told_ms": told_us(message) // 1000,
        "received_ms": ms(receipt, "received_time"),
        "urgent": _URGENT.get(header.priority, ("", ""))[words.index],
        "late": receipt.expired,
        "redacted": receipt.disposition == Disposition.DISPOSITION_REDACTED,
        "sequence": stamp.sequence,
        "acted_by": header.act.acted_by.person_id,
        "approved_by": header.act.approved_by.person_id,
    }
