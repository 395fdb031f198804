"""What a peer gave under a clause is destroyed here once the clause's term is over, without its notice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from gateway import parts
from gateway.agreements import load_agreements
from gateway.audit import verify_store
from gateway.audit.account import account, rendered
from gateway.exchange.activating import draft as activation
from gateway.retention import standing
from gateway.retention.daily import FILE
from gateway.retention.steward import Steward
from gateway.sharing.activation import steps
from integration.accounts.account import read
from integration.accounts.reconcile import Direction, reconcile
from integration.evidence.verify import trusted_keys
from schemas.instants import BEIJING
from tests.support.bodies import DRIVER as DRIVER_BODY
from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body, resource_body
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.erasure import CREW, REPORTER, final_report, old_incident, old_waybill, on_disk
from tests.support.handmade import SEALED_US, HandmadeLog
from tests.support.materials import Materials
from tests.support.readers import read as read_all
from tests.support.staged import PEER, US, Stage, staged
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import DISPOSITION_REDACTED, Draft
from yrd.exchange.v1.service_pb2 import Filter, RunRetentionResponse

ORIGIN, HOLDER = "310000", "320000"
INCIDENTS, WAYBILLS = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
CONTACT, DRIVER = "personal.contact", "personal.driver"
KEPT = "KEPT-MARKER"
INCIDENT, WAYBILL = old_incident(), old_waybill()
CLAUSES: list[dict[str, Any]] = [
    {"id": "month", "types": [INCIDENTS], "disclose": [CONTACT], "retention": "P1M"},
    {"id": "week", "types": [INCIDENTS], "disclose": [CONTACT], "retention": 7},
    {"id": "crew", "types": [WAYBILLS], "disclose": [DRIVER], "retention": "P2M"},
    {
        "id": "second",
        "types": [WAYBILLS],
        "when": "header.revision == 2u",
        "disclose": [CONTACT, DRIVER],
        "retention": "P70D",
    },
    {"id": "rest", "types": ["yrd.resource.*"], "disclose": [CONTACT]},
]
AGREEMENT = {
    "id": "kept",
    "title": "t",
    "between": [ORIGIN, HOLDER],
    "legal_basis": "l",
    "purpose": "p",
    "valid_from": date(2026, 1, 1),
    "valid_until": date(2099, 12, 31),
}


@dataclass(slots=True)
class Clock:
    """The gateways' clock of retention: noon in Beijing, so many days from now."""

    days: int = 0

    def __call__(self) -> float:
        today = datetime.now(BEIJING).replace(hour=12)
        return (today + timedelta(days=self.days)).timestamp()


@dataclass(slots=True)
class Kept:
    """A gateway that gave personal data to another, and a clock that moves."""

    made: Delta
    folder: Path
    clock: Clock = field(default_factory=Clock)

    def publish(self, *drafts: Draft) -> None:
        self.made.client(ORIGIN).publish(drafts)
        self.made.wait_level(ORIGIN, HOLDER)

    def run(self, days: int, dry_run: bool = False) -> dict[str, tuple[int, int]]:
        """Messages and disclosures by clause of a run at the holder, so many days from now."""
        return ended(self.run_at(HOLDER, days, dry_run))

    def run_at(self, participant: str, days: int, dry_run: bool = False) -> RunRetentionResponse:
        self.clock.days = days
        return self.made.client(participant).run_retention(dry_run)

    def compared(self) -> Direction:
        for own, peer in ((ORIGIN, HOLDER), (HOLDER, ORIGIN)):
            lines = account(self.made.configs[own], peer, datetime.now(UTC), lambda *_: None)
            (self.folder / f"{own}.jsonl").write_text(
                "".join(map(rendered, lines)), encoding="utf-8"
            )
        keys = trusted_keys((), self.made.materials.folder)
        ours, theirs = (read(self.folder / f"{own}.jsonl") for own in (ORIGIN, HOLDER))
        given, back = reconcile(ours, theirs, keys)
        assert back.differences == []
        return given

    def problems(self, participant: str = HOLDER) -> list[str]:
        return verify_store(self.made.configs[participant], lambda *_: None).problems


def ended(response: RunRetentionResponse) -> dict[str, tuple[int, int]]:
    assert len({row.origin for row in response.ended}) <= 1
    return {row.clause: (row.messages, row.disclosures) for row in response.ended}


def agreements(folder: Path, *clauses: dict[str, Any]) -> Path:
    """A folder with the agreement, with these clauses beside its own."""
    path = folder / f"agreements-{len(clauses)}"
    path.mkdir()
    given = [clause | {"to": [ORIGIN, HOLDER]} for clause in (*CLAUSES, *clauses)]
    text = yaml.safe_dump(AGREEMENT | {"clauses": given})
    (path / "kept.yaml").write_text(text, encoding="utf-8")
    return path


