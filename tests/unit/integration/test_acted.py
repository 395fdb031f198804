"""Who acted, in words."""

from integration.acted import in_full, in_short
from schemas.samples.reading import valid_samples
from yrd.exchange.v1.message_pb2 import Header

(SAMPLE,) = [
    s for s in valid_samples("yrd.coordination.v1.Acknowledgement") if s.name == "by_two_persons"
]


def test_both_persons_are_named_with_how_they_were_known() -> None:
    header = Header.FromString(SAMPLE.draft.header.SerializeToString())
    assert in_short(header) == "经办 by sh-0421 复核 approved by sh-0077"
    assert in_full(header) == (
        "sh-0421（值班员 duty_officer，证书 certificate 6388196260bf706d）；"
        "复核 approved by sh-0077（复核人 approver，统一认证 OIDC c3dd3988d49fb71d）；"
        "acknowledge，编号 key 019e3818-ff00-7a11-8b22-5d3c4b5a6978"
    )
    header.act.ClearField("approved_by")
    header.act.acted_by.role = "chief"
    header.act.acted_by.authentication = 9  # type: ignore[assignment]  # of a later contract
    assert in_short(header) == "经办 by sh-0421"
    assert in_full(header).startswith(
        "sh-0421（chief，9 6388196260bf706d）；未复核 by one person；"
    )


def test_what_a_system_sent_by_itself_names_nobody() -> None:
    assert in_short(Header()) == in_full(Header()) == ""
