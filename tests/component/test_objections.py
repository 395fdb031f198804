"""Objections (数据异议): whom they reach, and that they are found at the message they are about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client import ExchangeClient
from integration.objections import Thread, answering, raising, threads
from tests.support.builders import NOW, draft, incident_body
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog, write_store
from tests.support.materials import Materials
from tests.support.readers import ids
from tests.support.running import client_of, free_port, running
from yrd.coordination.v1.dialogue_pb2 import Objection
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Filter

AUTHORITY, OBJECTOR, THIRD = "310000", "320000", "340000"
NOW_MS = int(NOW.timestamp() * 1000)
TYPE = Objection.DESCRIPTOR.full_name
INCIDENTS_ALONE = """
id: incidents
title: 只共享突发事件信息
between: ["310000", "320000", "340000"]
legal_basis: 测试
purpose: 测试
valid_from: 2021-01-01
valid_until: 2035-12-31
clauses:
  - id: incidents
    types: [yrd.incident.v1.IncidentReport]
    to: ["310000", "320000", "340000"]
"""
REPORT = draft(incident_body(), entity="310000/flood")


def objection(about: Message, statement: str = "应为3人") -> Draft:
    return raising(
        about, OBJECTOR, "incorrect", statement, "incident_report.casualties.dead", NOW_MS
    )


def answer(raised: Thread, uphold: bool = True) -> Draft:
    return answering(raised, AUTHORITY, uphold, "已核", "", NOW_MS)


def at(client: ExchangeClient) -> list[Message]:
    """Objections that come with the report."""
    return list(client.get_with_objections(REPORT.header.message_id).objections)


def publish(made: Delta, who: str, said: Draft) -> None:
    (result,) = made.client(who).publish([said])
    assert result.HasField("accepted"), result
    made.wait_level(who, *(holder for holder in made.configs if holder != who))


@pytest.fixture(scope="module")
def settled(
    materials: Materials, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Delta, list[Draft]]]:
    """A report, an objection to it and the answer, where agreements speak of reports alone."""
    folder = tmp_path_factory.mktemp("objections")
    agreements = folder / "agreements"
    agreements.mkdir()
    (agreements / "incidents.yaml").write_text(INCIDENTS_ALONE, encoding="utf-8")
    parties = (AUTHORITY, OBJECTOR, THIRD)
    with delta(materials, folder, parties, agreements_dir=agreements) as made:
        publish(made, AUTHORITY, REPORT)
        raised = objection(made.client(OBJECTOR).get(REPORT.header.message_id))
        publish(made, OBJECTOR, raised)
        (found,) = threads(made.client(AUTHORITY).messages(Filter(types=[TYPE])))
        answered = answer(found)
        publish(made, AUTHORITY, answered)
        yield made, [raised, answered]


@pytest.mark.parametrize("holder", [AUTHORITY, OBJECTOR])
def test_both_sides_have_them_whole_without_an_agreement(
    settled: tuple[Delta, list[Draft]], holder: str
) -> None:
    made, said = settled
    found = at(made.client(holder))
    assert [m.objection for m in found] == [one.objection for one in said]
    assert [m.stamp.origin for m in found] == [OBJECTOR, AUTHORITY]
    assert all(not m.receipt.absent_groups for m in found)


def test_third_parties_have_none(settled: tuple[Delta, list[Draft]]) -> None:
    made, _ = settled
    client = made.client(THIRD)
    assert client.get(REPORT.header.message_id).incident_report.title
    assert at(client) == []
    assert list(client.messages(Filter(types=[TYPE]))) == []
    withheld = {made.log(THIRD, owner).counts.withheld for owner in (AUTHORITY, OBJECTOR)}
    assert withheld == {1}


def test_they_are_there_after_a_restart(settled: tuple[Delta, list[Draft]]) -> None:
    made, said = settled
    made.stop(AUTHORITY)
    made.start(AUTHORITY)
    assert ids(at(made.client(AUTHORITY))) == ids(said)


@pytest.fixture
def mirrored(materials: Materials, tmp_path: Path) -> Iterator[tuple[ExchangeClient, list[Draft]]]:
    """Shanghai's gateway with logs of others, and what was said in them about its report."""
    ours, theirs, thirds = (HandmadeLog(materials, p) for p in (AUTHORITY, OBJECTOR, THIRD))
    ours.add(REPORT)
    report = Message.FromString(REPORT.SerializeToString())
    report.stamp.origin = AUTHORITY
    raised, again, nothing = objection(report), objection(report, "或为4人"), objection(report)
    forged = objection(report, "冒名")
    nothing.objection.message_id = "nothing"
    theirs.add(draft(), raised, nothing, again)
    thirds.add(forged)
    write_store(tmp_path / "data", AUTHORITY, ours, theirs, thirds)
    config = materials.config(AUTHORITY, free_port(), tmp_path / "data", check_processes=0)
    with running(config):
        yield client_of(config, materials), [raised, again]


def test_they_come_oldest_first_and_none_in_the_name_of_another(
    mirrored: tuple[ExchangeClient, list[Draft]],
) -> None:
    client, said = mirrored
    assert ids(at(client)) == ids(said)
    assert ids(client.get_with_objections(said[0].header.message_id).objections) == []


def test_objections_without_end_are_cut_off(
    mirrored: tuple[ExchangeClient, list[Draft]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, said = mirrored
    monkeypatch.setattr("gateway.exchange.reader.MOST_OBJECTIONS", 1)
    assert ids(at(client)) == ids(said[:1])
