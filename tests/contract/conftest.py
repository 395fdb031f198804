"""A gateway of Shanghai with two messages, one of them behind a reader's cursor."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import scene as scenes
from tests.support.builders import draft, incident_body
from tests.support.materials import Materials
from tests.support.scene import KEPT, Scene
from tests.support.standing import acknowledge
from yrd.exchange.v1.message_pb2 import Draft

CLIENTS = [
    {"system": "console", "roles": ["publisher", "subscriber", "administrator"]},
    {"system": "reader", "roles": ["subscriber"]},
    {"system": "resources", "roles": ["publisher"], "types": ["yrd.resource.*"]},
]


def kept(message_id: str) -> Draft:
    """Nobody died, and that is what the last byte of its entry says."""
    body = incident_body(reporter=None)
    return draft(body, entity=f"310000/{message_id}", messageId=message_id)


@pytest.fixture(scope="session")
def two_messages(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, made once and copied for each test."""
    folder: Path = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch, scenes.scene(materials, patch, folder) as made:
        made.client.publish([kept(message_id) for message_id in KEPT])
        acknowledge(made.client, 1)
    return folder / "data"


@pytest.fixture
def scene(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, two_messages: Path
) -> Iterator[Scene]:
    """The gateway; Jiangsu is its peer, and what a system may do depends on the system."""
    shutil.copytree(two_messages, tmp_path / "data")
    peer = materials.peer("320000", "127.0.0.1:9")
    with scenes.scene(materials, monkeypatch, tmp_path, clients=CLIENTS, peers=[peer]) as running:
        yield running
