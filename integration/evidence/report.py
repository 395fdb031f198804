"""What the evidence shows, as officers read it: Chinese first, then English."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from google.protobuf.json_format import MessageToDict

from gateway.log.evidence import Findings, Signed
from gateway.log.note import LOG
from gateway.log.sealing import SealError, as_draft, open_entry
from gateway.sharing.proven import Judged
from integration.acted import in_full
from schemas.instants import BEIJING
from schemas.json_form import to_json
from yrd.exchange.v1.message_pb2 import Leaf, Mode
from yrd.exchange.v1.service_pb2 import SharedUnder

NAMES = {
    "310000": "上海 Shanghai",
    "320000": "江苏 Jiangsu",
    "330000": "浙江 Zhejiang",
    "340000": "安徽 Anhui",
    "joint": "联合值守 joint duty room",
}


def lines(
    findings: Findings, shared: Sequence[SharedUnder], clauses: Sequence[Judged], trusted: bool
) -> Iterator[str]:
    """The report: the verdict first, since what is not proven must not be read as if it were."""
    if findings.ok:
        yield "结论 Verdict     证据成立 the evidence holds"
    else:
        yield f"结论 Verdict     证据不成立 the evidence does NOT hold: {len(findings.problems)}"
        yield from (f"错误 WRONG {problem.zh}\n      {problem.en}" for problem in findings.problems)
        yield "以下仅为文件夹自称，未经证实 what follows is claimed by the folder and NOT proven"
    if not trusted:
        yield (
            "注意 Mind: 所用公钥来自本文件夹，不能证明属于谁；请与另行取得的公钥比对（--keys）。\n"
            "  The keys used came with the folder and do not prove whose they are: compare them\n"
            "  with keys that you had from their owners (--keys)."
        )
    yield from _message(findings.leaf)
    if findings.checkpoint is not None:
        yield (
            f"位置 Place       {findings.checkpoint.origin} 第 {findings.index} 条 entry "
            f"{findings.index} of {findings.checkpoint.size}"
        )
    yield f"散列 Leaf hash   {findings.leaf_hash.hex()}"
    yield "签名 Signatures"
    yield from (f"  {_signed(signed)}" for signed in findings.signatures)
    yield from _disclosures(findings)
    yield from _shared(shared, clauses, findings.leaf.stamp.origin)
    if findings.ok:
        yield "内容 Content"
        yield _content(findings)


def _message(leaf: Leaf) -> Iterator[str]:
    header, stamp = leaf.header, leaf.stamp
    mode = {Mode.MODE_ACTUAL: "实战 actual", Mode.MODE_EXERCISE: "演练 exercise"}.get(header.mode)
    yield f"消息 Message     {header.message_id} {leaf.type}"
    yield f"对象 About       {header.entity_id} 第 {header.revision} 版 revision {header.revision}"
    yield f"模式 Mode        {mode or '测试 test'}{header.exercise_id and f' ({header.exercise_id})'}"
    sender = NAMES.get(stamp.origin, "?")
    yield f"发送 From        {stamp.origin} {sender}，系统 system {stamp.source_system}"
    if header.HasField("act"):
        yield f"办理 Acted by    {in_full(header)}"
    yield f"报告 Reported    {_time(header.reported_time.seconds)}"
    yield f"封存 Sealed      {_time(stamp.sealed_time.seconds)}"


def _time(seconds: int) -> str:
    """Beijing time, which is what officers read, with its offset."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING).isoformat(sep=" ")
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"


def _signed(signed: Signed) -> str:
    verdict = "有效 good" if signed.good else "无效 BAD "
    what = "日志 log" if signed.key.kind == LOG else f"会签 cosigned {_time(signed.time or 0)}"
    trusted = " · 可信 trusted" if signed.trusted else ""
    return f"{verdict} {signed.key.name}+{signed.key.key_id.hex()} {what}{trusted}"


def _disclosures(findings: Findings) -> Iterator[str]:
    yield "披露 Disclosures" + ("" if findings.disclosed or findings.missing else "  无 none")
    yield from (f"  相符 matches  {group}" for group in findings.disclosed)
    yield from (f"  缺   missing  {group}" for group in findings.missing)


