"""释放（解除增援） · The requester lets help go. Only who ordered it releases it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp

from integration.acts.kinds.aid_told import MOST_LINES, TAKEN, Aid
from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.drafting import instant as instant_of
from integration.acts.kinds.fields import OFFICERS, instant, number, plain, stamp, text
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.target import message_of, newest_of, participant
from integration.acts.seam import CannotAct, Field, Form, Known, Person, Said, Thing, seen
from yrd.aid.v1.order_pb2 import AidCommitmentLine
from yrd.aid.v1.return_pb2 import AidRelease, AidReleaseLine
from yrd.exchange.v1.message_pb2 import Draft, Message

_NOTHING = Said("请至少释放一项", "release at least one")
_NO_TIME = Said("请写何时起可以离开", "say from when it may leave")


@dataclass(frozen=True, slots=True)
class Held:
    """A committed line of which something is not released yet."""

    name: str
    line: AidCommitmentLine
    resource: str
    left: float


class Release:
    """Releases, of one commitment, as much as is no longer needed."""

    name = "release"
    label = Said("释放（解除增援）", "Release")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, commitment, held, rests = _known(known, about)
        who = participant(commitment.stamp.origin)
        now = instant_of(known, named.scope, commitment.header)
        return Form(
            act=self.name,
            about=about,
            seen=seen(rests),
            title=Said(f"释放{who.zh}的增援力量", f"Release {who.en}'s help"),
            warning=will(
                named.scope,
                f"{who.zh}的力量可据此归建，不再听候调用。",
                f"{who.en}'s resources may go home by it and can't be called on any more.",
            ),
            fields=[field for line in held for field in _fields(line, now)],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, commitment, held, _ = _known(known, about)
        filled = Filled(fields)
        lines = [gone for line in held if (gone := _released(filled, line)) is not None]
        if not lines:
            filled.wrong(f"{held[0].name}-quantity", _NOTHING)
        filled.done()
        made = draft(known, named.scope, key, "release", commitment.header)
        made.aid_release.CopyFrom(
            AidRelease(
                requester=known.me,
                provider=commitment.stamp.origin,
                commitment_id=commitment.header.entity_id,
                lines=lines,
            )
        )
        return [made]


def _known(known: Known, about: str) -> tuple[Thing, Message, list[Held], list[Message]]:
    named, told = message_of(known, about, "aid_commitment")
    commitment = newest_of(known, named.scope, told)
    if commitment.aid_commitment.requester != known.me:
        who = participant(commitment.aid_commitment.requester)
        raise CannotAct(
            Said(
                f"力量由{who.zh}调派，只有调派方可以释放",
                f"{who.en} ordered it, and only who ordered releases",
            ),
            Said(f"请联系{who.zh}值班室", f"call {who.en}'s duty room"),
        )
    aid = Aid(known, named.scope)
    releases = [m for m in aid.releases(commitment.header.entity_id) if m.stamp.origin == known.me]
    gone: dict[str, float] = {}
    for message in releases:
        for line in message.aid_release.lines:
            gone[line.commitment_line_id] = (
                gone.get(line.commitment_line_id, 0) + line.quantity.value
            )
    found = [
        Held(
            f"line{place + 1}",
            line,
            aid.resource_name(commitment.stamp.origin, line.resource_id),
            left,
        )
        for place, line in enumerate(commitment.aid_commitment.lines)
        if line.decision in TAKEN and (left := line.quantity.value - gone.get(line.line_id, 0)) > 0
    ]
    if not found:
        raise CannotAct(
            Said(
                "没有可释放的力量：未承诺，或均已释放",
                "nothing to release: none was committed, or all is released",
            )
        )
    return named, commitment, found[:MOST_LINES], [commitment, *releases]


def _fields(held: Held, now: Timestamp) -> Iterator[Field]:
    unit = held.line.quantity.unit
    yield number(
        f"{held.name}-quantity",
        Said(f"{held.resource} 释放（{unit}）", f"{held.resource}, released ({unit})"),
        held.left,
        Said(
            f"留空为不释放；不超过{plain(held.left)}{unit}",
            f"empty to keep it; up to {plain(held.left)} {unit}",
        ),
    )
    yield instant(f"{held.name}-from", Said("何时起可离开", "may leave from"), now)
    yield text(f"{held.name}-condition", Said("离开时状态", "its condition"))


def _released(filled: Filled, held: Held) -> AidReleaseLine | None:
    much = filled.number(f"{held.name}-quantity", held.left, zero=True)
    if much <= 0:
        return None
    made = AidReleaseLine(
        commitment_line_id=held.line.line_id,
        condition=filled.text(f"{held.name}-condition"),
    )
    made.quantity.value, made.quantity.unit = much, held.line.quantity.unit
    at = filled.instant(f"{held.name}-from", _NO_TIME)
    if at is not None:
        made.release_time.CopyFrom(stamp(at))
    return made
