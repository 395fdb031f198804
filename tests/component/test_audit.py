"""The audit finds every kind of damage, names it, and says where it is."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.audit import AuditReport, verify_store
from gateway.audit.report import Lost
from gateway.config import GatewayConfig
from gateway.log.checkpoint import Checkpoint, LogSigner, Witness, witness_name
from gateway.log.note import parse
from gateway.log.suite import DEFAULT
from gateway.store.sqlite import SqliteStore
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.damage import flip, run_sql
from tests.support.delta import delta
from tests.support.handmade import HandmadeLog
from tests.support.materials import AGREED, Materials

US, PEER = "310000", "320000"
OURS, THEIRS = f"yrd/{US}", f"yrd/{PEER}"
SIZE = 270  # more than 256, so that a node of the tree is stored
THEIR_SIZE = AGREED + 2


@dataclass(frozen=True)
class Audit:
    """Copies of the stores of two gateways that have mirrored each other, ready to be damaged."""

    materials: Materials
    configs: dict[str, GatewayConfig]

    def data(self, participant: str = US) -> Path:
        return self.configs[participant].data_dir

    def report(self, participant: str = US) -> AuditReport:
        return verify_store(self.configs[participant], lambda *_: None)

    def problems(self, participant: str = US) -> list[str]:
        return self.report(participant).problems


@pytest.fixture(scope="module")
def original(
    materials: Materials, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, GatewayConfig]:
    """Two gateways, stopped: ours with incidents and a waybill, the peer's with two incidents.

    Each log begins with the activations of its agreements.
    """
    ours = [draft(entity=f"{US}/{n}") for n in range(AGREED, SIZE - 1)]
    with delta(materials, tmp_path_factory.mktemp("audit"), (US, PEER)) as made:
        made.client(US).publish([*ours, draft(waybill_body(), "waybill", entity=f"{US}/truck")])
        made.client(PEER).publish([draft(entity=f"{PEER}/{n}") for n in range(2)])
        made.wait_level(US, PEER)
        made.wait_level(PEER, US)
        return made.configs


@pytest.fixture
def audit(original: dict[str, GatewayConfig], materials: Materials, tmp_path: Path) -> Audit:
    configs = {}
    for participant, config in original.items():
        folder = tmp_path / participant
        shutil.copytree(config.data_dir, folder)
        configs[participant] = config.model_copy(update={"data_dir": folder})
    return Audit(materials, configs)


@pytest.mark.parametrize("participant", [US, PEER])
def test_what_is_whole_is_found_good(audit: Audit, participant: str) -> None:
    progress: list[tuple[str, int, int]] = []
    report = verify_store(audit.configs[participant], lambda *step: progress.append(step))
    assert report.problems == []
    assert report.ok
    assert {log.log: (log.entries, log.verdict) for log in report.logs} == {
        OURS: (SIZE, "good"),
        THEIRS: (THEIR_SIZE, "good"),
    }
    assert sorted(progress) == [(OURS, SIZE, SIZE), (THEIRS, THEIR_SIZE, THEIR_SIZE)]


def test_both_sides_name_the_same_roots(audit: Audit) -> None:
    roots = [{log.log: log.root for log in audit.report(p).logs} for p in (US, PEER)]
    assert roots[0] == roots[1]


def log_id(audit: Audit, participant: str, log: str) -> int:
    ((found,),) = run_sql(audit.data(participant), "SELECT id FROM log WHERE origin = ?", log)
    return int(found)


def at(audit: Audit, participant: str, log: str, index: int) -> str:
    return f"log = {log_id(audit, participant, log)} AND idx = {index}"


def offset(audit: Audit, participant: str, log: str, index: int) -> int:
    where = at(audit, participant, log, index)
    ((found,),) = run_sql(audit.data(participant), f"SELECT offset FROM entry WHERE {where}")
    return int(found)


def flip_entry(column: str, log: str = OURS, index: int = 5) -> Callable[[Audit], None]:
    return lambda audit: flip(audit.data(), "entry", column, at(audit, US, log, index))


def sql(statement: str, log: str = OURS, index: int = 5) -> Callable[[Audit], None]:
    """Runs a statement; {at} and {offset} stand for one entry, {log} for its log."""

    def damage(audit: Audit) -> None:
        where = at(audit, US, log, index)
        number, place = log_id(audit, US, log), offset(audit, US, log, index)
        run_sql(audit.data(), statement.format(at=where, log=number, offset=place))

    return damage


def set_checkpoint(log: str, note: Callable[[Audit], str]) -> Callable[[Audit], None]:
    def damage(audit: Audit) -> None:
        statement = "UPDATE log SET checkpoint = ? WHERE origin = ?"
        run_sql(audit.data(), statement, note(audit), log)

    return damage


def other_tree(audit: Audit, signed_by: str = US) -> str:
    """A checkpoint of our size that is not of our tree."""
    log = HandmadeLog(audit.materials, US)
    log.add(*(draft(entity=f"{US}/{n}") for n in range(SIZE)))
    return log.checkpoint(SIZE, signed_by)


def receipt(note: Callable[[Audit], str], cosigned_by: str = PEER) -> Callable[[Audit], None]:
    """A receipt for that checkpoint in the peer's name."""

    def damage(audit: Audit) -> None:
        key = (audit.materials.folder / cosigned_by / "witness.key").read_bytes()
        witness = Witness(witness_name(PEER), DEFAULT.load_private_key(key))
        rendered = witness.cosign(parse(note(audit)), 1_780_000_000).render()
        run_sql(audit.data(), "UPDATE cosigned SET note = ?", rendered)

    return damage


