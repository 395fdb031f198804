"""The calls of ExchangeService: read the bytes, do it, turn a refusal into a status.

Requests arrive as bytes, so that a request or a draft that is malformed can be told so.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, NoReturn, Protocol, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from protovalidate import Validator

from integration.kit.client.reference import reading
from integration.kit.client.reference.exchange import Exchange
from integration.kit.client.reference.identity import Caller, caller_of
from integration.kit.client.reference.refusals import Refusal, malformed
from schemas.rules import field_path
from yrd.exchange.v1 import service_pb2 as pb
from yrd.wire.v1.wire_pb2 import SerializedDrafts

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 0.05
SERVICE = "yrd.exchange.v1.ExchangeService"
Read = TypeVar("Read", bound=Message)
_STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


class ConnectionCut(Exception):
    """The connection to the caller was cut on purpose: there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call in progress; all batches of a stream are of one call. `peer` is as gRPC names it."""

    number: int
    method: str
    peer: str
    caller: Caller
    is_active: Callable[[], bool]


class Publishing(Protocol):
    """What is done with drafts, and who is told how a call ended."""

    def called(self, peer: str) -> None:
        """Somebody makes a call, whichever, and whoever that is."""

    def publish(self, call: Call, drafts: Sequence[bytes]) -> list[pb.PublishResult]:
        """One result for each draft. Raises Refusal or ConnectionCut."""

    def ended(self, call: Call, how: str) -> None:
        """A stream is over: closed, refused, cut (by us) or cancelled (by the caller)."""

    def refused(self, method: str, peer: str, refusal: Refusal) -> None:
        """A whole call was refused."""


class PlainPublishing:
    """Publishes, and tells nobody."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def called(self, peer: str) -> None:
        """Nobody is told."""

    def publish(self, call: Call, drafts: Sequence[bytes]) -> list[pb.PublishResult]:
        """What the exchange says."""
        return self._exchange.publish(call.caller, drafts)

    def ended(self, call: Call, how: str) -> None:
        """Nobody is told."""

    def refused(self, method: str, peer: str, refusal: Refusal) -> None:
        """Nobody is told."""


