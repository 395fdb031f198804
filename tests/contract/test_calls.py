"""Each way in which a whole call is refused: what its caller is told, and that nothing changes."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from gateway import errors
from gateway.errors import GatewayError
from tests.support.builders import draft
from tests.support.calls import (
    ABSENT,
    GARBAGE,
    PEER,
    Call,
    acknowledge,
    acknowledged,
    claims,
    get,
    listed,
    open_replication,
    open_subscription,
    opened,
    publish,
    publish_stream,
    raw,
    raw_stream,
    receipt,
    replicate,
    status,
    subscribe,
)
from tests.support.promises import require_fields, require_promised
from tests.support.scene import Scene
from tests.support.standing import CURSOR, standing
from tests.support.told import refused
from yrd.exchange.v1 import service_pb2 as pb


@dataclass(frozen=True)
class BadCall:
    """A call that is refused whole."""

    name: str
    error: type[GatewayError]
    call: Call
    metadata: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[tuple[str, str, str], ...] = ()


def token_of_another_filter(scene: Scene) -> object:
    token = listed(page_size=1)(scene).next_page_token
    wanted = pb.Filter(origins=["310000"])
    return listed(page_size=1, page_token=token, filter=wanted)(scene)


def denied(participant: str, system: str, action: str) -> Mapping[str, str]:
    return {"participant": participant, "system": system, "action": action}


def malformed(name: str, call: Call, field_: str) -> BadCall:
    return BadCall(name, errors.MalformedRequest, call, {"field": field_})


def not_permitted(
    name: str, call: Callable[..., Call], participant: str, system: str, action: str
) -> BadCall:
    made = call(participant=participant, system=system)
    return BadCall(name, errors.NotPermitted, made, denied(participant, system, action))


MALFORMED = [
    malformed("too many drafts", publish(1001), "drafts"),
    malformed("too many drafts on a stream", publish_stream(1001), "drafts"),
    malformed("page token of nobody", listed(page_token="x"), "page_token"),
    malformed(
        "page token that is no number",
        listed(page_token=base64.urlsafe_b64encode(b"one.two").decode()),
        "page_token",
    ),
    malformed("page token of another filter", token_of_another_filter, "page_token"),
    malformed(
        "acknowledgement without a cursor", subscribe(opened(), acknowledged(1)), "open.cursor"
    ),
    malformed("subscription that does not open", subscribe(acknowledged(1)), "open"),
    malformed("message id that is none", get(message_id="abc"), "message_id"),
    malformed("replication that does not open", replicate(receipt("x")), "open"),
    malformed("another log than ours", replicate(claims("yrd/330000")), "open.log_origin"),
    malformed("garbage for Publish", raw("ExchangeService/Publish"), "request"),
    malformed("garbage for Acknowledge", raw("ExchangeService/Acknowledge"), "request"),
    malformed("garbage for GetMessage", raw("ExchangeService/GetMessage"), "request"),
    malformed("garbage for ListMessages", raw("ExchangeService/ListMessages"), "request"),
    malformed("garbage for GetStatus", raw("AdminService/GetStatus"), "request"),
    malformed(
        "garbage for PublishStream", raw_stream("ExchangeService/PublishStream", GARBAGE), "request"
    ),
    malformed("garbage for Subscribe", raw_stream("ExchangeService/Subscribe", GARBAGE), "request"),
    malformed(
        "garbage behind the opening of a subscription",
        raw_stream("ExchangeService/Subscribe", opened().SerializeToString(), GARBAGE),
        "request",
    ),
    malformed(
        "garbage for Replicate",
        raw_stream("ReplicationService/Replicate", GARBAGE, caller=PEER),
        "request",
    ),
    malformed(
        "garbage behind the opening of a replication",
        raw_stream(
            "ReplicationService/Replicate", claims().SerializeToString(), GARBAGE, caller=PEER
        ),
        "request",
    ),
    malformed(
        "subscription opened twice", subscribe(opened(cursor="c"), opened(cursor="c")), "open"
    ),
    malformed("replication opened twice", replicate(claims(), claims()), "open"),
]
RULES = [
    BadCall(
        "page that is too large",
        errors.MalformedRequest,
        listed(page_size=1001),
        fields=(("page_size", "int32.gte_lte", "1000"),),
    ),
    BadCall(
        "page of less than nothing",
        errors.MalformedRequest,
        listed(page_size=-1),
        fields=(("page_size", "int32.gte_lte", "0"),),
    ),
    BadCall(
        "no message id",
        errors.MalformedRequest,
        get(message_id=""),
        fields=(("message_id", "string.min_len", "1"),),
    ),
    BadCall(
        "mode that does not exist",
        errors.MalformedRequest,
        subscribe(opened(filter=pb.Filter(modes=[77]))),  # type: ignore[list-item]
        fields=(("open.filter.modes[0]", "enum.defined_only", "defined"),),
    ),
    BadCall(
        "cursor with a strange name",
        errors.MalformedRequest,
        subscribe(opened(cursor="a b")),
        fields=(("open.cursor", "string.pattern", "pattern"),),
    ),
    BadCall(
        "acknowledgement of no cursor",
        errors.MalformedRequest,
        acknowledge(cursor=""),
        fields=(("cursor", "string.pattern", "pattern"),),
    ),
    BadCall(
        "subscription of nothing",
        errors.MalformedRequest,
        subscribe(),
        fields=(("request", "required", "required"),),
    ),
]
BEYOND = {"offset": "99", "first": "0", "last": "2"}
OTHERS = [
    BadCall("unknown message", errors.MessageNotFound, get(), {"message_id": ABSENT}),
    BadCall(
        "message of another log",
        errors.MessageNotFound,
        get(origin="330000"),
        {"message_id": ABSENT},
    ),
    BadCall(
        "offset beyond the newest",
        errors.CursorOutOfRange,
        subscribe(opened(after_offset=99)),
        BEYOND,
    ),
    BadCall(
        "acknowledgement beyond the newest",
        errors.CursorOutOfRange,
        acknowledge(offset=99),
        BEYOND,
    ),
    BadCall(
        "acknowledgement beyond the newest, on a subscription",
        errors.CursorOutOfRange,
        subscribe(opened(cursor=CURSOR), acknowledged(99)),
        BEYOND,
    ),
    BadCall(
        "peer that holds more than there is",
        errors.LogInconsistent,
        replicate(claims(size=5)),
        {"log": "yrd/310000", "index": "2"},
    ),
    BadCall(
        "receipt that nobody signed",
        errors.LogInconsistent,
        replicate(claims(), receipt("x\n\n— y z\n")),
        {"log": "yrd/310000"},
    ),
]
SYSTEM = ("310000", "reader")
STRANGER = ("320000", "console")
DENIED = [
    not_permitted("stranger publishes", publish, *STRANGER, "act as publisher"),
    not_permitted("stranger publishes a stream", publish_stream, *STRANGER, "act as publisher"),
    not_permitted("stranger subscribes", open_subscription, *STRANGER, "act as subscriber"),
    not_permitted("stranger acknowledges", acknowledge, *STRANGER, "act as subscriber"),
    not_permitted("stranger gets", get, *STRANGER, "act as subscriber"),
    not_permitted("stranger lists", listed, *STRANGER, "act as subscriber"),
    not_permitted("stranger asks for the state", status, *STRANGER, "act as administrator"),
    not_permitted("reader publishes", publish, *SYSTEM, "act as publisher"),
    not_permitted("reader asks for the state", status, *SYSTEM, "act as administrator"),
    not_permitted(
        "publisher acknowledges", acknowledge, "310000", "resources", "act as subscriber"
    ),
    not_permitted("publisher reads", get, "310000", "resources", "act as subscriber"),
    not_permitted("console replicates", open_replication, *STRANGER, "replicate"),
    not_permitted("no peer replicates", open_replication, "330000", "gateway", "replicate"),
    not_permitted("we replicate ourselves", open_replication, "310000", "gateway", "replicate"),
]
CALLS = [*MALFORMED, *RULES, *OTHERS, *DENIED]
BAD_CALL = pytest.mark.parametrize("bad", CALLS, ids=lambda bad: bad.name)


@BAD_CALL
def test_its_caller_is_told_what_is_wrong(scene: Scene, bad: BadCall) -> None:
    found = refused(lambda: bad.call(scene))
    require_promised(found, bad.error, bad.metadata)
    require_fields(found, bad.fields)


@BAD_CALL
def test_nothing_changes(scene: Scene, bad: BadCall) -> None:
    before = standing(scene.client)
    refused(lambda: bad.call(scene))
    assert standing(scene.client) == before
    assert scene.client.status().accepting


def test_on_a_stream_what_came_before_is_answered(scene: Scene) -> None:
    good, bad = draft(entity="310000/a"), draft(entity="310000/b")
    requests = [pb.PublishStreamRequest(drafts=drafts) for drafts in ([good], [bad] * 1001)]
    answers = scene.stubs().exchange.PublishStream(iter(requests))
    assert next(answers).results[0].HasField("accepted")
    require_promised(refused(lambda: next(answers)), errors.MalformedRequest)
    scene.client.get(good.header.message_id)
    found = refused(lambda: get(message_id=bad.header.message_id)(scene))
    require_promised(found, errors.MessageNotFound)


def test_an_acknowledgement_that_is_refused_always_ends_the_subscription(scene: Scene) -> None:
    """The refusal comes while a batch is on its way; whoever waits must hear of it."""
    for _ in range(20):
        found = refused(lambda: subscribe(opened(cursor="c"), acknowledged(99))(scene))
        require_promised(found, errors.CursorOutOfRange)
