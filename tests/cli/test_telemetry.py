"""Commands with telemetry: metrics are read where the settings say, spans come to the collector."""

import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from integration.stack import PIPELINE, prepare
from tests.support.builders import draft
from tests.support.collector import collector
from tests.support.commands import yrd
from tests.support.running import free_port
from tests.support.waiting import until

TRACES = "TELEMETRY__TRACES__"


def read(address: str) -> str:
    """What Prometheus reads; nothing while nobody listens."""
    try:
        with urlopen(f"http://{address}/metrics", timeout=60) as answer:
            return str(answer.read().decode())
    except URLError:
        return ""


def test_a_stack_tells_what_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    with collector() as found:
        for prefix, address in zip(("YRD_", "YRD_PIPELINE_"), ports, strict=True):
            monkeypatch.setenv(f"{prefix}TELEMETRY__METRICS", address)
            monkeypatch.setenv(f"{prefix}{TRACES}ENDPOINT", found.url)
            monkeypatch.setenv(f"{prefix}{TRACES}RATIO", "1")
        stack = prepare(tmp_path / "stack")
        made = draft(entity="joint/flood")
        try:
            stack.start(["joint", PIPELINE])
            stack.members["joint"].client().publish([made])
            words = "yrd_pipeline_messages_total 1.0"
            until(lambda: words in read(ports[1]), "the pipeline took it in", 120)
            assert "yrd_gateway_active 1.0" in read(ports[0])
        finally:
            stack.stop()
        steps = {
            (span.process, span.name)
            for span in found.trace(made.header.message_id.replace("-", ""))
        }
    assert steps >= {("gateway joint", "accept"), ("pipeline joint", "take in")}


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = prepare(tmp_path / "stack")
    monkeypatch.setenv(f"YRD_{TRACES}ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "integration.observe.exporting", raising=False)
    for name in [name for name in sys.modules if name.startswith("opentelemetry.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("integration.logs.to_stderr", lambda: None)
    done = yrd("gateway", "serve", "--new", "--config", stack.members["joint"].config)
    assert done.status == 2
    assert "pip install 'yangtze-delta-exchange[telemetry]'" in done.err


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        (f"{TRACES}ENDPOINT", "127.0.0.1:4318", "telemetry.traces.endpoint: String should match"),
        (f"{TRACES}RATIO", "2", "telemetry.traces.ratio: Input should be less than"),
        ("TELEMETRY__METRICS", "9460", "telemetry.metrics: String should match"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = prepare(tmp_path / "stack")
    monkeypatch.setenv(f"YRD_{TRACES}ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setenv(f"YRD_{name}", value)
    done = yrd("config", "check", stack.members["joint"].config)
    assert done.status == 2
    assert word in done.err
