"""An act, people, and a gateway that takes or refuses what it is told, for tests of what all acts share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from client import ExchangeError
from gateway.errors import GatewayError, to_status
from integration.acts.known import Ledger, Now
from integration.acts.seam import (
    CannotAct,
    Choice,
    Field,
    FieldErrors,
    Form,
    Known,
    Person,
    Role,
    Said,
    message_id,
    seen,
    thing,
)
from integration.page.desk import Desk
from schemas import message_ids
from yrd.coordination.v1.dialogue_pb2 import Acknowledgement, AcknowledgementKind
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Message, Mode, Priority, Stamp
from yrd.exchange.v1.service_pb2 import Accepted, PublishResult
from yrd.incident.v1.incident_pb2 import IncidentReport

NOW_MS = 1_795_000_000_000
READ = AcknowledgementKind.ACKNOWLEDGEMENT_KIND_READ
LABEL = Said("回执", "receipt")
BOTH = frozenset((Role.DUTY_OFFICER, Role.APPROVER))


def person(id_: str, *roles: Role) -> Person:
    """Somebody on the list."""
    return Person(id_, frozenset(roles or (Role.DUTY_OFFICER,)), "certificate", "ab" * 32)


@dataclass
class Receipt:
    """An act: who received a message says so. A post named "nowhere" is refused by the act itself."""

    name: str = "receipt"
    label: Said = LABEL
    roles: frozenset[Role] = BOTH
    on: frozenset[str] = frozenset(("message",))
    two_persons: bool = False
    made: int = 0

    def form(self, known: Known, about: str) -> Form:
        """One field, resting on the newest revision of the message's entity."""
        found = known.message(thing(about).id)
        if found is None:
            raise CannotAct(Said("没有这份报文", "there is no such message"))
        newest = known.messages(IncidentReport.DESCRIPTOR.full_name)
        return Form(
            act=self.name,
            about=about,
            seen=seen(m for m in newest if m.header.entity_id == found.header.entity_id),
            title=LABEL,
            fields=[
                Field(name="post", kind="text", label=Said("岗位", "post"), required=True, most=20),
                Field(
                    name="kind",
                    kind="choice",
                    label=Said("情况", "what"),
                    choices=[Choice("read", Said("已阅", "read"))],
                ),
            ],
            two_persons=self.two_persons,
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """One acknowledgement."""
        self.made += 1
        if fields["post"] == "nowhere":
            raise FieldErrors({"post": Said("没有这个岗位", "there is no such post")})
        made = Draft()
        header = made.header
        header.message_id, header.revision = message_id(key), 1
        header.entity_id = f"{known.me}/ack/{header.message_id[-12:]}"
        header.mode, header.priority = Mode.MODE_ACTUAL, Priority.PRIORITY_ROUTINE
        header.data_level = DataLevel.DATA_LEVEL_GENERAL_1
        header.occurred_time.FromMilliseconds(known.now_ms)
        header.reported_time.CopyFrom(header.occurred_time)
        made.acknowledgement.CopyFrom(
            Acknowledgement(
                participant=known.me,
                kind=READ,
                message_ids=[thing(about).id],
                post=fields["post"],
            )
        )
        return [made]


def report(revision: int = 1, entity: str = "310000/r/1", number: int = 0) -> Message:
    """An incident's report, as it was received."""
    header = Header(
        message_id=message_ids.derived(
            NOW_MS, sha256(f"{entity} {revision} {number}".encode()).digest()
        ),
        entity_id=entity,
        revision=revision,
    )
    return Message(
        header=header,
        stamp=Stamp(origin="310000"),
        incident_report=IncidentReport(title=f"内涝 {revision}"),
    )


@dataclass
class World:
    """What a page knows, at an instant that a test moves."""

    now_ms: int = NOW_MS
    desk: Desk = field(default_factory=Desk)
    ledger: Ledger = field(default_factory=Ledger)

    def known(self) -> Now:
        """As of now."""
        return Now("310000", self.now_ms, self.desk, self.ledger)

    def take(self, *messages: Message) -> None:
        """Messages come."""
        self.desk.take(messages)
        self.ledger.take(messages)


@dataclass
class FakeGateway:
    """Takes what it is sent, each message once; `down` and `refuses` change that."""

    down: str = ""
    refuses: GatewayError | None = None
    taken: dict[str, Draft] = field(default_factory=dict)
    calls: int = 0

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each."""
        self.calls += 1
        if self.down == "before":
            raise ExchangeError("UNAVAILABLE", "ipv4:10.0.0.1:7310: connection refused")
        results = [self._result(draft) for draft in drafts]
        if self.down == "after":
            raise ExchangeError("DEADLINE_EXCEEDED", "Deadline Exceeded")
        return results

    def _result(self, draft: Draft) -> PublishResult:
        if self.refuses is not None:
            return PublishResult(error=to_status(self.refuses))
        known = self.taken.setdefault(draft.header.message_id, draft)
        assert known == draft, "the same id with other content"
        return PublishResult(accepted=Accepted(message_id=draft.header.message_id, sequence=7))
