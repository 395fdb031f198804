"""The clock, against those of the peers."""

import statistics
from collections.abc import Iterator, Sequence

from integration.doctor.finding import Finding, Words, attention, good, skipped, trouble
from integration.doctor.links import Heard

CHECK = "clock"
NOTICED_SECONDS = 5.0
_STEP = Words("在偏差的一方校时（chrony、NTP）", "set the clock that is off (chrony, NTP)")
_WHY = Words(
    "偏差过大时新消息会被拒绝，协议按日期生效也会出错",
    "fresh messages are refused when it is far off, and agreements go by its day",
)


def check(heard: Sequence[Heard], most_seconds: float) -> Iterator[Finding]:
    """`most_seconds`: what the configuration bears (max_clock_skew_seconds)."""
    ahead = {one.peer: one.ahead_seconds for one in heard if one.ahead_seconds is not None}
    if not ahead:
        yield skipped(CHECK, "没有对端告知其时钟", "no peer told its clock")
        return
    middle = statistics.median(ahead.values())
    off = {peer: seconds for peer, seconds in ahead.items() if abs(seconds) > NOTICED_SECONDS}
    told = ", ".join(f"{peer} {seconds:+.1f} s" for peer, seconds in (off or ahead).items())
    if not off:
        yield good(CHECK, f"与各方时钟一致（{told}）", f"agrees with the peers' clocks ({told})")
        return
    make = trouble if max(map(abs, off.values())) > most_seconds else attention
    if len(ahead) > 1 and abs(middle) > NOTICED_SECONDS:
        what = Words(
            f"本机时钟与多数对端不一致：{told}",
            f"this machine's clock is off, by most peers': {told}",
        )
    else:
        what = Words(f"与对端的时钟有偏差：{told}", f"clocks differ: {told}")
    yield make(CHECK, what, _WHY, _STEP)
