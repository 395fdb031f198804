"""Reports about retention, in Chinese and English: officers read them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID

from gateway.retention.policy import Due, Policy
from gateway.retention.standing import NoticeStanding
from gateway.store.retained import Ended, Provision
from yrd.exchange.v1.service_pb2 import RunRetentionResponse

_LEDGERS = {"access": "访问日志 access log (files)", "provisions": "提供记录 provisions (rows)"}


def policy_lines(policy: Policy) -> Iterator[str]:
    """What a policy does, a line for each rule, backup and ledger."""
    for rule in policy.rules:
        only = "，不属任何事件 / without incident" if rule.without_incident else ""
        some = f"，仅 {len(rule.messages)} 条消息 / only these messages" if rule.messages else ""
        yield (
            f"  {rule.id}: {', '.join(rule.groups)} · {len(rule.covered())} 类消息 / types · "
            f"{_due(rule.due)}{only}{some} · {rule.basis}"
        )
    yield from _backup_lines([str(backup) for backup in policy.backups])
    yield f"  访问日志 / access log: {policy.ledgers.access.term}"
    yield f"  提供记录 / provisions: {policy.ledgers.provisions.term}"


def _due(due: Due) -> str:
    if due.incident_closed:
        return f"事件终结后 / after the incident is closed: {due.incident_closed}"
    if due.reported:
        return f"报告后 / after it was reported: {due.reported}"
    return f"发生后 / after it occurred: {due.occurred}"


def _backup_lines(backups: Sequence[str]) -> Iterator[str]:
    if not backups:
        yield "  备份：策略未列出 / backups: the policy names none"
    for backup in backups:
        yield f"  备份仍可能留存 / backup that may still hold them: {backup}"


def run_lines(found: RunRetentionResponse, *, dry_run: bool) -> Iterator[str]:
    """What a run did, or would do."""
    done = "将销毁 would destroy" if dry_run else "已销毁 destroyed"
    for outcome in found.outcomes:
        notices = f"，通知 notices {', '.join(outcome.notice_ids)}" if outcome.notice_ids else ""
        yield (
            f"{outcome.rule}: {done}: {outcome.messages} 条消息 messages, "
            f"{outcome.disclosures} 组个人信息 disclosures{notices}"
        )
    for ended in found.ended:
        yield (
            f"{ended.origin} {ended.clause}（保存期限届满 its term is over，版本 version "
            f"{ended.activation_id}）: {done}: {ended.messages} 条消息 messages, "
            f"{ended.disclosures} 组 disclosures"
        )
    for ledger in found.ledgers:
        gone = "将删除 would delete" if dry_run else "已删除 deleted"
        yield f"{_LEDGERS[ledger.ledger]}: {gone} {ledger.deleted}, {ledger.months} 个月 months"
    yield from _backup_lines(found.backups)
    for line in found.unconfirmed:
        yield f"  尚未确认的早先通知 / earlier notice not confirmed: {line}"
    if found.not_scrubbed:
        yield (
            "  预写日志中可能仍有旧页，请再次运行 / the write-ahead log may still hold old pages, "
            "since something reads the store all the time: run again"
        )


def standing_lines(found: Sequence[NoticeStanding]) -> Iterator[str]:
    """How notices stand."""
    for notice in found:
        yield (
            f"{notice.notice_id} {_shown(notice.time)} {notice.messages} 条消息 messages, "
            f"{notice.disclosures} 组 disclosures · {notice.basis}"
        )
        for told in notice.confirmed:
            yield (
                f"  {told.peer} 已确认 confirmed {_shown(told.time)}: 销毁 destroyed {told.erased}, "
                f"未持有 absent {told.absent}"
            )
            for backup in told.backups:
                yield f"    备份 backup: {backup}"
        for own in notice.backups:
            yield f"  本方此前的备份仍可能留存 own backup made before it: {own}"
        for peer in notice.missing:
            yield f"  {peer} 尚未确认 NOT CONFIRMED"
    missing = sum(bool(notice.missing) for notice in found)
    yield f"{len(found)} 份销毁通知 notices, {missing} 份未全部确认 not confirmed by all"


class EndedRow(TypedDict):
    """What one run destroyed at the end of a clause's term, as it is shown; time in UTC."""

    origin: str
    clause: str
    activation_id: str
    time: str
    messages: int
    disclosures: int


def ended_row(found: Ended) -> EndedRow:
    """One clause of one run."""
    return EndedRow(
        origin=found.log.removeprefix("yrd/"),
        clause=found.clause,
        activation_id=str(UUID(bytes=found.activation)),
        time=_shown(datetime.fromtimestamp(found.time_us / 1e6, UTC)),
        messages=found.messages,
        disclosures=found.disclosures,
    )


def ended_lines(rows: Sequence[EndedRow]) -> Iterator[str]:
    """What was destroyed, run by run."""
    for row in rows:
        yield (
            f"{row['time']} {row['origin']} {row['clause']}（版本 version {row['activation_id']}）: "
            f"{row['messages']} 条消息 messages, {row['disclosures']} 组 disclosures"
        )
    total = sum(row["disclosures"] for row in rows)
    yield f"共 {total} 组因条款保存期限届满而销毁 destroyed at the end of a clause's term"


class Row(TypedDict):
    """A provision as it is shown; times in UTC."""

    peer: str
    start: int
    stop: int
    first: str
    last: str
    agreements: str


def provision_row(given: Provision) -> Row:
    """One provision."""
    return Row(
        peer=given.peer,
        start=given.start,
        stop=given.stop,
        first=_shown(datetime.fromtimestamp(given.first_us / 1e6, UTC)),
        last=_shown(datetime.fromtimestamp(given.last_us / 1e6, UTC)),
        agreements=given.agreements,
    )


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
