"""Client mode from start to end."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from integration.kit.client.findings import findings
from integration.kit.client.front import Front, ListenError
from integration.kit.client.recorder import Recorder
from integration.kit.client.reference.exchange import Exchange
from integration.kit.client.reference.handlers import Handlers
from integration.kit.client.reference.identity import Settings, caller_of
from integration.kit.client.reference.refusals import Refusal
from integration.kit.client.reference.server import CertificateError, Credentials, serving
from integration.kit.client.report import Report, show, to_json, write_junit
from integration.kit.client.script import Script, ScriptError, load
from integration.kit.client.scripted import ScriptedPublishing

PASSED, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
EXPECTING_SECONDS = 300.0
QUIET_SECONDS = 1.0
"""So long nothing more must come before a run counts as finished."""
LOOK_SECONDS = 0.1


class UsageError(Exception):
    """An option that can't be used; the text names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """A reference gateway that runs. `address` is where senders connect."""

    address: str
    participant: str
    script: Script
    recorder: Recorder
    publishing: ScriptedPublishing
    line: Front

    def report(self, expected: int | None = None) -> Report:
        """Of what came so far."""
        events = self.recorder.events(self.line.connections(), expected)
        found = findings(events, self.script)
        return Report(self.script, events, found, frozenset(self.publishing.played))

    def wait(self, seconds: float, expected: int | None) -> None:
        """Until the time is over, or all that was announced came, is settled, and it is quiet."""
        deadline = time.monotonic() + seconds
        came, since = -1, 0.0
        while time.monotonic() < deadline:
            events = self.recorder.events()
            if len(events.requests) != came:
                came, since = len(events.requests), time.monotonic()
            quiet = time.monotonic() - since >= QUIET_SECONDS
            if quiet and expected is not None and events.settled >= expected:
                return
            time.sleep(LOOK_SECONDS)


@contextmanager
def reference_gateway(
    *,
    listen: str,
    certs: Path,
    script: Script,
    clock: Callable[[], float] = time.time,
) -> Iterator[Running]:
    """Runs a reference gateway until the block ends.

    `listen` is HOST:PORT (port 0: any); `certs` has gateway.pem, gateway.key and, there or one folder
    above, ca.pem. Whose gateway it is, the certificate says. Raises ListenError, CertificateError.
    """
    credentials = Credentials.read(certs)
    try:
        participant = caller_of(credentials.certificate).participant
    except Refusal as refusal:
        raise CertificateError(f"{certs / 'gateway.pem'}: {refusal.message}") from None
    exchange = Exchange(Settings(participant))
    recorder = Recorder(participant, clock)
    line = Front(_host_and_port(listen), clock)
    publishing = ScriptedPublishing(exchange, script, line, recorder)
    with (
        closing(line),
        serving(Handlers(exchange, publishing), credentials, "127.0.0.1:0") as port,
    ):
        line.open(port)
        try:
            yield Running(line.address, participant, script, recorder, publishing, line)
        finally:
            publishing.stop()
            exchange.close()


def _host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ListenError(f"--listen {listen!r}: give HOST:PORT, for example 127.0.0.1:7443")
    return host.strip("[]"), int(port)


def run(
    *,
    listen: str,
    certs: Path,
    script: str = "all",
    seconds: float | None = None,
    expect_messages: int | None = None,
    junit: Path | None = None,
    as_json: bool = False,
    announce: Callable[[Running], None] | None = None,
) -> int:
    """Runs a reference gateway for a sender, then reports; returns the exit status.

    `listen` is HOST:PORT, `certs` a folder with gateway.pem, gateway.key and (there or one above)
    ca.pem, `script` the name of a script or a .yaml file. It ends after `seconds`; or as soon as
    `expect_messages` messages came and the sender was told the fate of each; or at Ctrl-C. Without
    `seconds` it runs until Ctrl-C, with `expect_messages` for 300 s at most. The report goes to
    standard output, as JSON if asked for, and as JUnit XML to `junit`. `announce` is told once the
    gateway listens; by default a line goes to standard error.

    0: no errors; 1: errors, or fewer messages than expected, or none at all; 2: bad usage, nothing
    written; 130: interrupted, after the report.
    """
    try:
        _require_usage(seconds, expect_messages, junit)
        with reference_gateway(listen=listen, certs=certs, script=load(script)) as running:
            (announce or _announce)(running)
            interrupted = _wait(running, seconds, expect_messages)
            report = running.report(expect_messages)
    except (ListenError, CertificateError, ScriptError, UsageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    if as_json:
        print(to_json(report))
    else:
        show(report, Console())
    if junit and not _written(report, junit):
        return BAD_INPUT
    if interrupted:
        return INTERRUPTED
    return PASSED if report.passed else FAILED


def _written(report: Report, junit: Path) -> bool:
    try:
        write_junit(report, junit)
    except OSError as error:
        print(f"error: --junit {junit}: {error.strerror}; name another file", file=sys.stderr)
        return False
    return True


def _wait(running: Running, seconds: float | None, expected: int | None) -> bool:
    """Whether it was interrupted."""
    if seconds is None:
        seconds = threading.TIMEOUT_MAX if expected is None else EXPECTING_SECONDS
    try:
        running.wait(seconds, expected)
    except KeyboardInterrupt:
        return True
    return False


def _require_usage(seconds: float | None, expected: int | None, junit: Path | None) -> None:
    if seconds is not None and not 0 < seconds < threading.TIMEOUT_MAX:
        raise UsageError(f"--seconds {seconds:g}: give a number above 0")
    if expected is not None and expected < 1:
        raise UsageError(f"--expect-messages {expected}: give a number from 1")
    if junit and (junit.is_dir() or not os.access(junit.parent, os.W_OK)):
        raise UsageError(
            f"--junit {junit}: can't be written; name a file in a folder that you may use"
        )


def _announce(running: Running) -> None:
    print(
        f"参考网关已就绪 reference gateway of {running.participant} at {running.address}, "
        f"脚本 script {running.script.name}; Ctrl-C 结束并出报告 ends it with the report",
        file=sys.stderr,
        flush=True,
    )
