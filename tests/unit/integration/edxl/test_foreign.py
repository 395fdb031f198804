"""Messages of other systems: read by what ids stand for; what is inferred or left out is said."""

from datetime import UTC, datetime

import pytest

from integration.cap.remarks import CapRefused
from integration.edxl.door import Settings, take
from integration.edxl.references import references
from schemas.rules import violations
from tests.support.messaged import ANSWER, PUMPS, enveloped, message, request, response
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode
from yrd.resource.v1.resource_pb2 import ResourceKind

SHANGHAI = Settings(participant="310000", mode=Mode.MODE_TEST)
JIANGSU = Settings(participant="320000", mode=Mode.MODE_TEST)
NOW = datetime(2026, 6, 2, tzinfo=UTC)


def one(data: bytes, settings: Settings = SHANGHAI, *before: Draft) -> Draft:
    known = references(Message.FromString(d.SerializeToString()) for d in before)
    (draft,) = take(data, settings, known).drafts
    return draft


def test_a_request() -> None:
    draft = one(request())
    line = draft.aid_request.lines[0]
    assert (draft.aid_request.requester, list(draft.aid_request.addressed_to)) == (
        "310000",
        ["320000"],
    )
    assert (line.need.line_id, line.need.quantity.value, line.need.quantity.unit) == ("p1", 6, "台")
    assert line.need.kind == ResourceKind.RESOURCE_KIND_EQUIPMENT
    assert (line.report_to.admin_code, line.report_to.address) == ("310115", "惠南镇")
    assert draft.aid_request.incident_id == "310000/incident/1"
    assert draft.header.entity_id == "310000/aid_request/RR.1"
    draft.aid_request.lines[0].need.capability.scheme = "yrd-capability"
    assert violations(draft, NOW) == []


def test_what_was_inferred_and_what_is_left_out_is_said() -> None:
    remarks = take(request(), SHANGHAI).remarks
    told = {(str(r.kind), r.path.rpartition(".")[2]) for r in remarks}
    assert ("left_out", "Kind") in told
    assert ("inferred", "ContactInformation Requester") in told
    assert ("inferred", "ScheduleInformation ReportTo") in told
    assert ("lenient", "DateTime") in told


def test_an_answer_finds_the_request_by_the_other_systems_id() -> None:
    asked = one(request())
    draft = one(response(), JIANGSU, asked)
    assert draft.aid_response.request_id == asked.header.entity_id
    assert draft.header.in_reply_to == asked.header.message_id
    (line,) = draft.aid_response.lines
    assert (line.request_line_id, line.decision) == ("p1", AidDecision.AID_DECISION_ACCEPT)
    assert list(line.resource_ids) == ["320000/pumps/1"]
    assert draft.aid_response.responder == "320000"
    assert violations(draft, NOW) == []


def test_the_same_file_gives_the_same_id_and_an_update_the_next_revision() -> None:
    first = one(request())
    assert one(request()) == first
    assert one(request(), SHANGHAI, first) == first
    recall = (
        "<rmsg:MessageRecall><rm:RecallMessageID>RR.1</rm:RecallMessageID>"
        "<rm:RecallType>Cancel</rm:RecallType></rmsg:MessageRecall>"
    )
    data = request(MessageID="RR.2").replace(
        b"</rmsg:IncidentInformation>", f"</rmsg:IncidentInformation>{recall}".encode()
    )
    later = one(data, SHANGHAI, first)
    assert (later.header.entity_id, later.header.revision) == (first.header.entity_id, 2)
    assert later.header.message_id != first.header.message_id
    assert later.aid_request.withdrawn


def test_an_envelope_says_the_mode_and_without_one_it_must_be_said() -> None:
    told = Settings(participant="310000", exercise_id="yrd-2026")
    draft = one(enveloped(request()), told)
    assert (draft.header.mode, draft.header.exercise_id) == (Mode.MODE_EXERCISE, "yrd-2026")
    for data in (request(), enveloped(request(), "System")):
        with pytest.raises(CapRefused) as refused:
            take(data, told)
        assert refused.value.faults[0].rule == "edxl.status"