def true_tree(audit: Audit) -> str:
    rows = run_sql(audit.data(), "SELECT checkpoint FROM log WHERE origin = ?", OURS)
    return str(rows[0][0])


def other_signature(audit: Audit) -> str:
    """Our checkpoint with a signature that is not over it."""
    text, _ = true_tree(audit).split("\n\n")
    return f"{text}\n\n{other_tree(audit).split(chr(10) * 2)[1]}"


def without_cosignature(audit: Audit) -> str:
    rows = run_sql(audit.data(), "SELECT checkpoint FROM log WHERE origin = ?", THEIRS)
    text, signatures = str(rows[0][0]).split("\n\n")
    return f"{text}\n\n" + "".join(
        f"{line}\n" for line in signatures.splitlines() if "witness" not in line
    )


def cut_back(audit: Audit) -> None:
    """The newest entry is gone, and with it everything that tells of it, as in an older copy."""
    store = SqliteStore(audit.data() / "gateway.db", US)
    root = store.tree(OURS).root(SIZE - 1)
    store.close()
    key = DEFAULT.load_private_key((audit.materials.folder / US / "log.key").read_bytes())
    note = LogSigner(OURS, key).sign(Checkpoint(OURS, SIZE - 1, root)).render()
    run_sql(audit.data(), f"DELETE FROM entry WHERE {at(audit, US, OURS, SIZE - 1)}")
    statement = "UPDATE log SET whole = whole - 1, checkpoint = ? WHERE origin = ?"
    run_sql(audit.data(), statement, note, OURS)


