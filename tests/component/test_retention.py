"""A run of the retention policy: what is due is destroyed at all gateways, proved, and told."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from client import ExchangeError
from gateway.audit import verify_store
from gateway.log.merkle import leaf_hash
from gateway.log.sealing import open_entry
from gateway.retention.ledgers import access_files_over
from gateway.retention.policy import Ledger, parse
from gateway.store.port import Change, StoreError
from gateway.store.sqlite import SqliteStore
from tests.support.builders import draft, incident_body, resource_body
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.erasure import (
    CORRIDOR,
    CREW,
    JOINT,
    NOW,
    ORIGIN,
    REPORTER,
    final_report,
    old_incident,
    old_waybill,
    on_disk,
    reporter,
)
from tests.support.materials import Materials
from tests.support.readers import read
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import DISPOSITION_REDACTED, Draft, Message
from yrd.exchange.v1.service_pb2 import Filter, RunRetentionResponse

NOTICE, CONFIRMATION = (f"yrd.governance.v1.Erasure{name}" for name in ("Notice", "Confirmation"))
CONTACT, DRIVER = "personal.contact", "personal.driver"
PEERS = (CORRIDOR, JOINT)
KEPT = "KEPT-MARKER"
RECENT = draft(incident_body(reporter=reporter(KEPT)), entity=f"{ORIGIN}/flood/new", told=NOW)
DUE = [old_incident(), final_report(), old_waybill()]


def run(made: Delta, participant: str = ORIGIN, dry_run: bool = False) -> RunRetentionResponse:
    return made.client(participant).run_retention(dry_run)


def outcomes(response: RunRetentionResponse) -> dict[str, tuple[int, int, int]]:
    return {o.rule: (o.messages, o.disclosures, len(o.notice_ids)) for o in response.outcomes}


def messages(made: Delta, participant: str, type_name: str) -> list[Message]:
    return list(made.client(participant).messages(Filter(types=[type_name])))


def confirmations(made: Delta, participant: str = ORIGIN) -> dict[str, tuple[int, int]]:
    """Erased and absent by confirming peer, summed over the notices."""
    found: dict[str, tuple[int, int]] = {}
    for message in messages(made, participant, CONFIRMATION):
        body = message.erasure_confirmation
        erased, absent = found.get(body.participant, (0, 0))
        found[body.participant] = erased + body.erased_count, absent + body.absent_count
    return found


def wait_confirmed(made: Delta, *peers: str) -> None:
    def all_confirmed() -> bool:
        left = [line.split()[0] for line in run(made, dry_run=True).unconfirmed]
        return not set(left).intersection(peers)

    until(all_confirmed, f"{peers} confirm")


def publish(made: Delta, drafts: Sequence[Draft], *holders: str, owner: str = ORIGIN) -> list[int]:
    """Sequences of the drafts, once the holders have them."""
    results = made.client(owner).publish(drafts)
    assert [r.WhichOneof("outcome") for r in results] == ["accepted"] * len(drafts), results
    made.wait_level(owner, *holders)
    return [result.accepted.sequence for result in results]


def problems(made: Delta, participant: str) -> list[str]:
    return verify_store(made.configs[participant], lambda *_: None).problems


@pytest.fixture
def made(materials: Materials, tmp_path: Path) -> Iterator[Delta]:
    with delta(materials, tmp_path, (ORIGIN, *PEERS)) as running:
        yield running


def test_what_is_due_is_gone_everywhere_and_confirmed(made: Delta) -> None:
    publish(made, [*DUE, RECENT], *PEERS)
    read(made.client(ORIGIN)), read(made.client(JOINT))  # readers have filled the caches
    assert on_disk(made.configs[ORIGIN], REPORTER, CREW, KEPT) == [REPORTER, CREW, KEPT]
    assert on_disk(made.configs[JOINT], REPORTER, CREW, KEPT) == [REPORTER, KEPT]
    assert on_disk(made.configs[CORRIDOR], REPORTER, CREW, KEPT) == [CREW]
    response = run(made)
    assert outcomes(response) == {
        "incident": (1, 1, 1),
        "waybill": (1, 2, 1),
        "no-incident": (0, 0, 0),
    }
    assert response.unconfirmed == []
    assert not response.not_scrubbed
    wait_confirmed(made, *PEERS)
    assert confirmations(made) == {CORRIDOR: (1, 2), JOINT: (1, 2)}
    for participant in (ORIGIN, *PEERS):
        config = made.configs[participant]
        assert on_disk(config, REPORTER, CREW) == [], participant
        client = made.client(participant)
        incident = client.get(DUE[0].header.message_id)
        assert incident.receipt.disposition == DISPOSITION_REDACTED
        assert incident.receipt.absent_groups == [CONTACT]
        told = incident.incident_report.reporter
        assert (told.person_name, told.phone, bool(told.organization)) == ("", "", True)
        assert REPORTER not in str(read(client))
        assert problems(made, participant) == []
        assert made.status(participant).accepting
    assert (
        made.client(JOINT).get(RECENT.header.message_id).incident_report.reporter.person_name
        == KEPT
    )
    assert outcomes(run(made)) == {
        "incident": (0, 0, 0),
        "waybill": (0, 0, 0),
        "no-incident": (0, 0, 0),
    }


def test_the_log_still_proves_what_was_sent(made: Delta) -> None:
    """Leaf, hash and digests stay; who has kept the disclosure could still show that it was the one."""
    publish(made, DUE, *PEERS)
    root = made.log(JOINT, ORIGIN).root_hash
    before = made.client(ORIGIN).evidence(DUE[0].header.message_id)
    assert [part for part in before.disclosures if REPORTER.encode() in part]
    run(made)
    after = made.client(ORIGIN).evidence(DUE[0].header.message_id)
    assert (after.leaf, list(after.disclosures)) == (before.leaf, [])
    assert open_entry(after.leaf, list(before.disclosures)).absent_groups == ()
    assert leaf_hash(after.leaf) == leaf_hash(before.leaf)
    wait_confirmed(made, *PEERS)
    made.wait_level(ORIGIN, *PEERS)
    assert made.log(JOINT, ORIGIN).root_hash == made.log(ORIGIN, ORIGIN).root_hash != root


def test_a_notice_names_messages_groups_reason_and_basis(made: Delta) -> None:
    sequence, *_ = publish(made, DUE)
    response = run(made)
    notices = {m.header.message_id: m for m in messages(made, ORIGIN, NOTICE)}
    told = {o.rule: o.notice_ids for o in response.outcomes if o.notice_ids}
    incident, waybill = (notices[told[rule][0]] for rule in ("incident", "waybill"))
    assert (incident.stamp.source_system, incident.stamp.origin) == ("gateway", ORIGIN)
    body = incident.erasure_notice
    assert body.basis.startswith("incident: 突发事件应对法")
    assert [(m.message_id, m.sequence, list(m.groups)) for m in body.messages] == [
        (DUE[0].header.message_id, sequence, [CONTACT])
    ]
    assert [list(m.groups) for m in waybill.erasure_notice.messages] == [[CONTACT, DRIVER]]


def test_a_dry_run_destroys_nothing_and_says_what_it_would(made: Delta) -> None:
    publish(made, DUE, *PEERS)
    size = made.log(ORIGIN, ORIGIN).size
    response = run(made, dry_run=True)
    assert outcomes(response) == {
        "incident": (1, 1, 0),
        "waybill": (1, 2, 0),
        "no-incident": (0, 0, 0),
    }
    assert made.log(ORIGIN, ORIGIN).size == size
    assert (
        made.client(ORIGIN).get(DUE[0].header.message_id).incident_report.reporter.person_name
        == REPORTER
    )


def test_a_peer_that_comes_later_gets_neither_and_confirms(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, (ORIGIN, JOINT), start=False) as made:
        made.start(ORIGIN)
        publish(made, DUE)
        ids = [i for o in run(made).outcomes for i in o.notice_ids]
        assert sorted(run(made, dry_run=True).unconfirmed) == sorted(f"{JOINT} {i}" for i in ids)
        made.start(JOINT)
        made.wait_level(ORIGIN, JOINT)
        wait_confirmed(made, JOINT)
        assert confirmations(made) == {JOINT: (0, 3)}
        assert on_disk(made.configs[JOINT], REPORTER, CREW) == []
        assert problems(made, JOINT) == []


def test_a_batch_read_before_is_not_sent_afterwards(materials: Materials, tmp_path: Path) -> None:
    """The origin keeps batches ready for the next peer; that one must not be given what is destroyed."""
    with delta(materials, tmp_path, (ORIGIN, JOINT, CORRIDOR), start=False) as made:
        made.start(ORIGIN)
        made.start(JOINT)
        publish(made, DUE, JOINT)
        run(made)
        made.start(CORRIDOR)
        made.wait_level(ORIGIN, CORRIDOR)
        wait_confirmed(made, CORRIDOR)
        assert confirmations(made)[CORRIDOR] == (0, 3)


def test_peers_messages_are_theirs_to_destroy(made: Delta) -> None:
    publish(made, DUE, *PEERS)
    assert outcomes(run(made, JOINT)) == {
        "incident": (0, 0, 0),
        "waybill": (0, 0, 0),
        "no-incident": (0, 0, 0),
    }
    assert (
        made.client(JOINT).get(DUE[0].header.message_id).incident_report.reporter.person_name
        == REPORTER
    )


def test_help_for_anothers_incident_is_due_once_that_one_is_closed(made: Delta) -> None:
    """The contact of our resource belongs to Jiangsu's incident; we see its reports."""
    theirs = f"{CORRIDOR}/flood"
    contact = {"organization": "o", "personName": REPORTER, "phone": "021-55512345"}
    help_ = draft(
        resource_body(contact=contact),
        "resourceStatus",
        entity=f"{ORIGIN}/pumps",
        incidentIds=[theirs],
    )
    publish(made, [help_], JOINT)
    assert outcomes(run(made))["incident"] == (0, 0, 0)
    initial = draft(incident_body(reporter=None), entity=theirs, told=NOW)
    publish(made, [initial], ORIGIN, owner=CORRIDOR)
    assert outcomes(run(made))["incident"] == (0, 0, 0)
    publish(made, [final_report(theirs, days=31)], ORIGIN, owner=CORRIDOR)
    assert outcomes(run(made))["incident"] == (0, 0, 0), (
        "told of today, so the term runs from today"
    )
    other = f"{CORRIDOR}/fire"
    late = draft(
        resource_body(contact=contact),
        "resourceStatus",
        entity=f"{ORIGIN}/boats",
        incidentIds=[other],
    )
    publish(made, [late], JOINT)
    publish(made, [final_report(other, days=31)], ORIGIN, owner=CORRIDOR)
    assert outcomes(run(made))["incident"] == (1, 1, 1)


