"""Drafts of a load: of every kind that agreement.yaml speaks of, with a secret in each part."""

from datetime import UTC, datetime, timedelta
from random import Random

from schemas import message_ids
from tests.faults.harness.entitlement import (
    CONTACT,
    CORE,
    DRIVER,
    INCIDENT,
    RESOURCE,
    WAYBILL,
    Kind,
    secret,
)
from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body, place, resource_body
from yrd.exchange.v1.message_pb2 import Draft, Priority

BODIES = (INCIDENT, RESOURCE, WAYBILL)
_SHARES = (5, 2, 3)
_URGENT_ONE_IN = 12
_PLATES = {"310000": "沪A12345", "320000": "苏A12345", "330000": "浙A12345"}


class Drafts:
    """Makes the drafts of one participant, one after the other."""

    def __init__(self, participant: str, chance: Random) -> None:
        self._participant, self._chance = participant, chance
        # a day old, so that a clock which is an hour off refuses none
        self._told = datetime.now(UTC) - timedelta(days=1)
        self._forms = {body: self._form(Kind(participant, body)) for body in BODIES}
        self._number = 0

    def next(self, expires: float = 0.0) -> Draft:
        """The next draft. Resources are revisions of one entity; all else is about entities of its own.

        `expires`: when it is over, in seconds since 1970; 0: never.
        """
        chance = self._chance
        self._number += 1
        (body,) = chance.choices(BODIES, _SHARES)
        made = Draft()
        made.CopyFrom(self._forms[body])
        header = made.header
        header.message_id = message_ids.new(int(self._told.timestamp() * 1000))
        if body == RESOURCE:
            header.revision = self._number
        else:
            header.entity_id = f"{self._participant}/{body}/{self._number}"
        if chance.randrange(_URGENT_ONE_IN) == 0:
            header.priority = chance.choice(
                (Priority.PRIORITY_LIFE_SAFETY, Priority.PRIORITY_URGENT)
            )
        if expires:
            header.expire_time.FromMilliseconds(int(expires * 1000))
        return made

    def _form(self, kind: Kind) -> Draft:
        entity = f"{kind.origin}/pumps"
        head = {"entity": entity, "mode": "MODE_TEST", "told": self._told}
        return draft(_body(kind), _CAMEL[kind.body], **head)


_CAMEL = {INCIDENT: "incidentReport", RESOURCE: "resourceStatus", WAYBILL: "waybill"}


def _body(kind: Kind) -> dict[str, object]:
    core, contact = secret(CORE, kind), secret(CONTACT, kind)
    home = place(kind.origin)
    if kind.body == INCIDENT:
        reporter = {"organization": "值班室", "personName": contact, "phone": "021-55512345"}
        return incident_body(title=core, place=home, reporter=reporter)
    if kind.body == RESOURCE:
        return resource_body(kind.origin, name=core)
    driver = {
        "name": secret(DRIVER, kind),
        "certificateNumber": "310000000000000000",
        "phone": "13800000000",
    }
    return waybill_body(
        consignor={"name": core, "contactName": contact, "phone": "021-55500000"},
        driver=driver,
        origin=home,
        vehicle={"number": _PLATES[kind.origin], "color": "PLATE_COLOR_YELLOW"},
    )
