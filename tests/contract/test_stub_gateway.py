"""The stub gateway refuses what the contract says, in the words of the same tables as ours."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml

from client import ExchangeClient, connect
from gateway import errors
from integration import certs
from integration.kit.client.reference.identity import Caller
from integration.kit.model import Status
from integration.kit.prepare import Plan, prepare
from integration.kit.running import all_groups, bench_for, run_cases, selected
from integration.kit.setup import load
from tests.contract.test_calls import CALLS, BadCall
from tests.contract.test_drafts import DRAFTS, neighbour
from tests.contract.test_identity import NAMELESS
from tests.support.bad_drafts import BadDraft
from tests.support.builders import draft
from tests.support.calls import get, publish
from tests.support.certificates import issue_with_uris
from tests.support.materials import Materials
from tests.support.promises import require_fields, require_promised
from tests.support.scene import KEPT, Stubs, health, stubs
from tests.support.stub_gateway import Allowed, Exchange, Settings, stub_gateway
from tests.support.told import refusal, refused
from yrd.exchange.v1 import service_pb2 as pb

ROOT = Path(__file__).parents[2]
SYSTEMS = {
    "console": Allowed(),
    "reader": Allowed(roles=frozenset({"subscriber"})),
    "resources": Allowed(roles=frozenset({"publisher"}), types=("yrd.resource.",)),
}
NOT_OF_THE_EXCHANGE = (
    "replic",
    "state",
    "GetStatus",
    "Replicate",
    "another log",
    "peer",
    "receipt",
)


def of_the_exchange(bad: BadCall) -> bool:
    return not any(word in bad.name for word in NOT_OF_THE_EXCHANGE)


@dataclass(frozen=True)
class StubScene:
    """What the tables' calls want of a scene."""

    address: str
    materials: Materials

    def channel(self, participant: str = "310000", system: str = "console") -> grpc.Channel:
        return connect(self.address, *self.materials.system(participant, system))

    def stubs(self, participant: str = "310000", system: str = "console") -> Stubs:
        return stubs(self.channel(participant, system))

    def client_of(self, system: str) -> ExchangeClient:
        return ExchangeClient(self.channel(system=system))


@pytest.fixture
def scene(materials: Materials) -> Iterator[Any]:
    with stub_gateway(materials.folder / "310000", Settings("310000", SYSTEMS)) as address:
        made = StubScene(address, materials)
        drafts = [draft(entity=f"310000/{kept}", messageId=kept) for kept in KEPT]
        made.client_of("console").publish(drafts)
        yield made


@pytest.mark.parametrize("bad", [*filter(of_the_exchange, CALLS)], ids=lambda bad: bad.name)
def test_a_bad_call_is_refused_alike(scene: Any, bad: BadCall) -> None:
    found = refused(lambda: bad.call(scene))
    require_promised(found, bad.error, bad.metadata)
    require_fields(found, bad.fields)


@pytest.mark.parametrize("bad", DRAFTS, ids=lambda bad: bad.name)
def test_a_bad_draft_is_refused_alike(scene: Any, bad: BadDraft) -> None:
    made = bad.make(scene.client_of("console"))
    first, answer, last = scene.client_of(bad.system).publish([neighbour(), made, neighbour()])
    found = refusal(answer)
    require_promised(found, bad.error, bad.metadata)
    require_fields(found, bad.fields)
    assert last.accepted.sequence == first.accepted.sequence + 1


@pytest.mark.parametrize("name", NAMELESS)
def test_a_certificate_that_names_no_participant_is_told_so(scene: Any, name: str) -> None:
    folder = scene.materials.folder
    issue_with_uris(certs.load_authority(folder), folder / "310000", name, NAMELESS[name])
    require_promised(refused(lambda: get(system=name)(scene)), errors.IdentityUnknown)


