"""A message for people."""

from integration.acted import in_short
from yrd.exchange.v1.message_pb2 import Message, Mode


def line(message: Message) -> str:
    """A message in one line."""
    header, stamp = message.header, message.stamp
    absent = (
        f" without {', '.join(message.receipt.absent_groups)}"
        if message.receipt.absent_groups
        else ""
    )
    over = " 已过期 expired" if message.receipt.expired else ""
    acted = in_short(header) and f" {in_short(header)}"
    mode = Mode.Name(header.mode).removeprefix("MODE_")
    reported = header.reported_time.ToJsonString()
    return (
        f"{message.receipt.offset:>7} {stamp.origin:>6}/{stamp.sequence:<5} {mode:<8} {reported} "
        f"{message.WhichOneof('body')} {header.entity_id} r{header.revision} "
        f"{header.message_id}{absent}{over}{acted}"
    )
