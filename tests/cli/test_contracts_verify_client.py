"""`yrd contracts verify --client` as a person types it."""

import json
import threading
from pathlib import Path

from client import ExchangeClient, connect
from tests.support.commands import Ran, yrd
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.senders import Careful, drafts
from yrd.exchange.v1.message_pb2 import Draft

COMMAND = ("contracts", "verify", "--client")


def sent_to(materials: Materials, made: list[Draft], *options: object) -> Ran:
    """What the command says of a careful sender that begins before the gateway listens."""
    address = f"127.0.0.1:{free_port()}"
    client = ExchangeClient(connect(address, *materials.system("310000")))
    sender = threading.Thread(target=Careful(client).send, args=(made,), daemon=True)
    sender.start()
    folder = materials.folder / "310000"
    ran = yrd(*COMMAND, "--listen", address, "--certs", folder, "--script", "calm", *options)
    sender.join()
    return ran


def test_a_good_sender_passes(materials: Materials) -> None:
    ran = sent_to(materials, drafts(3), "--expect-messages", 3)
    assert ran.status == 0
    assert "通过 PASSED" in ran.out
    assert "reference gateway of 310000" in ran.err


def test_a_bad_one_is_told_as_json_and_as_junit(materials: Materials, tmp_path: Path) -> None:
    made, junit = drafts(2), tmp_path / "sender.xml"
    made[1].incident_report.title = ""
    ran = sent_to(materials, made, "--expect-messages", 2, "--json", "--junit", junit)
    assert ran.status == 1
    assert [found["rule"] for found in json.loads(ran.out)["findings"]] == [
        "client.contract_violated"
    ]
    assert "client.contract_violated" in junit.read_text(encoding="utf-8")


def test_nobody_in_time_does_not_pass(materials: Materials) -> None:
    assert sent_to(materials, [], "--seconds", 0.2).status == 1


def test_it_needs_certificates_and_a_script_that_exists(materials: Materials) -> None:
    assert yrd(*COMMAND).status == 2
    ran = yrd(*COMMAND, "--certs", materials.folder / "310000", "--script", "calmm")
    assert ran.status == 2
    assert "'calmm': no such script; use one of all, busy" in ran.err
