"""What is told of each rule: how bad it is, its name, why it matters, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Words:
    """Severity is error, warning or note."""

    severity: str
    title_zh: str
    title_en: str
    why: str
    remedy: str


RULES: Mapping[str, Words] = MappingProxyType(
    {
        "client.plaintext": Words(
            "error",
            "未加密连接",
            "Connected without TLS",
            "A gateway answers over mutual TLS only; whatever else is sent can be read by others.",
            "Make a secure channel with the authority's, your own certificate and its key.",
        ),
        "client.certificate": Words(
            "error",
            "证书不可用",
            "No usable certificate",
            "The gateway knows a system by its certificate alone, and refuses every call without one.",
            "Use a certificate of your authority with the URI yrd://participant/<participant>/<system> "
            "as subject alternative name.",
        ),
        "client.no_call": Words(
            "warning",
            "连接后未发起调用",
            "Connected, and made no call",
            "The sender closed every connection itself: it may not trust the gateway's certificate.",
            "Give the sender ca.pem as its roots, and the name that the gateway's certificate has.",
        ),
        "client.not_permitted": Words(
            "error",
            "无权限",
            "Not permitted",
            "The system's certificate does not allow this here; a gateway would refuse it as well.",
            "Connect to your own participant's gateway; have its operator allow the system.",
        ),
        "client.batch_size": Words(
            "error",
            "批次过大",
            "Batch too large",
            "A batch of more than 1,000 drafts is refused whole.",
            "Send at most 1,000 drafts in a batch.",
        ),
        "client.batch_of_one": Words(
            "note",
            "逐条发送",
            "Never more than one draft in a call",
            "Each call waits for the disk once: batches carry the same messages many times faster.",
            "Under load, send what has gathered as one batch, or use PublishStream.",
        ),
        "client.stream_not_closed": Words(
            "warning",
            "流未正常关闭",
            "Stream dropped, not closed",
            "Answers that were on their way are lost, so the sender can't know what was accepted.",
            "Close your side of the stream, read the answers to the end, then close the channel.",
        ),
        "client.contract_violated": Words(
            "error",
            "违反数据规范",
            "A draft breaks the contract",
            "A gateway refuses such a draft: nobody will get the message.",
            "Mend the field as the rule says, before the draft is sent.",
        ),
        "client.unknown_fields": Words(
            "error",
            "含有未知字段或类型",
            "Unknown fields or types",
            "A gateway refuses what its contract does not have: it can't tell what is personal in it.",
            "Generate the client from the same release of the contract as the gateway.",
        ),
        "client.malformed": Words(
            "error",
            "报文无法解析",
            "Bytes that are no draft",
            "A gateway can't read them, so it can't even say which message is meant.",
            "Serialise yrd.exchange.v1.Draft with generated code.",
        ),
        "client.too_large": Words(
            "error",
            "报文过大",
            "A draft is too large",
            "A gateway takes drafts of up to 1 MiB unless it is configured otherwise.",
            "Shorten texts, or split the message; don't embed files.",
        ),
        "client.not_authority": Words(
            "error",
            "越权发布",
            "Another participant's fact",
            "Every fact has one authority; a gateway refuses it from anybody else.",
            "Publish it at the gateway of the participant whose fact it is.",
        ),
        "client.time_zone": Words(
            "error",
            "时区错误（相差八小时）",
            "Eight hours off: Beijing time and UTC mixed up",
            "Times are UTC. Eight hours ahead is refused as the future, eight hours behind is believed.",
            "Attach Asia/Shanghai to wall-clock times, then convert to UTC, once.",
        ),
        "client.id_not_uuid7_time": Words(
            "warning",
            "报文编号中的时间不符",
            "The time in message_id is not the message's",
            "The first 48 bits of a UUIDv7 are its time in milliseconds (RFC 9562, 5.7); stores and "
            "people order by it.",
            "Make ids with a library's UUIDv7, from a UTC clock, when the message is made.",
        ),
        "client.entity_prefix": Words(
            "warning",
            "对象编号未以本方代码开头",
            "Entity id without the participant",
            "Two participants could use the same id for different things.",
            "Begin entity ids with your participant, for example 310000/flood/2026-17.",
        ),
        "client.mode": Words(
            "warning",
            "测试中使用了实战模式",
            "Mode ACTUAL during a test",
            "Pointed at a real gateway by mistake, the test would raise real alarms.",
            "Send TEST, or EXERCISE with exercise_id, while testing.",
        ),
        "client.revision_not_rising": Words(
            "error",
            "修订号未递增",
            "Revision does not rise",
            "A gateway refuses a revision that is not above the newest: the change would be lost.",
            "Count revisions of each entity_id and keep the count where it survives a restart.",
        ),
        "client.step_out_of_order": Words(
            "error",
            "步骤次序不符",
            "A step that may not follow",
            "A gateway refuses it, so that every participant sees the same course of events.",
            "Send the steps in the order in which they were taken, each once the one before it is "
            "accepted.",
        ),
        "client.retry_new_id": Words(
            "error",
            "换编号重发",
            "Sent again under another id",
            "The first may have been stored: readers would get the same message twice.",
            "Make message_id once, keep it with the draft, and repeat the draft as it is.",
        ),
        "client.retry_changed": Words(
            "error",
            "同编号内容改变",
            "Other content under the same id",
            "If the first was stored, the second is refused with MESSAGE_ID_REUSED.",
            "Repeat the very same bytes, reported_time included; new content takes a new id and a "
            "higher revision.",
        ),
        "client.no_retry": Words(
            "error",
            "未重发，报文丢失",
            "Not sent again: lost",
            "A message without an answer may not have been stored; nobody but the sender can know.",
            "Keep each draft until its result has come; send it again after any lost answer.",
        ),
        "client.unfinished": Words(
            "warning",
            "测试结束时尚未重发",
            "Not sent again when the test ended",
            "The test ended too soon to say whether the sender would have tried again.",
            "Let the test run longer: --seconds.",
        ),
        "client.retry_too_early": Words(
            "error",
            "未按 RetryInfo 等待",
            "Sent again before RetryInfo allows it",
            "A gateway out of breath gets no rest, and other senders get less of it.",
            "Wait at least retry_delay of google.rpc.RetryInfo, then a little more at random.",
        ),
        "client.retry_hot": Words(
            "error",
            "无间隔反复重发",
            "Retries without a pause",
            "A loop without a pause keeps a gateway busy with refusals just when it recovers.",
            "Wait between attempts, twice as long each time (say 1 s to 60 s), with some randomness.",
        ),
        "client.refused_resent": Words(
            "error",
            "被退回的报文原样重发",
            "A refused draft was sent again as it was",
            "It will be refused for ever, and it may hold up those behind it.",
            "Set it aside for a person with the fields and remedies of BadRequest; go on with the "
            "others.",
        ),
        "client.accepted_resent": Words(
            "warning",
            "已确认的报文再次发送",
            "Sent again although accepted",
            "It changes nothing, but takes the place of what is new; perhaps results are not kept.",
            "Write down each accepted message_id before the next batch, also across a restart.",
        ),
        "client.batch_abandoned": Words(
            "error",
            "一条被退回，其余未发",
            "After one refusal the rest never came",
            "Each draft stands or falls alone: one mistake must not silence a province.",
            "Look at each result by itself; go on with the next batch.",
        ),
        "client.fewer_than_expected": Words(
            "error",
            "报文数少于预期",
            "Fewer messages than announced",
            "What did not come can't be checked.",
            "Let the sender send them all, or the test run longer: --seconds.",
        ),
    }
)
"""Rule id → its words. The order is that of the documentation."""