def test_too_much_too_fast_is_told_when_to_come_back(materials: Materials) -> None:
    settings = Settings("310000", messages_per_second=0.01)
    with stub_gateway(materials.folder / "310000", settings) as address:
        scene: Any = StubScene(address, materials)
        assert scene.client_of("console").publish([draft()])[0].HasField("accepted")
        found = refused(lambda: publish()(scene))
        require_promised(found, errors.QuotaExceeded, {"quota": "messages_per_second"})
        assert found.retry_seconds is not None
        assert 1 < found.retry_seconds <= 200
        assert scene.client_of("dispatch").publish([neighbour()])[0].HasField("accepted")


def test_readers_go_on_where_they_acknowledged(scene: Any) -> None:
    client = scene.client_of("console")
    with client.subscribe(cursor="c", max_batch=1, until_caught_up=True) as reading:
        assert [m.header.message_id for batch in reading for m in batch.messages] == list(KEPT)
        reading.acknowledge(1)
    with client.subscribe(cursor="c", until_caught_up=True) as reading:
        assert [m.header.message_id for batch in reading for m in batch.messages] == [KEPT[1]]


def test_a_waiting_reader_gets_what_is_published(scene: Any) -> None:
    client, made = scene.client_of("console"), neighbour()
    with client.subscribe(after_offset=2) as reading:
        batches = iter(reading)
        assert next(batches).caught_up
        client.publish([made])
        assert [m.header.message_id for m in next(batches).messages] == [made.header.message_id]


def test_pages_hold_everything_once(scene: Any) -> None:
    client = scene.client_of("console")
    client.publish([neighbour() for _ in range(4)])
    wanted = pb.Filter(types=["yrd.resource.v1.ResourceStatus"])
    assert [m.receipt.offset for m in client.messages(wanted, page_size=2)] == [3, 4, 5, 6]
    assert [m.receipt.offset for m in client.messages(page_size=4)] == [1, 2, 3, 4, 5, 6]


def test_it_serves_health(scene: Any) -> None:
    assert health(scene.channel()) == "SERVING"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the kit prepares for a gateway under test."""
    made: Path = tmp_path_factory.mktemp("kit") / "kit"
    prepare(made, Plan())
    return made


def as_configured(folder: Path) -> Settings:
    """The stub's settings from the configuration that the kit hands out."""
    content = yaml.safe_load((folder / "gateway.yaml").read_text(encoding="utf-8"))
    systems = {
        one["system"]: Allowed(
            frozenset(one["roles"]), tuple(t.rstrip("*") for t in one.get("types", ["yrd."]))
        )
        for one in content["clients"]
    }
    rate = content["limits"]["messages_per_second"]
    return Settings(content["participant"], systems, messages_per_second=rate)


def failed(folder: Path, address: str, only: Sequence[str] = ()) -> dict[str, str]:
    """Cases of the kit's basic profile that did not pass, and what came instead.

    Only samples may be left out: those that are for another participant to publish.
    """
    cases = selected(all_groups(), "basic", only)
    with bench_for(address, load(folder)) as bench:
        outcomes = run_cases(bench, cases)
    found = [outcome for outcome in outcomes if outcome.status is not Status.PASSED]
    return {
        outcome.case.full_name: outcome.came
        for outcome in found
        if outcome.status is Status.FAILED or outcome.case.group != "samples"
    }


def test_the_kits_basic_profile_passes_on_it(folder: Path) -> None:
    with stub_gateway(folder, as_configured(folder)) as address:
        assert failed(folder, address) == {}


class Forgetful(Exchange):
    """Forgets each message_id as soon as it is accepted."""

    def publish(self, caller: Caller, drafts: Sequence[bytes]) -> list[pb.PublishResult]:
        self._accepted.clear()
        return super().publish(caller, drafts)


def test_the_kit_finds_a_fault_in_it(folder: Path) -> None:
    with stub_gateway(folder, as_configured(folder), Forgetful) as address:
        found = failed(folder, address, ["repeats"])
    assert "REVISION_STALE" in found["repeats/same-answer"]


def test_no_code_of_our_gateway_is_in_it() -> None:
    program = (
        "import sys, tests.support.stub_gateway;"
        "print([name for name in sys.modules if name.split('.')[0] == 'gateway'])"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    assert told.stdout.decode().strip() == "[]"
