"""What became of an act, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from integration.acts.seam import Said


class State(StrEnum):
    """Where an act is."""

    WAITING = "waiting"
    SENDING = "unsent"
    """Begun, and not known to be in the log: the same key sends the same messages."""
    SENT = "sent"
    PARTLY = "partly"
    REFUSED = "refused"
    DECLINED = "declined"
    LAPSED = "lapsed"


FINAL = frozenset(State) - {State.WAITING, State.SENDING}
WORDS: Mapping[State, Said] = MappingProxyType(
    {
        State.WAITING: Said(
            "已提交，待另一人复核；尚未发出", "waits for a second person; nothing was sent yet"
        ),
        State.SENDING: Said(
            "未能确认发出：网关没有应答。请再点一次，不会重复发送",
            "not known to be sent: the gateway did not answer. Send it again: it is never sent twice",
        ),
        State.SENT: Said("已发出并由网关签入日志", "sent, and signed into the gateway's log"),
        State.PARTLY: Said(
            "部分发出，部分被网关拒绝", "sent in part; the gateway refused the rest"
        ),
        State.REFUSED: Said("网关拒绝，未发出", "refused by the gateway; nothing was sent"),
        State.DECLINED: Said(
            "复核人未同意，未发出", "declined by the second person; nothing was sent"
        ),
        State.LAPSED: Said("超过时限，已作废", "too much time went by; it has lapsed"),
    }
)
HTTP: Mapping[State, int] = MappingProxyType(
    {
        State.WAITING: 202,
        State.SENDING: 503,
        State.SENT: 200,
        State.PARTLY: 200,
        State.REFUSED: 422,
        State.DECLINED: 409,
        State.LAPSED: 409,
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an act. `messages`: each with message_id, type, entity_id, accepted, why."""

    state: State
    key: str
    act: str
    about: str
    acted_by: str
    approved_by: str = ""
    messages: Sequence[Mapping[str, Any]] = ()
    reason: Said | None = None
    """More words, such as an approver's note."""

    @property
    def text(self) -> Said:
        """In words."""
        words = WORDS[self.state]
        if self.reason is None:
            return words
        return Said(f"{words.zh}：{self.reason.zh}", f"{words.en}: {self.reason.en}")

    @property
    def status(self) -> int:
        """As an HTTP status."""
        return HTTP[self.state]
