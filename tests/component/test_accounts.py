"""Accounts of gateways that have exchanged messages agree; what was changed in a store is named."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.audit.account import account, rendered
from gateway.config import GatewayConfig
from integration.accounts.account import read
from integration.accounts.reconcile import Direction, reconcile
from integration.evidence.verify import trusted_keys
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.damage import flip, run_sql
from tests.support.delta import delta
from tests.support.materials import Materials

US, NEIGHBOUR, FAR = "310000", "320000", "340000"
COUNT = 20
TRUCK, LAST = COUNT, COUNT + 1


@dataclass(frozen=True)
class Stores:
    """Copies of the stores of gateways, ready to be damaged."""

    materials: Materials
    configs: dict[str, GatewayConfig]
    folder: Path

    def data(self, participant: str) -> Path:
        return self.configs[participant].data_dir

    def compared(self, one: str, other: str) -> list[Direction]:
        for own, peer in ((one, other), (other, one)):
            lines = account(self.configs[own], peer, datetime.now(UTC), lambda *_: None)
            (self.folder / own).write_text("".join(map(rendered, lines)), encoding="utf-8")
        keys = trusted_keys((), self.materials.folder)
        return reconcile(read(self.folder / one), read(self.folder / other), keys)


@pytest.fixture(scope="module")
def original(
    materials: Materials, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, GatewayConfig]:
    """Shanghai published incidents and a waybill, which goes to Jiangsu and not to Anhui."""
    drafts = [draft(entity=f"{US}/{n}") for n in range(COUNT)]
    drafts += [draft(waybill_body(), "waybill", entity=f"{US}/truck"), draft(entity=f"{US}/last")]
    with delta(materials, tmp_path_factory.mktemp("accounts"), (US, NEIGHBOUR, FAR)) as made:
        made.client(US).publish(drafts)
        made.client(FAR).publish([draft(entity=f"{FAR}/1")])
        made.wait_level(US, NEIGHBOUR, FAR)
        made.wait_level(FAR, US, NEIGHBOUR)
        return made.configs


@pytest.fixture
def stores(original: dict[str, GatewayConfig], materials: Materials, tmp_path: Path) -> Stores:
    configs = {}
    for participant, config in original.items():
        data = shutil.copytree(config.data_dir, tmp_path / "data" / participant)
        configs[participant] = config.model_copy(update={"data_dir": data})
    return Stores(materials, configs, tmp_path)


def test_what_was_exchanged_agrees_in_both_directions(stores: Stores) -> None:
    for peer in (NEIGHBOUR, FAR):
        out, back = stores.compared(US, peer)
        assert (out.differences, back.differences) == ([], [])
        assert (out.sent, out.held, out.receipt, out.in_flight) == (out.sent, out.sent, out.sent, 0)
        assert back.log == f"yrd/{peer}"


def test_an_account_says_form_and_clauses_and_nothing_of_the_content(stores: Stores) -> None:
    stores.compared(US, FAR)
    text = (stores.folder / US).read_text(encoding="utf-8")
    assert '"form":"withheld","hashes"' in text
    assert '"absent":["personal.contact"],"clauses":["emergency-information/incidents"]' in text
    assert "张三" not in text
    assert "55512345" not in text


def differences(directions: list[Direction]) -> list[tuple[str, int, int]]:
    return [(d.kind, d.start, d.stop) for one in directions for d in one.differences]


def entry_at(stores: Stores, participant: str, behind_last: int) -> str:
    """The entry of Shanghai's log so far from its end, wherever activations stand before it."""
    data = stores.data(participant)
    query = "SELECT e.log, max(e.idx) FROM entry e JOIN log l ON l.id = e.log WHERE l.origin = ?"
    ((log, last),) = run_sql(data, query, f"yrd/{US}")
    return f"log = {log} AND idx = {last - behind_last}"


def index(where: str) -> int:
    return int(where.rpartition(" ")[2])


def test_one_flipped_byte_is_named(stores: Stores) -> None:
    where = entry_at(stores, NEIGHBOUR, 5)
    flip(stores.data(NEIGHBOUR), "entry", "leaf", where)
    found = differences(stores.compared(US, NEIGHBOUR))
    assert ("hash", index(where), index(where) + 1) in found
    assert {kind for kind, _, _ in found} == {"hash", "root", "checkpoint"}


def test_a_flipped_byte_of_a_hash_without_leaf_is_named(stores: Stores) -> None:
    where = entry_at(stores, FAR, 1)
    flip(stores.data(FAR), "entry", "hash", where)
    assert ("hash", index(where), index(where) + 1) in differences(stores.compared(US, FAR))


def test_a_lost_entry_is_named(stores: Stores) -> None:
    where = entry_at(stores, NEIGHBOUR, 5)
    run_sql(stores.data(NEIGHBOUR), f"DELETE FROM entry WHERE {where}")
    assert differences(stores.compared(US, NEIGHBOUR)) == [
        ("missing", index(where), index(where) + 1)
    ]


def test_what_should_not_be_held_is_named(stores: Stores) -> None:
    """Anhui came by the leaf of a waybill that no agreement gives it."""
    ours, theirs = entry_at(stores, US, 1), entry_at(stores, FAR, 1)
    ((leaf,),) = run_sql(stores.data(US), f"SELECT leaf FROM entry WHERE {ours}")
    statement = f"UPDATE entry SET leaf = ?, disposition = 2 WHERE {theirs}"
    run_sql(stores.data(FAR), statement, leaf)
    assert differences(stores.compared(US, FAR)) == [
        ("withheld_held", index(theirs), index(theirs) + 1)
    ]


def test_what_was_given_and_is_not_held_is_named(stores: Stores) -> None:
    where = entry_at(stores, NEIGHBOUR, 1)
    data = stores.data(NEIGHBOUR)
    run_sql(data, f"UPDATE entry SET leaf = NULL, type = 0, disposition = 3 WHERE {where}")
    assert differences(stores.compared(US, NEIGHBOUR)) == [
        ("given_withheld", index(where), index(where) + 1)
    ]


def test_a_receipt_by_another_is_named(stores: Stores) -> None:
    data = stores.data(US)
    rows = dict(run_sql(data, "SELECT cosigner, note FROM cosigned"))
    changed = rows[f"yrd/{FAR}/witness"]
    statement = "UPDATE cosigned SET note = ? WHERE cosigner = ?"
    run_sql(data, statement, changed, f"yrd/{NEIGHBOUR}/witness")
    out, _ = stores.compared(US, NEIGHBOUR)
    assert [(d.kind, d.detail) for d in out.differences] == [
        ("receipt_bad", f"has no good signature by yrd/{NEIGHBOUR}/witness")
    ]