def _shared(shared: Sequence[SharedUnder], clauses: Sequence[Judged], origin: str) -> Iterator[str]:
    if shared:
        yield "依据 Shared under（导出方网关所说 as the exporting gateway says）"
    for item in shared:
        groups = ", ".join(item.groups) or "—"
        yield f"  {item.participant}: {', '.join(item.clauses) or '—'}；组 groups: {groups}"
        if not item.clauses:
            yield "    未证实 NOT PROVEN: 未指明条款 no clause is named"
        for judged in clauses:
            if judged.participant == item.participant:
                yield from _judged(judged, origin)
    if any(judged.verdict == "proven" for judged in clauses):
        yield (
            "  其间未被撤回不能由此证实，须有其间全部条目\n"
            "  that nothing withdrew it in between is not shown: that takes every entry between the two"
        )


def _judged(judged: Judged, origin: str) -> Iterator[str]:
    activation, terms = judged.activation, judged.terms
    at = f"yrd/{origin} 第 {activation.index} 条 entry {activation.index}" if activation else ""
    words = {
        "proven": f"已证实 proven by {at}, 协议原文 text SHA-256 "
        + (activation.text_sha256.hex() if activation else ""),
        "builtin": "已证实 proven: 无须协议 it needs no agreement",
        "not shown": "未证实 NOT PROVEN: 文件夹中没有该协议的生效条目 the folder has no entry that "
        "activated this agreement; it is the exporting gateway's word alone",
        "not readable": f"未证实 NOT PROVEN: {at} 缺协议原文 is here without the agreement's text",
        "contradicted": "与日志不符 CONTRADICTED by the log",
    }
    yield f"    {judged.clause}: {words[judged.verdict]}"
    if terms is not None and activation is not None and activation.agreement is not None:
        agreement = activation.agreement
        yield f"      {agreement.title}，有效 valid {agreement.valid_from} – {agreement.valid_until}"
        yield f"      目的 purpose: {terms.purpose or agreement.purpose}"
        yield f"      依据 legal basis: {terms.legal_basis or agreement.legal_basis}"
        yield f"      保存期限 retention: {terms.retention or '未规定 none is set'}"


def _content(findings: Findings) -> str:
    leaf = findings.leaf
    parts = list(findings.disclosed.values())
    try:
        draft = as_draft(open_entry(leaf.SerializeToString(), parts))
    except SealError as error:
        return f"  {error}"
    draft.ClearField("header")
    return "\n".join(f"  {line}" for line in to_json(draft, indent=1).splitlines())


def as_json(
    findings: Findings, shared: Sequence[SharedUnder], clauses: Sequence[Judged]
) -> dict[str, Any]:
    """The report for programs."""
    stamp, checkpoint = findings.leaf.stamp, findings.checkpoint
    return {
        "ok": findings.ok,
        "message_id": findings.leaf.header.message_id,
        "type": findings.leaf.type,
        "origin": stamp.origin,
        "system": stamp.source_system,
        "index": findings.index,
        "size": checkpoint.size if checkpoint else 0,
        "act": MessageToDict(findings.leaf.header.act, preserving_proto_field_name=True)
        if findings.leaf.header.HasField("act")
        else None,
        "leaf_hash": findings.leaf_hash.hex(),
        "sealed": stamp.sealed_time.ToJsonString(),
        "signatures": [
            {"name": s.key.name, "time": s.time, "good": s.good, "trusted": s.trusted}
            for s in findings.signatures
        ],
        "disclosed": list(findings.disclosed),
        "missing": findings.missing,
        "shared": [MessageToDict(one, preserving_proto_field_name=True) for one in shared],
        "clauses": [
            {
                "participant": one.participant,
                "clause": one.clause,
                "verdict": one.verdict,
                "activation": one.activation.index if one.activation else None,
                "text_sha256": one.activation.text_sha256.hex() if one.activation else "",
            }
            for one in clauses
        ],
        "problems": [{"zh": p.zh, "en": p.en} for p in findings.problems],
    }
