"""Calls of the exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import grpc

from client.errors import from_call
from client.sender import Sender
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import Draft, Message

Result = TypeVar("Result")
_PUBLISH = "/yrd.exchange.v1.ExchangeService/Publish"


Metadata = Sequence[tuple[str, str]]


class Traces(Protocol):
    """Who follows messages, if anyone does: client.tracing.Tracing, of the extra `telemetry`."""

    def publishing(self, drafts: Sequence[Draft]) -> AbstractContextManager[Metadata]:
        """Around a call that publishes drafts; gives the metadata that the call is to carry."""
        ...


class ExchangeClient:
    """Calls a gateway over a channel. All methods raise ExchangeError."""

    def __init__(
        self, channel: grpc.Channel, timeout_seconds: float = 30.0, traces: Traces | None = None
    ) -> None:
        self._timeout, self._traces = timeout_seconds, traces
        self.use(channel)

    def use(self, channel: grpc.Channel) -> None:
        """Further calls go over another channel, such as one with a renewed certificate.

        Calls and streams that are open go on over the one before.
        """
        self._exchange = rpc.ExchangeServiceStub(channel)
        self._publish_bytes: Callable[..., pb.PublishResponse] = channel.unary_unary(
            _PUBLISH, response_deserializer=pb.PublishResponse.FromString
        )
        self._admin = rpc.AdminServiceStub(channel)
        self._audit = rpc.AuditServiceStub(channel)

    def publish(self, drafts: Sequence[Draft]) -> list[pb.PublishResult]:
        """One result for each draft, in order; at most 1,000 drafts."""
        request = pb.PublishRequest(drafts=drafts)
        with self._traces.publishing(drafts) if self._traces else nullcontext(()) as metadata:
            return list(self._call(self._exchange.Publish, request, metadata).results)

    def publish_serialised(self, request: bytes) -> Sequence[pb.PublishResult]:
        """The same for a PublishRequest as bytes, for whoever has the bytes of drafts already."""
        return self._call(self._publish_bytes, request).results

    def publish_stream(
        self, batches: Iterable[Sequence[Draft]]
    ) -> Iterator[list[pb.PublishResult]]:
        """Results batch by batch, in order, while further batches are on their way."""
        requests = (pb.PublishStreamRequest(drafts=drafts) for drafts in batches)
        try:
            for response in self._exchange.PublishStream(requests):
                yield list(response.results)
        except grpc.RpcError as error:
            raise from_call(error) from None

    def sender(self, retry_seconds: float = 60.0) -> Sender:
        """For drafts that come one by one: see Sender. To be closed, or used in a `with`."""
        return Sender(self._exchange, retry_seconds)

    def subscribe(
        self,
        *,
        cursor: str = "",
        after_offset: int | None = None,
        wanted: pb.Filter | None = None,
        max_batch: int = 0,
        until_caught_up: bool = False,
    ) -> Subscription:
        """Messages in the order in which the gateway received them."""
        opened = pb.SubscribeOpen(
            cursor=cursor,
            after_offset=after_offset,
            filter=wanted,
            max_batch=max_batch,
            until_caught_up=until_caught_up,
        )
        return Subscription(self._exchange, opened, self._timeout)

    def get(self, message_id: str, origin: str = "") -> Message:
        """One message."""
        return self.get_with_objections(message_id, origin).message

    def get_with_objections(self, message_id: str, origin: str = "") -> pb.GetMessageResponse:
        """One message, with the objections to it and what became of them, oldest first."""
        request = pb.GetMessageRequest(message_id=message_id, origin=origin)
        response: pb.GetMessageResponse = self._call(self._exchange.GetMessage, request)
        return response

    def messages(self, wanted: pb.Filter | None = None, page_size: int = 500) -> Iterator[Message]:
        """All messages that the gateway has, page after page, oldest first."""
        token = ""
        while True:
            request = pb.ListMessagesRequest(page_size=page_size, page_token=token, filter=wanted)
            response = self._call(self._exchange.ListMessages, request)
            yield from response.messages
            token = response.next_page_token
            if not token:
                return

    def status(self) -> pb.GetStatusResponse:
        """State of the gateway."""
        response: pb.GetStatusResponse = self._call(self._admin.GetStatus, pb.GetStatusRequest())
        return response

    def evidence(self, message_id: str, origin: str = "") -> pb.GetEvidenceResponse:
        """One message with everything that proves it offline."""
        request = pb.GetEvidenceRequest(message_id=message_id, origin=origin)
        response: pb.GetEvidenceResponse = self._call(self._audit.GetEvidence, request)
        return response

    def alarms(self, *, unsettled: bool = False) -> Iterator[pb.Alarm]:
        """What peers did against the rules of their logs, oldest first, with the bytes that show it."""
        after = 0
        while True:
            request = pb.ListAlarmsRequest(after=after, unsettled_only=unsettled)
            response: pb.ListAlarmsResponse = self._call(self._audit.ListAlarms, request)
            yield from response.alarms
            if not response.more:
                return
            after = response.alarms[-1].number

    def settle(self, number: int, note: str) -> pb.Alarm:
        """Says that an alarm has been dealt with; a link that it had closed goes on."""
        request = pb.SettleAlarmRequest(number=number, note=note)
        response: pb.SettleAlarmResponse = self._call(self._audit.SettleAlarm, request)
        return response.alarm

    def reload(self) -> pb.ReloadResponse:
        """Has the gateway read agreements, certificates, revocations and keys anew, all or nothing."""
        response: pb.ReloadResponse = self._call(self._admin.Reload, pb.ReloadRequest())
        return response

    def report_missing(self, leaf: bytes, proof: str) -> pb.ReportMissingResponse:
        """Shows an entry that the gateway holds as withheld, or not with all groups.

        The answer has the alarm if what is not there was due, or why it was not.
        """
        request = pb.ReportMissingRequest(leaf=leaf, proof=proof)
        response: pb.ReportMissingResponse = self._call(self._audit.ReportMissing, request)
        return response

    def run_retention(
        self, dry_run: bool, timeout_seconds: float = 3600.0
    ) -> pb.RunRetentionResponse:
        """Destroys personal data whose term is over, or says what would be."""
        try:
            response: pb.RunRetentionResponse = self._admin.RunRetention(
                pb.RunRetentionRequest(dry_run=dry_run), timeout=timeout_seconds
            )
        except grpc.RpcError as error:
            raise from_call(error) from None
        return response

    def _call(self, method: Callable[..., Result], request: Any, metadata: Metadata = ()) -> Result:
        try:
            return method(request, timeout=self._timeout, metadata=metadata or None)
        except grpc.RpcError as error:
            raise from_call(error) from None


class Subscription:
    """Iterates over batches; a context manager that ends the stream."""

    def __init__(self, stub: Any, opened: pb.SubscribeOpen, timeout_seconds: float) -> None:
        self._stub, self._cursor, self._timeout = stub, opened.cursor, timeout_seconds
        self._call = stub.Subscribe(iter([pb.SubscribeRequest(open=opened)]))

    def __iter__(self) -> Iterator[pb.SubscribeResponse]:
        try:
            yield from self._call
        except grpc.RpcError as error:
            if not self._call.cancelled():
                raise from_call(error) from None

    def acknowledge(self, offset: int) -> None:
        """Moves the named cursor; durable on return. Raises ExchangeError."""
        request = pb.AcknowledgeRequest(cursor=self._cursor, offset=offset)
        try:
            self._stub.Acknowledge(request, timeout=self._timeout)
        except grpc.RpcError as error:
            raise from_call(error) from None

    def cancel(self) -> None:
        """Ends the stream; what was acknowledged stays acknowledged."""
        self._call.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cancel()