def activations(folder: Path, revision: int = 1) -> list[Draft]:
    """As the peer of a staged gateway brings the agreement of a folder into force."""
    made = steps(PEER, load_agreements(folder), {})
    return [activation(PEER, step, revision, SEALED_US) for step in made]


@pytest.fixture
def kept(materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    clock, make = Clock(), cast(Any, Steward)
    monkeypatch.setattr(parts, "Steward", lambda *given: make(*given[:-1], clock))
    monkeypatch.setattr("gateway.retention.daily.LOOK_SECONDS", 0.05)
    folder = agreements(tmp_path)
    with delta(materials, tmp_path, (ORIGIN, HOLDER), agreements_dir=folder) as made:
        yield Kept(made, tmp_path, clock)


def test_what_may_be_kept_no_longer_is_gone_and_the_log_still_verifies(kept: Kept) -> None:
    kept.publish(INCIDENT, WAYBILL)
    client = kept.made.client(HOLDER)
    read_all(client)  # a reader has filled the caches
    assert kept.run(20) == {}, "the longer of two clauses counts"
    assert kept.run(40, dry_run=True) == {"kept/month": (1, 1)}
    assert on_disk(kept.made.configs[HOLDER], REPORTER, CREW) == [REPORTER, CREW]
    response = kept.run_at(HOLDER, 40)
    assert (ended(response), response.not_scrubbed) == ({"kept/month": (1, 1)}, False)
    assert on_disk(kept.made.configs[HOLDER], REPORTER, CREW) == [CREW]
    got = client.get(INCIDENT.header.message_id)
    assert (got.receipt.disposition, list(got.receipt.absent_groups)) == (
        DISPOSITION_REDACTED,
        [CONTACT],
    )
    assert got.incident_report.reporter.person_name == ""
    assert REPORTER not in str(read_all(client))
    assert kept.run(40) == {}
    assert kept.run(90) == {"kept/crew": (1, 1)}, "of a message of which one group came"
    assert on_disk(kept.made.configs[HOLDER], REPORTER, CREW) == []
    assert on_disk(kept.made.configs[ORIGIN], REPORTER, CREW) == [REPORTER, CREW]
    assert (kept.problems(), kept.problems(ORIGIN)) == ([], [])
    given = kept.compared()
    assert (given.differences, given.over) == ([], 2)


@pytest.mark.parametrize("page", [1, 2, 3])
def test_pages_end_nowhere_in_particular(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr("gateway.retention.ended.PAGE", page)
    contact = {"organization": "o", "personName": KEPT, "phone": "021-55512345"}
    pumps = draft(resource_body(contact=contact), "resourceStatus", entity=f"{ORIGIN}/pumps")
    both = waybill_body(driver=DRIVER_BODY | {"name": CREW})
    kept.publish(
        *(old_incident(f"{ORIGIN}/flood/{n}") for n in range(2)),
        pumps,
        draft(both, "waybill", entity=f"{ORIGIN}/truck/both", revision=2),
        old_incident(f"{ORIGIN}/flood/last"),
    )
    due = {"kept/month": (3, 3), "kept/second": (1, 2)}
    assert kept.run(99, dry_run=True) == kept.run(99) == due
    assert kept.run(99) == {}
    assert on_disk(kept.made.configs[HOLDER], REPORTER, CREW, KEPT) == [KEPT], "without a term"


def test_the_record_names_clause_version_and_day(kept: Kept) -> None:
    kept.publish(INCIDENT)
    (row,) = kept.run_at(HOLDER, 40).ended
    ((group, clause, notice, at),) = run_sql(
        kept.made.data(HOLDER),
        "SELECT grp, clause, hex(notice), time FROM term_over JOIN erased USING (offset, grp)",
    )
    assert (group, clause) == (CONTACT, "kept/month")
    activations = kept.made.client(HOLDER).messages(
        Filter(types=["yrd.governance.v1.AgreementActivation"], origins=[ORIGIN])
    )
    assert [m.header.message_id for m in activations] == [row.activation_id]
    assert row.activation_id.replace("-", "").upper() == notice
    assert abs(at / 1e6 - kept.clock()) < 3600
    (told,) = standing.ended(kept.made.configs[HOLDER])
    assert (told.log, told.clause, told.time_us) == (f"yrd/{ORIGIN}", clause, at)
    assert (told.activation.hex().upper(), told.messages, told.disclosures) == (notice, 1, 1)


def test_a_notice_that_comes_later_is_confirmed_as_absent(kept: Kept) -> None:
    kept.publish(INCIDENT, final_report())
    kept.run(40)
    assert [o.disclosures for o in kept.run_at(ORIGIN, 40).outcomes] == [1, 0, 0]
    until(lambda: not kept.run_at(ORIGIN, 40, dry_run=True).unconfirmed, "the confirmation")
    wanted = Filter(types=["yrd.governance.v1.ErasureConfirmation"])
    (confirmed,) = kept.made.client(ORIGIN).messages(wanted)
    body = confirmed.erasure_confirmation
    assert (body.erased_count, body.absent_count) == (0, 1)
    assert kept.problems() == []
    kept.made.wait_level(HOLDER, ORIGIN)
    assert kept.compared().differences == []


def test_it_goes_every_day_where_no_policy_is_named(kept: Kept) -> None:
    """And nothing else does: one's own data go by a policy that somebody has chosen."""
    kept.publish(INCIDENT)
    kept.made.client(HOLDER).publish([old_waybill(f"{HOLDER}/truck/old")])
    config = kept.made.configs[HOLDER]
    assert on_disk(config, REPORTER, CREW) == [REPORTER, CREW]
    kept.clock.days = 40
    kept.made.configs[HOLDER] = config.model_copy(update={"retention_at": None})
    assert list(kept.made.client(HOLDER).reload().changed) == ["time of retention"]
    until((kept.made.data(HOLDER) / FILE).exists, "the day is noted")
    assert on_disk(config, REPORTER, CREW) == [CREW]
    assert [one.clause for one in standing.ended(config)] == ["kept/month"]


def test_the_origin_is_not_accused_of_leaving_it_out(kept: Kept) -> None:
    kept.publish(INCIDENT)
    kept.run(40)
    client = kept.made.client(HOLDER)
    own = client.evidence(INCIDENT.header.message_id)
    (absent,) = client.report_missing(own.leaf, own.proof).groups
    words = "it was destroyed here, since the term of kept/month was over"
    assert (absent.group, absent.not_due) == (CONTACT, words)
    assert list(client.alarms()) == []


def test_what_was_destroyed_too_early_or_under_another_clause_is_found(kept: Kept) -> None:
    kept.publish(INCIDENT)
    kept.run(40)
    data = kept.made.data(HOLDER)
    run_sql(data, "UPDATE erased SET time = time - 20 * 86400000000")
    (problem,) = kept.problems()
    assert "it was destroyed before the term of kept/month was over" in problem
    run_sql(data, "UPDATE term_over SET clause = 'kept/crew'")
    (problem,) = kept.problems()
    assert "not kept/crew but kept/month lets it be kept longest" in problem
    run_sql(data, "UPDATE term_over SET clause = 'never/agreed'")
    assert [d.kind for d in kept.compared().differences] == ["erased_alone"]
    run_sql(data, "DELETE FROM erased")
    assert any("no erasure is noted" in found for found in kept.problems())


def run_staged(stage: Stage) -> dict[str, tuple[int, int]]:
    return ended(stage.made.client(US).run_retention(dry_run=False))


def test_what_is_quarantined_has_the_same_term(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, PEER)
    wrong = draft(incident_body(grade=99, reporter={"personName": REPORTER}))
    log.add(*activations(agreements(tmp_path)), wrong)
    with staged(materials, tmp_path, log) as stage:
        stage.send_rest(2)
        stage.read()  # what is wrong is found at the latest when somebody reads
        until(lambda: stage.held().counts.quarantined == 1, "the quarantine")
        assert on_disk(stage.made.configs[US], REPORTER) == [REPORTER]
        assert run_staged(stage) == {"kept/month": (1, 1)}
        assert on_disk(stage.made.configs[US], REPORTER) == []
        assert stage.audit() == []


def test_what_came_ahead_waits_for_the_agreements_in_front_of_it(
    materials: Materials, tmp_path: Path
) -> None:
    """What is not here yet may give it for longer."""
    years = {"id": "years", "types": [INCIDENTS], "disclose": [CONTACT], "retention": "P99Y"}
    log = HandmadeLog(materials, PEER)
    urgent = draft(entity=f"{PEER}/urgent", priority="PRIORITY_LIFE_SAFETY")
    log.add(*activations(agreements(tmp_path)), draft(entity=f"{PEER}/routine"))
    log.add(*activations(agreements(tmp_path, years), revision=2), urgent)
    with staged(materials, tmp_path, log) as stage:
        stage.send_rest(2)
        stage.send_ahead([3], 4)
        assert run_staged(stage) == {"kept/month": (1, 1)}
        stage.send_rest(4)
        assert run_staged(stage) == {}
        assert stage.audit() == []
