"""Nothing personal is in any log: what is published and what is refused, over every door, what follows."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from google.protobuf.json_format import MessageToDict

from client import ExchangeError
from integration.logs import JsonLines
from schemas import message_ids
from tests.support import door as doors
from tests.support.bodies import CONTACT, DRIVER, waybill_body
from tests.support.builders import draft
from tests.support.duty_room import page_config, served
from tests.support.feeds import Feed
from tests.support.living import Life
from tests.support.materials import Materials
from tests.support.scene import Scene
from tests.support.story import story
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

NARRATIVE = "赵六家住陆家嘴环路一号，电话13911112222"
PERSONAL = (
    CONTACT["personName"],
    CONTACT["phone"],
    *DRIVER.values(),
    "王五",
    "021-55500000",
    "沪A12345",
    "赵六",
    "13911112222",
)
"""Every value of the messages here that is of a person."""


@contextmanager
def logged() -> Iterator[StringIO]:
    """All that any part of this process logs, down to debug, in the form of the processes."""
    told, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(told), root.level
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield told
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def waybill(**changes: object) -> Draft:
    """With a driver and a consignor."""
    return draft(waybill_body(**changes), "waybill", entity="310000/truck")


def assert_silent(text: str) -> None:
    """Whether nothing of a person is in it; lines that are JSON, too, are read as such."""
    for line in text.splitlines():
        plain = json.dumps(json.loads(line), ensure_ascii=False) if line.startswith("{") else line
        for value in PERSONAL:
            assert value not in plain, plain


def test_nothing_personal_is_logged(scene: Scene, materials: Materials, tmp_path: Path) -> None:
    good = waybill()
    with logged() as told, doors.door(scene) as door:
        config = page_config(materials, scene.config.listen, "310000")
        with served(config) as page:
            scene.client.publish([good])
            scene.client.publish([waybill(waybillNumber=NARRATIVE * 40)])
            again = waybill(carrier={"name": NARRATIVE})
            again.header.message_id = good.header.message_id
            scene.client.publish([again])
            with pytest.raises(ExchangeError):
                scene.client.get(NARRATIVE)
            body = MessageToDict(waybill())
            body["header"]["messageId"] = message_ids.new(1)
            assert door.call("POST", "/v1/messages", body).status in (200, 409)
            body["waybill"]["driver"]["phone"] = {"number": DRIVER["phone"]}
            assert door.call("POST", "/v1/messages", body).status == 400
            text = f'{{"driver": "{DRIVER["name"]}, {NARRATIVE}'
            assert door.call("POST", "/v1/messages", text.encode()).status == 400
            assert door.call("GET", "/v1/messages/" + DRIVER["phone"]).status == 400
            with urlopen(f"{page.url}/events", timeout=60) as stream:
                stream.readline()
        access = scene.config.data_dir / "access"
        until(lambda: "Publish" in _all(access), "the access log", 60)
    life = Life(tmp_path, Feed([*story()]))
    with logged() as of_pipeline:
        life.run()
    assert "http_request" in told.getvalue()
    assert "batch_taken_in" in of_pipeline.getvalue()
    assert_silent(told.getvalue())
    assert_silent(of_pipeline.getvalue())
    assert_silent(_all(access))


def _all(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))
