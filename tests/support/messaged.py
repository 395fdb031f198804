"""Messages of EDXL-RM as another system might write them, and drafts of aid messages, of any content."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from integration.edxl.kinds import BODIES
from schemas import message_ids
from schemas.catalog import BODY_FIELDS
from schemas.instants import BEIJING
from schemas.samples.reading import valid_samples
from tests.support.lawful import lawful
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Mode

_SPACES = {
    "rmsg": "urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg",
    "rm": "urn:oasis:names:tc:emergency:EDXL:RM:1.0",
    "xnl": "urn:oasis:names:tc:ciq:xnl:3",
}
PUMPS = """<rmsg:ResourceInformation><rmsg:ResourceInfoElementID>p1</rmsg:ResourceInfoElementID>
<rmsg:Resource><rmsg:TypeStructure><rm:ValueListURN>yrd-capability</rm:ValueListURN>
<rm:Value>flood.pump</rm:Value></rmsg:TypeStructure><rmsg:TypeInfo><Kind>Pump</Kind></rmsg:TypeInfo></rmsg:Resource>
<rmsg:AssignmentInformation><rmsg:Quantity><rm:QuantityText>6 台</rm:QuantityText></rmsg:Quantity>
</rmsg:AssignmentInformation><rmsg:ScheduleInformation><rmsg:ScheduleType>RequestedArrival</rmsg:ScheduleType>
<rmsg:DateTime>2026-06-01T22:00:00</rmsg:DateTime><rmsg:Location>
<rm:LocationDescription>310115 惠南镇</rm:LocationDescription></rmsg:Location>
</rmsg:ScheduleInformation></rmsg:ResourceInformation>"""
REQUESTER = """<rmsg:ContactInformation><rm:ContactDescription>上海市应急指挥中心</rm:ContactDescription>
<rm:ContactRole>Requester</rm:ContactRole></rmsg:ContactInformation><rmsg:ContactInformation>
<rm:ContactDescription>320000</rm:ContactDescription><rm:ContactRole>RespondingOrg</rm:ContactRole>
</rmsg:ContactInformation>"""
ANSWER = """<rmsg:ResourceInformation><rmsg:ResourceInfoElementID>1</rmsg:ResourceInfoElementID>
<rmsg:ResponseInformation><rm:PrecedingResourceInfoElementID>p1</rm:PrecedingResourceInfoElementID>
<rm:ResponseType>Accept</rm:ResponseType></rmsg:ResponseInformation>
<rmsg:Resource><rmsg:ResourceID>320000/pumps/1</rmsg:ResourceID></rmsg:Resource><rmsg:AssignmentInformation><rmsg:Quantity><rm:MeasuredQuantity>
<rm:Amount>6</rm:Amount><rm:UnitOfMeasure>
<rm:ValueListURN>u</rm:ValueListURN><rm:Value>台</rm:Value></rm:UnitOfMeasure></rm:MeasuredQuantity></rmsg:Quantity>
</rmsg:AssignmentInformation></rmsg:ResourceInformation>"""


def message(kind: str, *inside: str, **told: str) -> bytes:
    """A bare message; `told` replaces elements of its head, empty removes them."""
    head = {
        "MessageID": "RR.1",
        "SentDateTime": "2026-06-01T20:00:00+08:00",
        "MessageContentType": kind,
        "MessageDescription": "",
        "OriginatingMessageID": "RR.1",
        "PrecedingMessageID": "",
    } | told
    texts = "".join(f"<rmsg:{n}>{t}</rmsg:{n}>" for n, t in head.items() if t)
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    return f"<rmsg:{kind} {spaces}>{texts}{''.join(inside)}</rmsg:{kind}>".encode()


def request(incident: str = "310000/incident/1", **told: str) -> bytes:
    """Shanghai asks Jiangsu for six pumps."""
    about = "<rmsg:IncidentInformation>"
    about += f"<rm:IncidentID>{incident}</rm:IncidentID></rmsg:IncidentInformation>"
    return message("RequestResource", about, REQUESTER, PUMPS, **told)


def response(**told: str) -> bytes:
    """Jiangsu offers them."""
    return message(
        "ResponseToRequestResource",
        ANSWER,
        **{"MessageID": "RS.1", "PrecedingMessageID": "RR.1"} | told,
    )


def enveloped(data: bytes, status: str = "Exercise") -> bytes:
    return (
        '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">'
        "<distributionID>d</distributionID>"
        f"<distributionStatus>{status}</distributionStatus><contentObject><xmlContent><embeddedXMLContent>"
        f"{data.decode()}</embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>"
    ).encode()


@cache
def samples() -> dict[str, Draft]:
    """The contract's samples of every type that EDXL-RM tells."""
    types = {field.name: name for name, field in BODY_FIELDS.items()}
    return {
        f"{body}/{sample.name}": sample.draft
        for body in BODIES
        for sample in valid_samples(types[body])
    }


@st.composite
def aid(draw: Any) -> Draft:
    """A draft that keeps the contract's standard rules, of any type that EDXL-RM tells, of any content."""
    body = draw(st.sampled_from(BODIES))
    made = Draft(header=draw(lawful(Header.DESCRIPTOR)))
    getattr(made, body).CopyFrom(draw(lawful(Draft.DESCRIPTOR.fields_by_name[body].message_type)))
    header = made.header
    header.message_id = message_ids.derived(draw(st.integers(0, 1 << 47)), bytes(10))
    header.exercise_id = "sh-2026" if header.mode == Mode.MODE_EXERCISE else ""
    header.data_level = draw(
        st.integers(DataLevel.DATA_LEVEL_GENERAL_1, DataLevel.DATA_LEVEL_IMPORTANT)
    )
    told = draw(st.datetimes().filter(lambda t: 1 < t.year < 9999))
    header.reported_time.FromDatetime(told.replace(tzinfo=BEIJING))
    return made
