"""Sends drafts to the own participant's gateway.

Those of the files named on the command line (ProtoJSON, one draft each), or a first incident report
if none is named. Exit status: 0 all accepted, 1 some refused, 2 bad usage or bad file, 3 gateway not
usable.
"""

import argparse
import os
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import grpc
from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp

import refusal
import target
from yrd.common.v1.common_pb2 import Code, CoordinateSystem, Place, Point
from yrd.exchange.v1 import service_pb2, service_pb2_grpc
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Mode, Priority
from yrd.incident.v1.incident_pb2 import IncidentReport, ReportKind

# May be up to 1,000, but a request at most 32 MiB: 30 drafts of 1 MiB, the most that one draft may
# have, always fit.
BATCH_SIZE = 30
CALL_SECONDS = 30.0
PATIENCE_SECONDS = 600.0  # how long to try while the gateway is away


class NotUsable(Exception):
    """The gateway refuses the whole call, or was away for too long."""


class BadFile(Exception):
    """A file that holds no draft."""


class Publisher:
    """Publishes, and counts what was refused."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._exchange = service_pb2_grpc.ExchangeServiceStub(channel)
        self._deadline = time.monotonic() + PATIENCE_SECONDS
        self.refused = 0

    def publish(self, pending: Sequence[Draft]) -> None:
        """Sends a batch until each of its drafts is accepted or refused. Raises NotUsable."""
        while pending:
            if time.monotonic() > self._deadline:
                raise NotUsable(f"gave up with {len(pending)} drafts not answered")
            pending = self._publish_once(pending)  # the very same drafts, hence the same ids

    def _publish_once(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """The drafts to send again, when it is time to. Each draft stands or falls alone."""
        request = service_pb2.PublishRequest(drafts=drafts)
        try:
            results = self._exchange.Publish(request, timeout=CALL_SECONDS).results
        except grpc.RpcError as error:
            whole = refusal.of_error(error)
            if not whole.again:
                raise NotUsable(str(whole)) from None
            print(f"{whole}; again in {whole.wait_seconds:g} s", file=sys.stderr, flush=True)
            time.sleep(whole.wait_seconds)
            return drafts
        again, wait_seconds = list[Draft](), 0.0
        for draft, result in zip(drafts, results, strict=True):
            if result.HasField("accepted"):
                accepted = result.accepted
                print(f"accepted {accepted.message_id} as entry {accepted.sequence}")
                continue
            found = refusal.of_status(result.error)
            if found.again:
                again.append(draft)
                wait_seconds = max(wait_seconds, found.wait_seconds)
            else:
                print(f"refused {draft.header.message_id}: {found}")
                self.refused += 1
        time.sleep(wait_seconds)
        return again


def read_draft(path: Path) -> Draft:
    """Reads a file; a draft without an id gets one. Raises BadFile."""
    try:
        draft = json_format.Parse(path.read_text(encoding="utf-8"), Draft())
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, json_format.ParseError) as error:
        raise BadFile(f"{path}: {error}") from None
    if draft.HasField("header") and not draft.header.message_id:
        draft.header.message_id = new_message_id()
    return draft


def new_message_id() -> str:
    """A UUID of version 7 (RFC 9562); Python 3.14 has uuid.uuid7() for it.

    A real system keeps it with its record before it sends, so that it sends the same id again even
    after a crash.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | random
    value = value & ~(0xF << 76) | 7 << 76  # version
    value = value & ~(0x3 << 62) | 2 << 62  # variant
    return str(uuid.UUID(int=value))


def first_report() -> Draft:
    """A technical test: it enters no picture.

    What is not known is left out: an absent figure means unknown, zero means zero.
    """
    message_id, now = new_message_id(), int(time.time())
    return Draft(
        header=Header(
            message_id=message_id,
            entity_id=f"310000/flood/{message_id}",
            revision=1,
            mode=Mode.MODE_TEST,
            priority=Priority.PRIORITY_ROUTINE,
            occurred_time=Timestamp(seconds=now - 600),
            reported_time=Timestamp(seconds=now),
            data_level=DataLevel.DATA_LEVEL_GENERAL_1,
        ),
        incident_report=IncidentReport(
            kind=ReportKind.REPORT_KIND_INITIAL,
            title="测试：道路积水",
            primary_type=Code(scheme="GB/T 35561", value="11A02"),
            place=Place(
                admin_code="310115",
                point=Point(
                    latitude=31.22,
                    longitude=121.54,
                    crs=CoordinateSystem.COORDINATE_SYSTEM_WGS84,
                ),
            ),
        ),
    )


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Publishes drafts.")
    target.add_arguments(parser)
    parser.add_argument("files", nargs="*", type=Path, help="drafts as ProtoJSON")
    arguments = parser.parse_args()
    try:
        drafts = [read_draft(path) for path in arguments.files] or [first_report()]
        channel = target.connect(arguments)
    except (BadFile, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    with channel:
        publisher = Publisher(channel)
        try:
            for start in range(0, len(drafts), BATCH_SIZE):
                publisher.publish(drafts[start : start + BATCH_SIZE])
        except NotUsable as error:
            print(error, file=sys.stderr)
            return 3
    if publisher.refused:
        print(f"{publisher.refused} of {len(drafts)} drafts refused", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
