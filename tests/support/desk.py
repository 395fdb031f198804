"""A desk that shares by agreements which a test writes, and all that leaves its gateway for others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body, resource_body
from tests.support.delta import Delta, delta
from tests.support.materials import Materials
from tests.support.wire import Wire
from yrd.exchange.v1.message_pb2 import Draft

US, PEER, THIRD = "310000", "320000", "330000"
OURS = f"yrd/{US}"
INCIDENT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
RESOURCE = "yrd.resource.v1.ResourceStatus"
ACTIVATION = "yrd.governance.v1.AgreementActivation"
URGENT_ONLY = 'header.priority in ["PRIORITY_LIFE_SAFETY", "PRIORITY_URGENT"]'


def clause(name: str, kind: str, *to: str, **more: Any) -> dict[str, Any]:
    """A clause by which the desk gives a type to peers."""
    return {"id": name, "types": [kind], "to": list(to), "from": [US]} | more


class Desk:
    """Gateways that share by agreements which the test writes; and all that went between them."""

    def __init__(self, made: Delta, folder: Path, wire: Wire) -> None:
        self.made, self._folder, self.wire = made, folder, wire

    def agree(self, name: str, *clauses: dict[str, Any], **changes: Any) -> None:
        """Writes an agreement; it is not in force yet."""
        agree(self._folder, name, *clauses, **changes)

    def cancel(self, name: str) -> None:
        """Takes an agreement away; it is in force still."""
        (self._folder / f"{name}.yaml").unlink()

    def reload(self) -> list[str]:
        """Has the agreements read anew; what changed."""
        return list(self.made.client(US).reload().agreements)

    def publish(self, *drafts: Draft) -> None:
        """Publishes what must be accepted."""
        assert all(r.HasField("accepted") for r in self.made.client(US).publish(drafts))

    def settle(self, *peers: str) -> None:
        """Waits until peers have all that they are to have."""
        self.made.wait_level(US, *peers)

    def require(self, peer: str, there: list[str], not_there: list[str]) -> None:
        """These words have come to a peer and lie on its disk; those have not, from nobody, and do not."""
        disk = b"".join(p.read_bytes() for p in self.made.data(peer).rglob("*") if p.is_file())
        for place, found in (("wire", self.wire.to(peer)), ("disk", disk)):
            assert [w for w in there if w.encode() not in found] == [], (place, peer)
            assert [w for w in not_there if w.encode() in found] == [], (place, peer)


def agree(folder: Path, name: str, *clauses: dict[str, Any], **changes: Any) -> None:
    """Writes the file of an agreement between the three."""
    content = {
        "id": name,
        "title": name,
        "between": [US, PEER, THIRD],
        "legal_basis": "测试用",
        "purpose": "测试用",
        "valid_from": "2020-01-01",
        "valid_until": "2099-12-31",
        "clauses": list(clauses),
    }
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content | changes, allow_unicode=True))


@contextmanager
def desk(
    materials: Materials,
    folder: Path,
    patch: pytest.MonkeyPatch,
    *clauses: dict[str, Any],
    **changes: Any,
) -> Iterator[Desk]:
    """Three gateways that run. All give boats; the clauses are those of a second agreement."""
    agreements = folder / "agreements"
    agreements.mkdir()
    agree(agreements, "stable", clause("boats", RESOURCE, PEER, THIRD))
    if clauses:
        agree(agreements, "changing", *clauses, **changes)
    wire = Wire(patch)
    with delta(materials, folder, (US, PEER, THIRD), agreements_dir=agreements) as made:
        yield Desk(made, agreements, wire)


def incident(mark: str, priority: str = "PRIORITY_ROUTINE") -> Draft:
    """An incident with T-MARK in its title and R-MARK as its reporter (personal.contact)."""
    reporter = {"organization": "值班室", "personName": f"R-{mark}", "phone": "021-55512345"}
    body = incident_body(title=f"T-{mark}", reporter=reporter)
    return draft(body, entity=f"{US}/{mark}", priority=priority)


def waybill(mark: str) -> Draft:
    """A waybill with T-MARK as its consignor and R-MARK as whom to call there (personal.contact)."""
    body = waybill_body()
    body["consignor"] = {"name": f"T-{mark}", "contactName": f"R-{mark}", "phone": "021-55500000"}
    return draft(body, "waybill", entity=f"{US}/{mark}")


def boat(mark: str) -> Draft:
    """A resource whose name is T-MARK."""
    return draft(resource_body(name=f"T-{mark}"), "resourceStatus", entity=f"{US}/{mark}")
