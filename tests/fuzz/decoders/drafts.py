"""What provincial systems publish."""

from datetime import UTC, datetime

from google.protobuf.message import DecodeError

from gateway.config import ROLES, Client, Limits
from gateway.exchange.access import Access, Caller
from gateway.exchange.checking import Checked, CheckedDraft, Checker
from gateway.exchange.native_check import native_checker
from gateway.exchange.salts import salts
from tests.fuzz.target import Target
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Draft
from yrd.wire.v1.wire_pb2 import SerializedDrafts

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
CALLER = Caller("310000", "console")


def _unsalted(checked: Checked) -> object:
    """All but the salts, and what is made with them."""
    assert isinstance(checked, CheckedDraft)
    content = checked.content
    groups = [part.group for part in content.parts]
    size = len(content.behind)
    return checked[:-1], content.type, content.before, size, groups


def targets(drafts: list[Draft]) -> list[Target]:
    """A draft alone, and batches."""
    access, limits = Access("310000", [Client(system="*", roles=ROLES)], []), Limits()  # type: ignore[call-arg]
    checker, fresh = Checker("310000", access, limits), salts()
    native = native_checker("310000", access, limits)

    def check(data: bytes) -> object:
        (found,) = checker.check_all(CALLER, [data], NOW, fresh)
        if native is not None:
            (sure,) = native.check_all(CALLER, [data], NOW)
            assert sure is None or _unsalted(sure) == _unsalted(found)
        return found

    def request(data: bytes) -> object:
        return [check(draft) for draft in SerializedDrafts.FromString(data).drafts]

    single = [draft.SerializeToString() for draft in drafts]
    batches = [
        pb.PublishRequest(drafts=drafts[i : i + 2]).SerializeToString() for i in range(0, 60, 2)
    ]
    return [
        Target("draft", check, single, (), 4),
        Target("publish request", request, batches, (DecodeError,), 2),
    ]
