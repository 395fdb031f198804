"""What the page knows: messages by id and type, within bounds; summaries and proposals of the desk."""

from integration.acts.known import Ledger
from pipelines.pictures.results import draft, views
from tests.support.acting import World, report
from tests.support.builders import NOW
from tests.support.situation import lacking, picture
from yrd.coordination.v1.dialogue_pb2 import Acknowledgement
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentReport

REPORT = IncidentReport.DESCRIPTOR.full_name
ACK = Acknowledgement.DESCRIPTOR.full_name


def received(message: Message, offset: int) -> Message:
    message.receipt.offset = offset
    return message


def test_messages_come_by_type_in_the_order_of_receipt() -> None:
    ledger = Ledger()
    first, second = received(report(1), 1), received(report(2), 3)
    between = received(Message(acknowledgement=Acknowledgement(post="a")), 2)
    between.header.message_id = "ack"
    ledger.take([first, between, second, first])
    assert ledger.messages(REPORT) == [first, second]
    assert ledger.messages(REPORT, ACK) == [first, between, second]
    assert ledger.messages("yrd.aid.v1.AidOrder") == []
    assert ledger.message("ack") is between


def test_the_oldest_of_a_type_go_first() -> None:
    ledger = Ledger(most=2)
    told = [report(revision) for revision in (1, 2, 3)]
    ledger.take(told)
    assert ledger.messages(REPORT) == told[1:]
    assert ledger.message(told[0].header.message_id) is None
    assert ledger.message(told[2].header.message_id) is told[2]


def test_nobody_takes_the_place_of_another_message_by_its_id() -> None:
    ledger, genuine, forged = Ledger(), report(1), report(1)
    forged.stamp.origin = "340000"
    ledger.take([genuine, forged])
    assert ledger.message(genuine.header.message_id) is genuine
    assert ledger.messages(REPORT) == [genuine, forged]


def test_the_newest_summary_and_proposals_are_known() -> None:
    world = World()
    made = picture([lacking(told=NOW)], NOW)
    for number, told in enumerate(views(made)):
        sent = draft(told, 1)
        message = Message(header=sent.header)
        message.MergeFromString(sent.SerializeToString())
        message.stamp.origin, message.receipt.offset = "joint", number
        world.take(message)
    known = world.known()
    shown = known.picture("actual")
    assert shown is not None
    assert shown.proposals
    assert known.message(shown.message.header.message_id) is shown.message
    assert known.picture("exercise/none") is None
    assert known.message("none") is None
