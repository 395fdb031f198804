"""What of a gateway's state is to be seen to: findings, as the doctor's."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration.doctor.disk import room
from integration.doctor.finding import Finding, Level, Words, attention, trouble
from yrd.exchange.v1.service_pb2 import GetStatusResponse, LinkStatus

FAR_BEHIND = 5000
"""Entries; more than a peer or we lack in ordinary work."""
VERY_SOON = timedelta(days=7)
Make = Callable[[str, Words, Words, Words], Finding]


def judge(status: GetStatusResponse, now: datetime) -> list[Finding]:
    """Everything that is not good, worst first."""
    found = [*_gateway(status), *_links(status), *_around(status, now)]
    return sorted(found, key=lambda one: one.level is not Level.TROUBLE)


def _gateway(status: GetStatusResponse) -> Iterator[Finding]:
    if not status.accepting:
        yield trouble(
            "gateway",
            Words(f"不接受消息：{status.problem}", f"DOES NOT ACCEPT: {status.problem}"),
            Words("本方系统的消息发不出去", "what the own systems publish is refused"),
            Words("按所述处理；yrd doctor", "do what it says; yrd doctor"),
        )
    for alarm in status.alarms:
        yield attention(
            "alarms",
            Words(f"告警 ALARM {alarm.number} {alarm.kind}", f"{alarm.detail}"),
            Words("相应链路可能已关闭", "the link that it concerns may be closed"),
            Words(f"yrd alarms show {alarm.number}", f"yrd alarms show {alarm.number}"),
        )
    for log in status.logs:
        if log.counts.quarantined:
            what = f"{log.log_origin}: {log.counts.quarantined}"
            yield attention(
                "quarantine",
                Words(f"隔离 {what} 条", f"{what} entries are quarantined"),
                Words("它们违反合同，未投递", "they break the contract and were not delivered"),
                Words("通知来源方", "tell their origin"),
            )


def _links(status: GetStatusResponse) -> Iterator[Finding]:
    own = status.logs[0].size if status.logs else 0
    for link in status.links:
        peer = link.participant
        if not link.connected:
            # an alarm has closed it, and it stays closed
            yield _down(link, trouble if link.problem.startswith("stopped") else attention)
        elif link.remote_size - link.held_size > FAR_BEHIND:
            behind = link.remote_size - link.held_size
            yield attention(
                "links",
                Words(
                    f"{peer} 尚缺 {behind} 条",
                    f"{peer}: {behind} entries of its log are not here yet",
                ),
                Words("态势不是最新的", "the picture is not of now"),
                Words(
                    "正在补齐；若不减少：yrd doctor",
                    "it is catching up; if it does not: yrd doctor",
                ),
            )
        elif own - link.cosigned_size > FAR_BEHIND:
            lacking = own - link.cosigned_size
            yield attention(
                "links",
                Words(
                    f"{peer} 尚未确认本方 {lacking} 条",
                    f"{peer}: no receipt for {lacking} of ours",
                ),
                Words("对方可能还没有收到", "it may not have them"),
                Words(
                    "正在补齐；若不减少请联系对方",
                    "it is catching up; if it does not, call the peer",
                ),
            )


def _down(link: LinkStatus, make: Make) -> Finding:
    # what the library says stands once, not in each language
    what = f"{link.participant} 链路中断 link DOWN" + (f": {link.problem}" if link.problem else "")
    return make(
        "links",
        Words(what, what),
        Words("与该方的消息不能往来；恢复后自动补齐", "messages wait; they catch up by themselves"),
        Words("yrd doctor；有告警时 yrd alarms", "yrd doctor; if there is an alarm, yrd alarms"),
    )


def _around(status: GetStatusResponse, now: datetime) -> Iterator[Finding]:
    for warning in status.warnings:
        yield attention(
            "warnings",
            Words(f"注意 {warning}", warning),
            Words("不处理会中断", "left alone it will stop something"),
            Words("按所述处理", "do what it says"),
        )
    end = status.certificate_end_time.ToDatetime(UTC)
    if status.HasField("certificate_end_time") and end - now < VERY_SOON:
        yield trouble(
            "certificates",
            Words(
                f"网关证书 {end:%Y-%m-%d %H:%M} UTC 到期",
                f"certificate ends {end:%Y-%m-%d %H:%M} UTC",
            ),
            Words("各方与各系统将无法连接", "peers and systems can no longer connect"),
            Words("更换证书，无需重启", "renew it; no restart is needed"),
        )
    if status.disk_total_bytes:
        found = room(Path("data_dir"), status.disk_total_bytes, status.disk_free_bytes)
        yield from (one for one in found if one.level is not Level.GOOD)