def test_more_messages_than_a_notice_holds(made: Delta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.retention.run.NOTICE_MESSAGES", 3)
    monkeypatch.setattr("gateway.retention.run.PAGE", 5)
    monkeypatch.setattr("gateway.retention.run.SPAN", 2)
    publish(made, [old_waybill(f"{ORIGIN}/truck/{n}") for n in range(8)], *PEERS)
    assert outcomes(run(made))["waybill"] == (8, 16, 3)
    sizes = [len(m.erasure_notice.messages) for m in messages(made, ORIGIN, NOTICE)]
    assert sizes == [3, 3, 2]
    wait_confirmed(made, *PEERS)
    assert confirmations(made) == {CORRIDOR: (8, 8), JOINT: (0, 16)}


def test_an_id_whose_message_was_destroyed_is_not_taken_again(made: Delta) -> None:
    """The draft's digest is gone with it, so nobody can say whether this is the same message."""
    publish(made, DUE)
    run(made)
    (again,) = made.client(ORIGIN).publish([DUE[0]])
    assert "MESSAGE_ID_REUSED" in str(again.error)


def test_only_the_role_security_may_run_it(materials: Materials, tmp_path: Path) -> None:
    clients = [
        {"system": "console", "roles": ["publisher", "subscriber", "administrator", "auditor"]}
    ]
    with (
        delta(materials, tmp_path, (ORIGIN,), clients=clients) as made,
        pytest.raises(ExchangeError, match="role security"),
    ):
        run(made, dry_run=True)


Commit = Callable[[SqliteStore, Change], None]


def fail_once(
    patch: pytest.MonkeyPatch, store: Callable[[SqliteStore], bool], *, durable: bool
) -> list[Change]:
    """Lets the first commit that erases fail: before anything is written, or once it is durable."""
    original, failed = SqliteStore.commit, list[Change]()

    def commit(self: SqliteStore, change: Change) -> None:
        if not change.upkeep.erased or failed or not store(self):
            return original(self, change)
        failed.append(change)
        if durable:
            original(self, change)
        raise StoreError("killed", lasting=True)

    patch.setattr(SqliteStore, "commit", commit)
    return failed


def of(made: Delta, participant: str, store: SqliteStore) -> bool:
    return store._path == made.data(participant) / "gateway.db"


@pytest.mark.parametrize("durable", [False, True], ids=["before", "behind"])
def test_killed_at_the_commit_the_origin_has_both_or_neither(
    made: Delta, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    publish(made, DUE, *PEERS)
    failed = fail_once(monkeypatch, partial(of, made, ORIGIN), durable=durable)
    with pytest.raises(ExchangeError):
        run(made)
    assert len(failed) == 1
    made.stop(ORIGIN)
    erased = run_sql(made.data(ORIGIN), "SELECT DISTINCT notice FROM erased")
    notices = run_sql(
        made.data(ORIGIN),
        "SELECT message_id FROM naming JOIN entry USING (offset) "
        "JOIN type ON type.id = entry.type WHERE name = ?",
        NOTICE,
    )
    assert len(notices) == (1 if durable else 0)
    assert erased == notices
    made.start(ORIGIN)
    if durable:
        until(lambda: REPORTER not in on_disk(made.configs[ORIGIN], REPORTER), "old pages are gone")
    run(made)
    wait_confirmed(made, *PEERS)
    assert on_disk(made.configs[ORIGIN], REPORTER, CREW) == []
    assert confirmations(made) == {CORRIDOR: (1, 2), JOINT: (1, 2)}
    assert problems(made, ORIGIN) == []


@pytest.mark.parametrize("durable", [False, True], ids=["before", "behind"])
def test_killed_at_the_commit_the_peer_acts_once(
    made: Delta, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    publish(made, DUE[:2], *PEERS)
    failed = fail_once(monkeypatch, partial(of, made, JOINT), durable=durable)
    run(made)
    until(lambda: failed, "the peer is about to erase")
    made.stop(JOINT)
    made.start(JOINT)
    wait_confirmed(made, *PEERS)
    assert confirmations(made) == {CORRIDOR: (0, 1), JOINT: (1, 0)}
    assert len(messages(made, JOINT, CONFIRMATION)) == 2
    assert run_sql(made.data(JOINT), "SELECT * FROM duty") == []
    until(lambda: not on_disk(made.configs[JOINT], REPORTER), "old pages are gone")
    assert problems(made, JOINT) == []


def test_a_peer_stopped_before_it_acted_does_so_when_it_is_back(
    made: Delta, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr("gateway.retention.duties.Duties._work_off", nothing)
        publish(made, DUE[:2], *PEERS)
        run(made)
        made.wait_level(ORIGIN, *PEERS)
        assert (
            made.client(JOINT).get(DUE[0].header.message_id).incident_report.reporter.person_name
            == REPORTER
        )
        made.stop(JOINT)
        assert len(run_sql(made.data(JOINT), "SELECT * FROM duty")) == 1
    made.start(JOINT)
    wait_confirmed(made, JOINT)
    assert confirmations(made)[JOINT] == (1, 0)


def test_the_audit_misses_what_no_notice_destroyed(made: Delta) -> None:
    sequence, *_ = publish(made, DUE, *PEERS)
    run(made)
    assert problems(made, ORIGIN) == []
    made.stop(ORIGIN)
    run_sql(made.data(ORIGIN), "DELETE FROM erased WHERE grp = ?", CONTACT)
    found = problems(made, ORIGIN)
    missing = f"entry {sequence}: disclosures ['{CONTACT}'] are missing, and no erasure is noted"
    assert f"yrd/{ORIGIN}: {missing}" in found
    zeroed = "SELECT offset, grp, 1, x'' FROM disclosure WHERE substr(data, 1, 1) = x'00'"
    run_sql(made.data(ORIGIN), f"INSERT OR IGNORE INTO erased {zeroed}")
    assert problems(made, ORIGIN) == []


def test_what_was_given_to_whom_is_kept_in_the_ledger(made: Delta) -> None:
    publish(made, DUE, *PEERS)
    size = made.log(ORIGIN, ORIGIN).size
    query = (
        "SELECT peer, min(start), max(stop), agreements FROM provision GROUP BY peer, agreements"
    )
    under = "emergency-information hazmat-transport"
    expected = [(CORRIDOR, 0, size, under), (JOINT, 0, size, under)]
    until(lambda: run_sql(made.data(ORIGIN), query) == expected, "both are in the ledger")


def test_ledgers_go_when_their_own_terms_are_over_not_before(made: Delta) -> None:
    folder = made.data(ORIGIN) / "access"
    folder.mkdir(exist_ok=True)
    old, young = folder / "2020-01-01.jsonl", folder / f"{NOW:%Y-%m-%d}.jsonl"
    other = folder / "notes.jsonl"
    for path in (old, young, other):
        path.write_text("{}\n")
    publish(made, DUE, JOINT)
    until(lambda: run_sql(made.data(ORIGIN), "SELECT 1 FROM provision"), "the ledger has it")
    run_sql(made.data(ORIGIN), "INSERT INTO provision VALUES ('340000', 0, 5, 0, 0, '', x'')")
    for dry_run in (True, False):
        ledgers = {
            line.ledger: (line.months, line.deleted) for line in run(made, dry_run=dry_run).ledgers
        }
        assert ledgers == {"access": (6, 1), "provisions": (36, 1)}
        assert old.exists() is dry_run
    assert young.exists()
    assert other.exists()
    assert "340000" not in str(run_sql(made.data(ORIGIN), "SELECT peer FROM provision"))
    assert run_sql(made.data(ORIGIN), "SELECT 1 FROM provision")


def test_backups_are_named_here_and_to_the_origin(materials: Materials, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    text = (
        Path("gateway/retention/policy.yaml")
        .read_text(encoding="utf-8")
        .replace(
            "backups: []", "backups: [{name: nightly, place: room B, overwritten: after 35 days}]"
        )
    )
    policy.write_text(text, encoding="utf-8")
    assert parse(text, "p").backups
    with delta(materials, tmp_path, (ORIGIN, JOINT), retention=policy) as made:
        publish(made, DUE, JOINT)
        assert run(made).backups == ["nightly (room B): after 35 days"]
        wait_confirmed(made, JOINT)
        bodies = [m.erasure_confirmation for m in messages(made, ORIGIN, CONFIRMATION)]
        assert [list(body.backups) for body in bodies] == [["nightly (room B): after 35 days"]] * 2


def test_access_files_go_by_their_names_when_their_term_is_over(tmp_path: Path) -> None:
    midnight = int(datetime(2026, 7, 31, 16, tzinfo=UTC).timestamp() * 1e6)  # in Beijing
    names = ["2026-01-30", "2026-01-31", "2026-02-01", "2026-13-01", "notes"]
    for name in names:
        (tmp_path / f"{name}.jsonl").touch()
    (tmp_path / "2020-01-01.txt").touch()
    over = access_files_over(tmp_path, Ledger(months=6), midnight)
    assert [path.stem for path in over] == ["2026-01-30"]
    assert list(access_files_over(tmp_path / "none", Ledger(months=6), midnight)) == []