class Handlers:
    """The six calls."""

    def __init__(self, exchange: Exchange, publishing: Publishing) -> None:
        self._exchange, self._publishing = exchange, publishing
        self._numbers = count(1)

    def generic_handler(self) -> grpc.GenericRpcHandler:
        """For a server."""
        unary = {
            "Publish": self._publish,
            "Acknowledge": self._acknowledge,
            "GetMessage": self._get,
            "ListMessages": self._list,
        }
        streams = {"PublishStream": self._publish_stream, "Subscribe": self._subscribe}
        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                name: grpc.unary_unary_rpc_method_handler(
                    self._guarded(name, method), None, _serialised
                )
                for name, method in unary.items()
            }
            | {
                name: grpc.stream_stream_rpc_method_handler(
                    self._guarded_stream(name, method), None, _serialised
                )
                for name, method in streams.items()
            },
        )

    def _publish(self, data: bytes, call: Call) -> Message:
        drafts = _read(SerializedDrafts, data).drafts
        return pb.PublishResponse(results=self._publishing.publish(call, drafts))

    def _publish_stream(self, requests: Iterator[bytes], call: Call, _: Any) -> Iterator[Message]:
        how = "cancelled"
        try:
            for data in requests:
                drafts = _read(SerializedDrafts, data).drafts
                yield pb.PublishStreamResponse(results=self._publishing.publish(call, drafts))
            # the end of the requests can be told a moment before the cancellation that caused it
            time.sleep(SETTLE_SECONDS)
            how = "closed" if call.is_active() else "cancelled"
        except Refusal:
            how = "refused"
            raise
        except ConnectionCut:
            how = "cut"
            raise
        finally:
            self._publishing.ended(call, how)

    def _subscribe(self, requests: Iterator[bytes], call: Call, context: Any) -> Iterator[Message]:
        first = _read_valid(pb.SubscribeRequest, next(requests, b""))
        if not first.HasField("open"):
            raise malformed("open", "a subscription begins with open: send that first")
        subscription = reading.Subscription(self._exchange, call.caller, first.open)
        context.add_callback(lambda: setattr(subscription, "over", True))
        work = (requests, call.caller, first.open.cursor, subscription)
        threading.Thread(target=self._acknowledgements, args=work, daemon=True).start()
        yield from subscription.batches()

    def _acknowledgements(
        self,
        requests: Iterator[bytes],
        caller: Caller,
        cursor: str,
        subscription: reading.Subscription,
    ) -> None:
        try:
            for data in requests:
                request = _read_valid(pb.SubscribeRequest, data)
                if not request.HasField("acknowledge"):
                    raise malformed("open", "a subscription opens once: now send acknowledge")
                self._exchange.acknowledge(caller, cursor, request.acknowledge.offset)
        except Refusal as refusal:
            subscription.problem = refusal
        except grpc.RpcError:  # the reader is gone, which its context tells, too
            subscription.over = True

    def _acknowledge(self, data: bytes, call: Call) -> Message:
        request = _read_valid(pb.AcknowledgeRequest, data)
        self._exchange.settings.require(call.caller, "subscriber")
        self._exchange.acknowledge(call.caller, request.cursor, request.offset)
        return pb.AcknowledgeResponse()

    def _get(self, data: bytes, call: Call) -> Message:
        request = _read_valid(pb.GetMessageRequest, data)
        found = reading.get(self._exchange, call.caller, request)
        objections = reading.objections(self._exchange, found.header.message_id)
        return pb.GetMessageResponse(message=found, objections=objections)

    def _list(self, data: bytes, call: Call) -> Message:
        request = _read_valid(pb.ListMessagesRequest, data)
        return reading.page(self._exchange, call.caller, request)

    def _guarded(
        self, name: str, method: Callable[[bytes, Call], Message]
    ) -> Callable[[bytes, Any], Message]:
        def handle(data: bytes, context: Any) -> Message:
            try:
                return method(data, self._call(name, context))
            except Exception as error:  # noqa: BLE001  # what is not ours is told as INTERNAL
                self._abort(name, context, error)

        return handle

    def _guarded_stream(
        self, name: str, method: Callable[[Iterator[bytes], Call, Any], Iterator[Message]]
    ) -> Callable[[Iterator[bytes], Any], Iterator[Message]]:
        def handle(requests: Iterator[bytes], context: Any) -> Iterator[Message]:
            try:
                yield from method(requests, self._call(name, context), context)
            except grpc.RpcError:  # the caller is gone
                raise
            except Exception as error:  # noqa: BLE001  # what is not ours is told as INTERNAL
                self._abort(name, context, error)

        return handle

    def _call(self, method: str, context: Any) -> Call:
        peer = str(context.peer())
        self._publishing.called(peer)
        pem = next(iter(context.auth_context().get("x509_pem_cert", ())), None)
        if pem is None:
            raise Refusal("IDENTITY_UNKNOWN", "no client certificate: connect with mutual TLS")
        return Call(next(self._numbers), method, peer, caller_of(pem), context.is_active)

    def _abort(self, method: str, context: Any, error: Exception) -> NoReturn:
        if isinstance(error, ConnectionCut):
            context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was cut")
        refusal = error
        if not isinstance(refusal, Refusal):
            logger.error("unexpected_error", exc_info=error)
            refusal = Refusal("INTERNAL", "the reference gateway failed; its log has the details")
        self._publishing.refused(method, str(context.peer()), refusal)
        status = refusal.status()
        details = ("grpc-status-details-bin", status.SerializeToString())
        context.set_trailing_metadata((details,))
        context.abort(_STATUS_CODES[status.code], status.message)
        raise AssertionError("abort raises")


def _serialised(response: Message) -> bytes:
    return response.SerializeToString()


def _read(kind: type[Read], data: bytes) -> Read:
    try:
        return kind.FromString(data)
    except DecodeError:
        raise malformed(
            "request", "the request is not a serialised message of its type: check the contract"
        ) from None


def _read_valid(kind: type[Read], data: bytes) -> Read:
    """Reads a request and checks its own rules. Raises a Refusal."""
    request = _read(kind, data)
    found = [violation.proto for violation in _validator().collect_violations(request)]
    if not found:
        return request
    fields = [(field_path(v.field), v.rule_id, v.message) for v in found]
    text = "; ".join(f"{path}: {remedy} ({rule})" for path, rule, remedy in fields)
    raise malformed(fields[0][0], text, fields)


@cache
def _validator() -> Validator:
    return Validator()