TRUCK = SIZE - 1
DAMAGE: dict[str, tuple[Callable[[Audit], None], list[str]]] = {
    "flipped leaf": (flip_entry("leaf"), [f"{OURS}: entry 5: the leaf does not have its hash"]),
    "flipped leaf of a peer": (
        flip_entry("leaf", THEIRS, 1),
        [f"{THEIRS}: entry 1: the leaf does not have its hash"],
    ),
    "flipped hash": (
        flip_entry("hash"),
        [
            f"{OURS}: entry 5: the leaf does not have its hash",
            f"{OURS}: node 0 of level 8 does not belong to its leaves",
            f"{OURS}: the checkpoint of size {SIZE} is not that of the {SIZE} entries stored",
        ],
    ),
    "missing leaf": (
        sql("UPDATE entry SET leaf = NULL WHERE {at}"),
        [f"{OURS}: entry 5: its leaf is missing"],
    ),
    "missing entry": (
        sql("DELETE FROM entry WHERE {at}"),
        [f"{OURS}: entries [0, {SIZE}) are not all there"],
    ),
    "missing last entry": (
        sql("DELETE FROM entry WHERE {at}", index=SIZE - 1),
        [f"{OURS}: entries [0, {SIZE}) are not all there"],
    ),
    "wrong node": (
        lambda audit: flip(audit.data(), "node", "hash", "level = 8 AND idx = 0"),
        [f"{OURS}: node 0 of level 8 does not belong to its leaves"],
    ),
    "missing node": (
        sql("DELETE FROM node"),
        [f"{OURS}: node 0 of level 8 does not belong to its leaves"],
    ),
    "missing disclosure": (
        sql("DELETE FROM disclosure WHERE offset = {offset}"),
        [f"{OURS}: entry 5: disclosures ['personal.contact'] are missing"],
    ),
    "one of two disclosures": (
        sql(
            "DELETE FROM disclosure WHERE offset = {offset} AND grp = 'personal.driver'",
            OURS,
            TRUCK,
        ),
        [f"{OURS}: entry {TRUCK}: disclosures ['personal.driver'] are missing"],
    ),
    "changed disclosure": (
        lambda audit: flip(
            audit.data(), "disclosure", "data", f"offset = {offset(audit, US, OURS, 5)}"
        ),
        [f"{OURS}: entry 5: the disclosure of group 'personal.contact' is not the one"],
    ),
    "wrong disposition": (
        sql("UPDATE entry SET disposition = 2 WHERE {at}"),
        [f"{OURS}: dispositions [{SIZE - 1}, 1, 0, 0] are not [{SIZE}, 0, 0, 0]"],
    ),
    "no checkpoint": (set_checkpoint(OURS, lambda _: ""), [f"{OURS}: no checkpoint"]),
    "checkpoint that is none": (
        set_checkpoint(OURS, lambda _: "x"),
        [f"{OURS}: checkpoint: not a signed note"],
    ),
    "foreign checkpoint": (
        set_checkpoint(OURS, lambda audit: other_tree(audit, signed_by=PEER)),
        [f"{OURS}: checkpoint: no signature by {OURS}"],
    ),
    "checkpoint of another tree": (
        set_checkpoint(OURS, other_tree),
        [f"{OURS}: the checkpoint of size {SIZE} is not that of the {SIZE} entries stored"],
    ),
    "peer's checkpoint that we did not cosign": (
        set_checkpoint(THEIRS, without_cosignature),
        [f"{THEIRS}: checkpoint: no signature by {OURS}/witness"],
    ),
    "receipt for another tree": (
        receipt(other_tree),
        [f"{OURS}: receipt of {THEIRS}/witness is for another tree"],
    ),
    "older copy of the store": (cut_back, [f"{OURS}: receipt of {THEIRS}/witness: "]),
    "receipt by another": (
        receipt(true_tree, cosigned_by="330000"),
        [f"{OURS}: receipt of {THEIRS}/witness: no signature by {THEIRS}/witness"],
    ),
    "receipt without the log's signature": (
        receipt(other_signature),
        [f"{OURS}: receipt of {THEIRS}/witness: bad signature by {OURS}"],
    ),
    "receipt filed under another size": (
        sql("UPDATE cosigned SET size = size - 1"),
        [f"{OURS}: receipt of {THEIRS}/witness is for {SIZE} entries, stored is {SIZE - 1}"],
    ),
    "no name": (
        sql("DELETE FROM naming WHERE offset = {offset}"),
        [f"{OURS}: entry 5: can't be found by its message_id"],
    ),
    "a name too many": (
        sql("INSERT INTO naming VALUES (zeroblob(16), {log}, {offset})"),
        ["naming: 1 rows more than the entries have"],
    ),
    "older revision of an entity": (
        sql(f"UPDATE entity SET revision = 0 WHERE entity_id = '{US}/5'"),
        [f"{OURS}: entry 5: entity {US}/5: revision 1 stands at 0"],
    ),
    "newer revision of an entity": (
        sql(f"UPDATE entity SET revision = 2 WHERE entity_id = '{US}/5'"),
        ["entity: 1 rows more than the entries have"],
    ),
    "impossible state of an entity": (
        sql(f"UPDATE entity SET state = 'closed' WHERE entity_id = '{US}/5'"),
        [f"{OURS}: entry 5: entity {US}/5: state 'closed' does not follow"],
    ),
    "another type": (
        sql(
            f"UPDATE entry SET type = (SELECT type FROM entry WHERE idx = {SIZE - 1}) WHERE {{at}}"
        ),
        [f"{OURS}: entry 5: its type is yrd.incident.v1.IncidentReport, stored is"],
    ),
    "another time": (
        sql("UPDATE entry SET received = received + 1 WHERE {at}"),
        [f"{OURS}: entry 5: its received time is not the one at which it was sealed"],
    ),
    "another digest": (
        lambda audit: flip(audit.data(), "entry", "digest", at(audit, US, OURS, TRUCK)),
        [f"{OURS}: entry {TRUCK}: the digest is not that of its draft"],
    ),
    "disclosure of nothing": (
        sql("INSERT INTO disclosure (id, grp, data) VALUES (99999 * 64, 'personal.x', x'01')"),
        ["disclosure: 1 rows more than the entries have, for example [99999]"],
    ),
    "disclosure destroyed without a word": (
        sql("UPDATE disclosure SET data = zeroblob(length(data)) WHERE offset = {offset}"),
        [
            f"{OURS}: entry 5: the disclosure of group 'personal.contact' is zeros, and no erasure",
            f"{OURS}: entry 5: disclosures ['personal.contact'] are missing",
        ],
    ),
    "erasure that did not happen": (
        sql("INSERT INTO erased VALUES ({offset}, 'personal.contact', 1, zeroblob(16))"),
        [
            f"{OURS}: entry 5: the disclosure of group 'personal.contact' is here, though it is noted"
        ],
    ),
    "objection to nothing": (
        sql("INSERT INTO about VALUES (zeroblob(16), {offset})"),
        ["about: 1 rows more than the entries have"],
    ),
    "urgent that is not": (
        sql("INSERT INTO urgent VALUES ({log}, 1, 5)"),
        ["urgent: 1 rows more than the entries have"],
    ),
    "node too many": (
        sql("INSERT INTO node VALUES ({log}, 8, 1, zeroblob(32))"),
        [f"node: 2 of level 8 for {OURS}, where 1 are due"],
    ),
    "offset with a gap": (
        sql("UPDATE entry SET offset = 99999 WHERE {at}"),
        ["entry: "],
    ),
    "duty to do nothing": (
        sql("INSERT INTO duty VALUES ({offset})"),
        ["duty: the entry at "],
    ),
    "provision of what is not there": (
        sql(f"UPDATE provision SET stop = {SIZE + 1} WHERE peer = '{PEER}'"),
        [f"provision to {PEER} from 0: ends at {SIZE + 1}, of {SIZE} entries"],
    ),
    "cursor beyond the end": (
        sql("INSERT INTO cursor VALUES ('console', 'desk', 99999)"),
        ["cursor 'desk' of 'console': stands at 99999"],
    ),
    "alarm of no kind": (
        sql(
            "INSERT INTO evidence (log, time, kind, detail, data) VALUES ('yrd/1', 1, 'x', '', x'')"
        ),
        ["evidence 1: 'x' of 'yrd/1' is no kind of evidence"],
    ),
    "receipt that is none": (
        sql("UPDATE cosigned SET note = 'x'"),
        [f"{OURS}: receipt of {THEIRS}/witness: not a signed note"],
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_and_placed(audit: Audit, name: str) -> None:
    damage, expected = DAMAGE[name]
    damage(audit)
    report = audit.report()
    assert not report.ok
    for words in expected:
        assert any(problem.startswith(words) for problem in report.problems), report.problems


@pytest.mark.parametrize("log", [OURS, THEIRS])
def test_only_the_damaged_log_is_called_so(audit: Audit, log: str) -> None:
    flip_entry("leaf", log, 1)(audit)
    report = audit.report()
    assert len(report.problems) == 1
    assert {found.log for found in report.logs if found.verdict == "DAMAGED"} == {log}
    assert {found.log for found in report.logs} == {OURS, THEIRS}


def test_every_place_is_named(audit: Audit) -> None:
    for index in (0, 100, TRUCK):
        flip_entry("leaf", OURS, index)(audit)
    assert [problem.split(": the leaf")[0] for problem in audit.problems()] == [
        f"{OURS}: entry {index}" for index in (0, 100, TRUCK)
    ]


def test_a_file_that_is_no_store_is_a_problem_too(audit: Audit) -> None:
    (audit.data() / "gateway.db").write_bytes(b"not a database, but longer than a header" * 99)
    (problem,) = audit.problems()
    assert problem.startswith("store: ")


def test_the_log_of_a_former_peer_is_a_problem_and_no_crash(audit: Audit) -> None:
    """Jiangsu's entry was taken out of the configuration; what it sent is still there."""
    without = audit.configs[US].model_copy(update={"peers": ()})
    report = verify_store(without, lambda *_: None)
    assert [problem for problem in report.problems if THEIRS in problem]
    assert {log.log: log.verdict for log in report.logs}[OURS] == "good"


def test_an_own_log_that_was_recovered_in_part_is_whole(audit: Audit) -> None:
    """Of one entry no peer held more than the hash, of another no peer held the contact."""
    lost, part = offset(audit, US, OURS, 5), offset(audit, US, OURS, 6)
    for statement in (
        f"UPDATE entry SET leaf = NULL, type = 0, disposition = 3, digest = NULL WHERE offset = {lost}",
        f"DELETE FROM naming WHERE offset = {lost}",
        f"DELETE FROM disclosure WHERE offset IN ({lost}, {part})",
        f"DELETE FROM entity WHERE entity_id = '{US}/5'",
        f"INSERT INTO erased VALUES ({part}, 'personal.contact', 1, x'')",
        f"INSERT INTO erased VALUES ({lost}, '', 1, x'')",
        f"UPDATE entry SET disposition = 2, digest = x'' WHERE offset = {part}",
        f"UPDATE entity SET state = '' WHERE entity_id = '{US}/6'",
        "UPDATE log SET whole = whole - 2, redacted = redacted + 1, withheld = withheld + 1 "
        f"WHERE origin = '{OURS}'",
    ):
        run_sql(audit.data(), statement)
    report = audit.report()
    assert report.problems == []
    assert report.lost == [Lost(5, 6), Lost(6, 7, ("personal.contact",))]
    assert (report.lost_entries, report.lost_in_part) == (1, 1)
    run_sql(audit.data(), f"DELETE FROM erased WHERE offset = {lost}")
    (problem,) = audit.problems()
    assert problem == (
        f"{OURS}: entry 5: its leaf is missing, and no recovery has noted that it was lost"
    )
