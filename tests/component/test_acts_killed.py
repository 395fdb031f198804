"""The page's process is killed while its gateway has taken an act and the answer is not there yet."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from client import ExchangeClient
from integration.page.config import PageConfig
from tests.support.builders import draft, incident_body
from tests.support.duty_room import SECONDS
from tests.support.materials import Materials
from tests.support.officers import PAGE_ROLES, Officer, acting_config
from tests.support.proxy import Proxy
from tests.support.running import client_of, free_port, running
from tests.support.waiting import until

PROGRAM = """
import sys
from integration.acts import opening
from tests.support.acting import Receipt
opening.ACTS = (Receipt(),)
from integration.cli.main import main
main()
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def process(config: PageConfig, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The page as a process of its own; killed when the block ends."""
    file = folder / "page.yaml"
    file.write_text(yaml.safe_dump(config.model_dump(mode="json", exclude_none=True)))
    path = os.pathsep.join([str(ROOT), str(ROOT / "proto"), os.environ.get("PYTHONPATH", "")])
    with (folder / "page.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "page", "--config", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def signed_in(config: PageConfig, folder: Path, about: str) -> Officer:
    """Somebody at a page that has begun, and knows the message."""
    officer = Officer(config, folder, "officer")

    def there() -> bool:
        try:
            officer.me()
            return officer.form("receipt", about)[0] == 200
        except OSError:
            return False

    until(there, "the page, see page.log", SECONDS)
    return officer


def sent(client: ExchangeClient) -> list[str]:
    """Ids of what was sent."""
    return [m.header.message_id for m in client.messages() if m.HasField("acknowledgement")]


def test_a_page_killed_in_the_middle_of_an_act_acts_once(
    materials: Materials, tmp_path: Path
) -> None:
    clients = [{"system": "console", "roles": PAGE_ROLES}]
    gateway = materials.config(
        "310000", free_port(), tmp_path / "data", check_processes=0, clients=clients
    )
    message = draft(incident_body())
    about = f"message:actual:{message.header.message_id}"
    with running(gateway):
        client = client_of(gateway, materials)
        client.publish([message])
        proxy = Proxy(gateway.listen)
        config = acting_config(materials, proxy.address, tmp_path, "310000")
        with process(config, tmp_path) as page:
            officer = signed_in(config, tmp_path, about)
            request = officer.filled("receipt", about, post="总值班室")
            proxy.fall_silent(forth=False)
            asking = threading.Thread(target=_unanswered, args=(officer, request))
            asking.start()
            first = until(lambda: sent(client), "the act", SECONDS)
            page.kill()
            asking.join()
        proxy.pass_on()
        with process(config, tmp_path):
            officer = signed_in(config, tmp_path, about)
            until(lambda: officer.act(request)[1]["state"] == "sent", "the answer", SECONDS)
            status, told = officer.act(request)
        proxy.close()
        assert (status, [m["message_id"] for m in told["messages"]]) == (200, first)
        assert sent(client) == first
        assert len(first) == 1


def _unanswered(officer: Officer, request: dict[str, object]) -> None:
    with pytest.raises(OSError):
        officer.act(request)
