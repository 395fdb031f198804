"""Parts of the HTTP door that need no gateway: errors, tokens, settings, the stream's pace."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from jsonschema import Draft202012Validator

from client import ExchangeError, describe
from gateway.errors import GatewayError, to_status
from gateway.settings_file import ConfigError
from integration.http import bodies, openapi
from integration.http.config import load
from integration.http.events import EventStream, event
from integration.http.problems import STATUSES, Refused, problem
from integration.http.token_file import TokenFileError, add, read, revoke
from integration.http.tokens import Token, known, parted
from tests.support.builders import draft, message
from tests.support.materials import Materials
from yrd.exchange.v1.errors_pb2 import ErrorReason
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import SubscribeResponse

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DOCUMENT: dict[str, Any] = openapi.described()


def schema(name: str) -> Draft202012Validator:
    """A schema of the document, with all that it refers to."""
    return Draft202012Validator(DOCUMENT | {"$ref": f"#/components/schemas/{name}"})


POINT = '{"latitude":30.3,"longitude":121.4}'


@pytest.mark.parametrize(
    "inside",
    [
        "{}," * 40_000 + "{}",
        "[]," * 40_000 + "[]",
        "0," * 60_000 + "0",
        '"x",' * 60_000 + '"x"',
    ],
    ids=["objects", "arrays", "numbers", "texts"],
)
def test_a_body_of_nothing_is_refused_before_it_is_read(
    inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "values_in", lambda *_: pytest.fail("it was read"))
    with pytest.raises(Refused, match=r"in \d+ bytes, at most \d+: send drafts only"):
        bodies.drafts_in(f"[{inside}]".encode())


def test_the_densest_body_of_drafts_is_read() -> None:
    ring = ",".join([POINT] * 20_000)
    body = f'{{"earlyWarning":{{"area":{{"polygon":{{"ring":[{ring}]}}}}}}}}'
    (item,) = bodies.drafts_in(body.encode()).items
    assert isinstance(item, Draft)
    assert len(item.early_warning.area.polygon.ring) == 20_000


@pytest.mark.parametrize("kind", GatewayError.__subclasses__(), ids=lambda k: k.__name__)
def test_every_error_of_the_gateway_is_a_problem_with_its_reason(kind: type[GatewayError]) -> None:
    raised = kind("words", fields=[("a.b", "rule", "do this")], about="it")
    found = problem(describe(to_status(raised)))
    reason = ErrorReason.Name(kind.reason).removeprefix("ERROR_REASON_")
    assert found["reason"] == reason
    assert found["detail"] == "words"
    assert found["errors"] == [{"field": "a.b", "rule": "rule", "remedy": "do this"}]
    assert found["metadata"] == {"about": "it"}
    assert found["title"] == kind.__doc__
    assert 400 <= found["status"] < 600
    assert ("retryAfterSeconds" in found) == (kind.retry_seconds is not None)
    schema("Problem").validate(found)


def test_the_table_knows_every_status_that_the_gateway_uses() -> None:
    used = {describe(to_status(kind(""))).code for kind in GatewayError.__subclasses__()}
    assert used <= set(STATUSES)


def test_what_grpc_says_of_addresses_is_not_told() -> None:
    found = problem(ExchangeError("UNAVAILABLE", "failed to connect to ipv4:10.0.0.1:7310"))
    assert (found["status"], found["reason"]) == (503, "UNAVAILABLE")
    assert "10.0.0.1" not in json.dumps(found)


def test_one_definition_says_the_same_to_senders_and_readers() -> None:
    drafts, messages = openapi.definitions(openapi.DRAFT), openapi.definitions(openapi.MESSAGE)
    both = drafts.keys() & messages.keys()
    assert [name for name in both if drafts[name] != messages[name]] == []


def test_the_description_takes_a_draft_and_refuses_what_is_none() -> None:
    made = MessageToDict(draft())
    schema(openapi.DRAFT).validate(made)
    del made["header"]["occurredTime"]
    assert not schema(openapi.DRAFT).is_valid(made)


def test_a_token_is_known_by_its_whole_text_until_it_is_over(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    text = add(file, "dispatch", ["publisher"], NOW, timedelta(days=1), "")
    (kept,) = read(file)
    held = {kept.id: kept}
    assert known(text, held, NOW) == kept
    assert known(text, held, NOW + timedelta(days=1)) is None
    assert known(text, {}, NOW) is None
    other = add(file, "dispatch", ["publisher"], NOW, timedelta(days=1), "")
    assert known(text[:17] + other[17:], held, NOW) is None
    assert all(known(text[:n], held, NOW) is None for n in range(len(text)))
    assert file.stat().st_mode & 0o777 == 0o600
    assert text.split("_", 2)[2] not in file.read_text()
    assert revoke(file, kept.id) and not revoke(file, kept.id)
    assert [token.id for token in read(file)] == [(parted(other) or ("",))[0]]


@pytest.mark.parametrize("content", ["", "{}", "[{}]", '[{"id": "x"}]', "\xff"])
def test_a_damaged_file_of_tokens_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(TokenFileError, match=r"tokens\.json"):
        read(file)


def test_a_token_without_a_scope_is_none() -> None:
    with pytest.raises(ValueError, match="scopes"):
        Token(id="0" * 12, sha256="0" * 64, system="x", scopes=frozenset(), expire_time=NOW)


def settings(folder: Path, materials: Materials, **changes: Any) -> Path:
    ca, certificate, key = materials.system("310000", "console")
    told = {
        "participant": "310000",
        "listen": "127.0.0.1:8080",
        "gateway": {"address": "127.0.0.1:7310", "ca": str(ca)},
        "systems": {"console": {"certificate": str(certificate), "key": str(key)}},
        "tokens": "tokens.json",
    }
    file = folder / "http.yaml"
    file.write_text(json.dumps({k: v for k, v in (told | changes).items() if v is not None}))
    return file


def test_paths_start_at_the_folder_of_the_file(tmp_path: Path, materials: Materials) -> None:
    assert load(settings(tmp_path, materials)).tokens == tmp_path / "tokens.json"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"listen": "0.0.0.0:8080"}, "in the clear"),
        ({"listen": "door.example:8080"}, "in the clear"),
        ({"tokens": None}, "nobody could call"),
        ({"participant": "320000"}, "speaks for 310000/console"),
        ({"systems": {}}, "systems"),
        ({"token": "x"}, "did you mean 'tokens'"),
        ({"limits": {"body_bytes": 1}}, "limits.body_bytes"),
    ],
    ids=str,
)
def test_settings_that_would_do_harm_are_refused(
    tmp_path: Path, materials: Materials, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        load(settings(tmp_path, materials, **changes))


def test_a_door_never_speaks_as_a_gateway(tmp_path: Path, materials: Materials) -> None:
    _, certificate, key = materials.system("310000", "gateway")
    systems = {"gateway": {"certificate": str(certificate), "key": str(key)}}
    with pytest.raises(ConfigError, match="stays with the gateway"):
        load(settings(tmp_path, materials, systems=systems))


def test_an_event_is_one_line_of_data() -> None:
    assert event("message", '{"a": 1}', 7) == b'id: 7\nevent: message\ndata: {"a": 1}\n\n'


async def test_a_batch_is_read_only_once_the_one_before_was_taken() -> None:
    read, sent, taken = 0, 0, asyncio.Semaphore(0)

    async def batches() -> AsyncIterator[SubscribeResponse]:
        nonlocal read
        for n in range(2, 50):
            read += 1
            told = message("310000", n, draft())
            told.receipt.offset = n
            yield SubscribeResponse(messages=[told], offset=n)

    async def send(_: Any) -> None:
        nonlocal sent
        await taken.acquire()
        sent += 1

    async def receive() -> Any:
        await asyncio.Event().wait()

    first = SubscribeResponse(offset=1, caught_up=True)
    stream = EventStream(first, batches(), 60, asyncio.Event(), lambda: None)
    running = asyncio.create_task(stream({}, receive, send))
    for step in range(20):
        taken.release()
        for _ in range(20):
            await asyncio.sleep(0)
        assert sent == step + 1
        assert read <= sent
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_tokens_made_and_taken_out_at_once_are_all_there_or_gone(tmp_path: Path) -> None:
    """Of two changes at once none undoes the other: a token that was taken out never comes back."""
    file = tmp_path / "tokens.json"
    first = [_made(file) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(_made, file) for _ in range(12)]
        gone = [pool.submit(revoke, file, id_) for id_ in first]
        assert all(done.result() for done in gone)
        assert {token.id for token in read(file)} <= {done.result() for done in made}
    assert {token.id for token in read(file)} == {done.result() for done in made}


def _made(file: Path) -> str:
    found = parted(add(file, "console", ("publisher",), NOW, timedelta(days=1), ""))
    assert found is not None
    return found[0]