def test_reports_and_offers_are_a_message_for_each_line() -> None:
    two = (ANSWER, ANSWER.replace("pumps/1", "pumps/2").replace(">1<", ">2<"))
    reported = take(message("ReportResourceDeploymentStatus", *two), JIANGSU).drafts
    assert [d.aid_deployment.resource_id for d in reported] == ["320000/pumps/1", "320000/pumps/2"]
    offered = take(message("OfferUnsolicitedResource", *two), JIANGSU)
    assert [d.resource_status.stock.available for d in offered.drafts] == [6, 6]
    assert offered.drafts[0].header.entity_id.startswith("320000/resource_status/sha-")
    for drafts in (reported, offered.drafts):
        assert len({d.header.message_id for d in drafts}) == 2
        assert len({d.header.entity_id for d in drafts}) == 2


@pytest.mark.parametrize(
    ("data", "path", "rule"),
    [
        (message("RequestQuote", PUMPS), "RequestQuote", "edxl.type"),
        (message("RequestResource"), "ResourceInformation", "edxl.lines"),
        (message("Nonsense", PUMPS), "Nonsense", "edxl.message"),
        (b"<a/>", "a", "edxl.message"),
        (enveloped(request() + request()), "EDXLDistribution", "edxl.message"),
        (enveloped(request(), "Real"), "EDXLDistribution.distributionStatus", "edxl.status"),
        (request(SentDateTime="soon"), "RequestResource.SentDateTime", "edxl.time"),
        (request(SentDateTime=""), "RequestResource.SentDateTime", "edxl.required"),
        (request(MessageID=""), "RequestResource.MessageID", "edxl.required"),
        (
            request(MessageContentType="CommitResource"),
            "RequestResource.MessageContentType",
            "edxl.type",
        ),
        (
            request().replace(b"RequestedArrival", b"Whenever"),
            "RequestResource.ResourceInformation.ScheduleInformation.ScheduleType",
            "edxl.value",
        ),
        (
            response().replace(b">6<", b">many<"),
            "ResponseToRequestResource.ResourceInformation.AssignmentInformation.Quantity.MeasuredQuantity.Amount",
            "edxl.number",
        ),
        (
            request()
            .replace(b"yrd-capability</rm:ValueListURN>", b"x</rm:ValueListURN>", 1)
            .replace(
                b"<rmsg:TypeInfo>",
                b"<rmsg:Keyword><rm:ValueListURN>urn:yrd:need.nothing</rm:ValueListURN>"
                b"<rm:Value>1</rm:Value></rmsg:Keyword><rmsg:TypeInfo>",
            ),
            "urn:yrd:need.nothing",
            "edxl.kept",
        ),
    ],
)
def test_what_can_not_be_meant_is_refused(data: bytes, path: str, rule: str) -> None:
    with pytest.raises(CapRefused) as refused:
        take(data, SHANGHAI)
    assert [(f.path, f.rule) for f in refused.value.faults] == [(path, rule)]


def test_several_answers_to_a_line_are_added_up_where_they_agree() -> None:
    second = (
        ANSWER.replace("pumps/1", "pumps/2")
        .replace(">1</rmsg:Res", ">2</rmsg:Res")
        .replace(">6<", ">4<")
    )
    (draft,), remarks = take(message("ResponseToRequestResource", ANSWER, second), JIANGSU)
    (line,) = draft.aid_response.lines
    assert (line.quantity.value, list(line.resource_ids)) == (
        10,
        ["320000/pumps/1", "320000/pumps/2"],
    )
    assert "ResourceInformation" in [r.path for r in remarks]
    other = second.replace(">台<", ">套<")
    (draft,), _ = take(message("ResponseToRequestResource", ANSWER, other), JIANGSU)
    assert [v.rule for v in violations(draft, NOW)].count("aid_response.line_unique") == 1
