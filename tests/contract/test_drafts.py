"""Each way in which one draft is refused: what its sender is told, and that nothing else changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from gateway import errors
from schemas import message_ids
from tests.support.bad_drafts import (
    ID,
    BadDraft,
    after_the_final_report,
    body,
    foreign,
    header,
    incident,
    other_content_under_its_id,
    revision,
    stale,
    type_99,
    waybill,
    with_unknown,
    without_body,
)
from tests.support.bodies import goods, proposal_body, summary_body, warning_body
from tests.support.builders import draft, incident_body, need, place, resource_body
from tests.support.calls import SERVICE
from tests.support.promises import require_fields, require_promised
from tests.support.scene import Scene
from tests.support.standing import standing
from tests.support.told import refusal
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import Draft

TOMORROW = datetime.now(UTC) + timedelta(days=1)
CASUALTIES = "GRADE_BASIS_CASUALTIES_AND_LOSS"
PLATE = {"number": "沪A12345"}
SWAPPED = place(point=(121.5, 31.2))
UN = "waybill.goods[0].un_number"
DRAFTS = [
    BadDraft(
        "report without a type",
        errors.ContractViolated,
        incident(primaryType=None),
        (("incident_report.primary_type", "required", "correct incident_report.primary_type"),),
        {"message_id": ID},
    ),
    BadDraft(
        "grade that casualties contradict",
        errors.ContractViolated,
        incident(grade="INCIDENT_GRADE_ORDINARY", gradeBasis=CASUALTIES, casualties={"dead": 10}),
        (("incident_report", "incident.grade_below_basis", "correct the grade or its basis"),),
        {"message_id": ID},
    ),
    BadDraft(
        "retired UN number",
        errors.ContractViolated,
        waybill(goods=[goods("3003")]),
        ((UN, "code_table.un_numbers", "no longer in use"),),
        {"message_id": ID},
    ),
    BadDraft(
        "unknown UN number",
        errors.ContractViolated,
        waybill(goods=[goods("9999")]),
        ((UN, "code_table.un_numbers", "9999"),),
        {"message_id": ID},
    ),
    BadDraft(
        "plate without colour",
        errors.ContractViolated,
        waybill(vehicle=PLATE),
        (("waybill.vehicle.color", "plate.color", "set color"),),
        {"message_id": ID},
    ),
    BadDraft(
        "swapped coordinates",
        errors.ContractViolated,
        incident(place=SWAPPED),
        (("incident_report.place.point", "point.position", "swapped: send latitude 26"),),
        {"message_id": ID},
    ),
    BadDraft(
        "time in the future",
        errors.ContractViolated,
        header(told=TOMORROW),
        (
            ("header.occurred_time", "header.time_in_future", "send UTC"),
            ("header.reported_time", "header.time_in_future", "check the clock"),
        ),
        {"message_id": ID},
    ),
    BadDraft(
        "unknown admin code",
        errors.ContractViolated,
        incident(place=place("990000")),
        (("incident_report.place.admin_code", "code_table.admin_codes", "990000"),),
        {"message_id": ID},
    ),
    BadDraft(
        "no body",
        errors.ContractViolated,
        without_body,
        (("body", "required", "correct body"),),
        {"message_id": ID},
    ),
    BadDraft(
        "nothing at all",
        errors.ContractViolated,
        lambda _: Draft(),
        (("header", "required", "correct header"), ("body", "required", "correct body")),
        {"message_id": ""},
    ),
    BadDraft(
        "two things wrong",
        errors.ContractViolated,
        lambda _: draft(incident_body(title=""), messageId=ID, revision=0),
        (
            ("header.revision", "uint32.gte", "correct header.revision"),
            ("incident_report.title", "string.min_len", "correct incident_report.title"),
        ),
        {"message_id": ID},
    ),
    BadDraft(
        "2 MiB",
        errors.MessageTooLarge,
        incident(description="x" * (2 << 20)),
        metadata={"message_id": ID, "limit_bytes": "1048576"},
    ),
    BadDraft(
        "used id",
        errors.MessageIdReused,
        other_content_under_its_id,
        metadata={"message_id": ID, "sequence": "2"},
    ),
    BadDraft("lower revision", errors.RevisionStale, revision(5, 4), metadata=stale(5, 4)),
    BadDraft(
        "step that may not follow",
        errors.TransitionRefused,
        after_the_final_report,
        metadata={
            "entity_id": "310000/x",
            "state": "closed",
            "step": "follow_up",
            "allowed": "correction, withdrawal",
        },
    ),
    BadDraft("same revision", errors.RevisionStale, revision(5, 5), metadata=stale(5, 5)),
    BadDraft(
        "resource of another province",
        errors.NotAuthority,
        body("resourceStatus", resource_body("320000")),
        metadata=foreign("resource_status.owner", "320000"),
    ),
    BadDraft(
        "warning by an issuer in another province",
        errors.NotAuthority,
        body("earlyWarning", warning_body("330200")),
        metadata=foreign("early_warning.issuer_admin_code", "330000"),
    ),
    BadDraft(
        "summary by a province",
        errors.NotAuthority,
        body("situationSummary", summary_body()),
        metadata=foreign("situation_summary", "joint"),
    ),
    BadDraft(
        "proposal by a province",
        errors.NotAuthority,
        body("aidProposal", proposal_body(ID, need())),
        metadata=foreign("aid_proposal", "joint"),
    ),
    BadDraft("type unknown here", errors.TypeUnknown, type_99, metadata={"message_id": ID}),
    BadDraft(
        "unknown field beside the body",
        errors.TypeUnknown,
        with_unknown(lambda made: made),
        metadata={"message_id": ID},
    ),
    BadDraft(
        "unknown field in the header",
        errors.TypeUnknown,
        with_unknown(lambda made: made.header),
        metadata={"message_id": ID},
    ),
    BadDraft(
        "unknown field deep in the body",
        errors.TypeUnknown,
        with_unknown(lambda made: made.incident_report.place),
        metadata={"message_id": ID},
    ),
    BadDraft(
        "type that the system may not publish",
        errors.NotPermitted,
        header(),
        metadata={
            "participant": "310000",
            "system": "resources",
            "action": "publish yrd.incident.v1.IncidentReport",
        },
        system="resources",
    ),
]
BAD_DRAFT = pytest.mark.parametrize("bad", DRAFTS, ids=lambda bad: bad.name)


NO_DRAFT = b"\x0a\x03\xff\xff\xff"
"""Field 1 of a request, drafts, with three bytes in it."""


def unbounded(scene: Scene) -> Any:
    """The service over a channel that sends messages of any size."""
    ca, certificate, key = (path.read_bytes() for path in scene.materials.system("310000"))
    credentials = grpc.ssl_channel_credentials(ca, key, certificate)
    options = [("grpc.max_send_message_length", -1)]
    channel = grpc.secure_channel(scene.config.listen, credentials, options)
    return rpc.ExchangeServiceStub(channel)


def neighbour() -> Draft:
    return draft(resource_body(), "resourceStatus", entity=f"310000/{message_ids.new(0)}")


def outcome(scene: Scene, bad: BadDraft, made: Draft) -> pb.PublishResult:
    """What becomes of the bad draft between two good ones, which must be accepted."""
    client = scene.client_of(bad.system)
    first, found, last = client.publish([neighbour(), made, neighbour()])
    assert last.accepted.sequence == first.accepted.sequence + 1
    return found


@BAD_DRAFT
def test_its_sender_is_told_what_is_wrong_and_what_to_do(scene: Scene, bad: BadDraft) -> None:
    found = refusal(outcome(scene, bad, bad.make(scene.client)))
    require_promised(found, bad.error, bad.metadata)
    require_fields(found, bad.fields)


@BAD_DRAFT
def test_nothing_of_it_is_kept(scene: Scene, bad: BadDraft) -> None:
    made = bad.make(scene.client)
    before = standing(scene.client)
    refusal(scene.client_of(bad.system).publish([made])[0])
    assert standing(scene.client) == before


@BAD_DRAFT
def test_only_its_neighbours_are_kept(scene: Scene, bad: BadDraft) -> None:
    made = bad.make(scene.client)
    before = standing(scene.client)
    outcome(scene, bad, made)
    after = standing(scene.client)
    assert (after.size, after.last_offset) == (before.size + 2, before.last_offset + 2)
    assert after.cursor == before.cursor


@BAD_DRAFT
def test_a_stream_refuses_it_alike_and_goes_on(scene: Scene, bad: BadDraft) -> None:
    batches = [[neighbour()], [bad.make(scene.client)], [neighbour()]]
    first, found, last = scene.client_of(bad.system).publish_stream(batches)
    require_promised(refusal(found[0]), bad.error, bad.metadata)
    assert last[0].accepted.sequence == first[0].accepted.sequence + 1


def test_the_remedy_for_a_revision_is_one_that_helps(scene: Scene) -> None:
    found = refusal(scene.client.publish([revision(5, 5)(scene.client)])[0])
    assert "send revision 6 or higher" in found.message
    assert scene.client.publish([draft(entity="310000/x", revision=6)])[0].HasField("accepted")


def test_a_repeat_of_the_same_content_gets_the_first_answer(scene: Scene) -> None:
    made = draft(messageId=ID)
    first = scene.client.publish([made])[0]
    before = standing(scene.client)
    assert first.HasField("accepted")
    assert scene.client.publish([made])[0] == first
    assert standing(scene.client) == before


def test_a_clock_that_is_a_little_fast_is_forgiven(scene: Scene) -> None:
    told = datetime.now(UTC) + timedelta(seconds=200)
    assert scene.client.publish([draft(told=told)])[0].HasField("accepted")


def test_bytes_that_are_no_draft_are_refused_alone(scene: Scene) -> None:
    channel: Any = scene.channel()
    publish = channel.unary_unary(f"{SERVICE}ExchangeService/Publish")
    request = b"".join(
        pb.PublishRequest(drafts=[neighbour()]).SerializeToString() if good else NO_DRAFT
        for good in (True, False, True)
    )
    answer = pb.PublishResponse.FromString(publish(request, timeout=5))
    first, found, last = answer.results
    require_promised(refusal(found), errors.MalformedRequest, {"field": "drafts"})
    assert last.accepted.sequence == first.accepted.sequence + 1


def test_a_request_larger_than_the_gateway_takes_is_refused_at_the_door(scene: Scene) -> None:
    before = standing(scene.client)
    large = draft(incident_body(description="x" * (1 << 20)))
    with pytest.raises(grpc.RpcError) as caught:
        unbounded(scene).Publish(pb.PublishRequest(drafts=[large] * 33), timeout=20)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "larger than max" in error.details()
    assert standing(scene.client) == before
