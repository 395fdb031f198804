"""The handlers: unpack, call one use case, pack."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from google.protobuf.message import Message as ProtoMessage
from protovalidate import Validator

from gateway.errors import MalformedRequest
from gateway.exchange.access import Caller
from gateway.exchange.checking import Checked
from gateway.exchange.evidence import EvidenceRoom
from gateway.exchange.publish import Outcome, Publisher
from gateway.exchange.quota import RECEIPTS, Quota
from gateway.exchange.reader import Reader
from gateway.reload import Reload
from gateway.replication.alarms import Alarms
from gateway.replication.gossip import Gossip
from gateway.replication.holder import Holder
from gateway.replication.missing import MissingReports
from gateway.replication.origin import Origin
from gateway.replication.receipts import Answers
from gateway.server.answers import Answer, answer
from gateway.server.audit import alarm_of, missing_response
from gateway.server.batches import Batches
from gateway.server.beside import beside
from gateway.server.guard import readable
from gateway.server.identity import identify
from gateway.server.in_order import Budget, in_order
from gateway.tracing import Noticed
from schemas.rules import field_path
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.wire.v1.wire_pb2 import SerializedDrafts

NOTE_CHARACTERS = 16_384
_validator = Validator()


def require_valid(request: ProtoMessage) -> None:
    """Raises MalformedRequest naming the fields that break the request's own rules."""
    found = _validator.collect_violations(request)
    if found:
        fields = [(field_path(v.proto.field), v.proto.rule_id, v.proto.message) for v in found]
        text = "; ".join(f"{path}: {message} ({rule})" for path, rule, message in fields)
        raise MalformedRequest(text, fields=fields, field=fields[0][0])


class ExchangeHandlers(rpc.ExchangeServiceServicer):
    """What provincial systems call."""

    def __init__(
        self,
        publisher: Publisher,
        reader: Reader,
        bytes_in_flight: int,
        ending: "asyncio.Future[Exception]",
        batches: Batches,
    ) -> None:
        self._publisher, self._reader, self._ending = publisher, reader, ending
        self._batches = batches
        self._budgets: defaultdict[Caller, Budget] = defaultdict(lambda: Budget(bytes_in_flight))

    async def Publish(self, request: SerializedDrafts, context: Any) -> Answer:
        """A batch of drafts."""
        drafts = list(request.drafts)  # each is a copy whenever it is asked for
        noticed = self._batches.came(drafts)
        outcomes = await self._publisher.publish(identify(context), drafts)
        self._batches.answered(context, noticed, outcomes)
        return answer(outcomes)

    async def PublishStream(
        self, requests: AsyncIterator[SerializedDrafts], context: Any
    ) -> AsyncIterator[Answer]:
        """Batch after batch; further ones are checked while the one before syncs to disk."""
        caller, noticed = identify(context), deque[Noticed | None]()

        async def check(request: SerializedDrafts) -> list[Checked]:
            drafts = list(request.drafts)
            noticed.append(self._batches.came(drafts))
            return await self._publisher.check(caller, drafts)

        def store(checked: list[Checked]) -> Awaitable[list[Outcome]]:
            return self._publisher.store(caller, checked)

        async for outcomes in in_order(requests, check, store, self._budgets[caller], self._ending):
            self._batches.answered(context, noticed.popleft(), outcomes)
            yield answer(outcomes)

    async def Subscribe(
        self, requests: AsyncIterator[pb.SubscribeRequest], context: Any
    ) -> AsyncIterator[pb.SubscribeResponse]:
        """Batches of messages; acknowledgements come in meanwhile."""
        caller = identify(context)
        first = readable(await anext(requests, pb.SubscribeRequest()))
        require_valid(first)
        if not first.HasField("open"):
            raise MalformedRequest("the first request must be open", field="open")
        acknowledging = self._acknowledge(caller, first.open.cursor, requests)
        async for batch in beside(self._reader.subscribe(caller, first.open), acknowledging):
            yield batch

    async def _acknowledge(
        self, caller: Caller, cursor: str, requests: AsyncIterator[pb.SubscribeRequest]
    ) -> None:
        async for request in requests:
            require_valid(readable(request))
            if not request.HasField("acknowledge"):
                raise MalformedRequest("a subscription is opened once: acknowledge", field="open")
            offset = request.acknowledge.offset
            await self._reader.acknowledge(caller, cursor, offset, lazy=True)

    async def Acknowledge(
        self, request: pb.AcknowledgeRequest, context: Any
    ) -> pb.AcknowledgeResponse:
        """Moves a cursor."""
        require_valid(request)
        await self._reader.acknowledge(identify(context), request.cursor, request.offset)
        return pb.AcknowledgeResponse()

    async def GetMessage(
        self, request: pb.GetMessageRequest, context: Any
    ) -> pb.GetMessageResponse:
        """One message, and the objections to it."""
        require_valid(request)
        message = await self._reader.get(identify(context), request.message_id, request.origin)
        objections = await self._reader.objections(message.header.message_id)
        return pb.GetMessageResponse(message=message, objections=objections)

    async def ListMessages(
        self, request: pb.ListMessagesRequest, context: Any
    ) -> pb.ListMessagesResponse:
        """A page of messages."""
        require_valid(request)
        messages, token = await self._reader.page(
            identify(context), request.filter, request.page_size, request.page_token
        )
        return pb.ListMessagesResponse(messages=messages, next_page_token=token)


def _require_note(note: str, field: str) -> None:
    """Raises MalformedRequest for more than any checkpoint with its signatures can be."""
    if len(note) > NOTE_CHARACTERS:
        raise MalformedRequest(
            f"{field} has {len(note)} characters, a checkpoint with all signatures at most "
            f"{NOTE_CHARACTERS}: send the note alone",
            field=field,
        )


class ReplicationHandlers(rpc.ReplicationServiceServicer):
    """What peers call."""

    def __init__(self, origin: Origin, holder: Holder, gossip: Gossip, quota: Quota) -> None:
        self._origin, self._holder, self._gossip, self._quota = origin, holder, gossip, quota

    async def Replicate(
        self, requests: AsyncIterator[pb.ReplicateRequest], context: Any
    ) -> AsyncIterator[bytes]:
        """Our log to a peer, serialised; its receipts come in meanwhile."""
        caller = identify(context)
        first = readable(await anext(requests, pb.ReplicateRequest()))
        if not first.HasField("open"):
            raise MalformedRequest("the first request must be open", field="open")
        _require_note(first.open.cosigned_checkpoint, "open.cosigned_checkpoint")
        peer, answers = caller.participant, Answers()
        receiving = _both(
            self._receive(caller, requests, answers), self._origin.receipts.keep(peer, answers)
        )
        async for batch in beside(self._origin.serve(peer, first.open, answers.pace), receiving):
            yield batch

    async def _receive(
        self, caller: Caller, requests: AsyncIterator[pb.ReplicateRequest], answers: Answers
    ) -> None:
        async for request in requests:
            if not readable(request).HasField("receipt"):
                raise MalformedRequest("a stream is opened once: send receipts", field="open")
            self._quota.take(caller, RECEIPTS, 1)
            note = request.receipt.cosigned_checkpoint
            _require_note(note, "receipt.cosigned_checkpoint")
            await self._origin.receipts.answer(caller.participant, note, answers)

    async def CompareCheckpoints(
        self, request: pb.CompareCheckpointsRequest, context: Any
    ) -> pb.CompareCheckpointsResponse:
        """What both hold of third logs."""
        require_valid(request)
        return await self._gossip.answer(identify(context).participant, request)

    async def GetHolding(
        self, request: pb.GetHoldingRequest, context: Any
    ) -> pb.GetHoldingResponse:
        """How far the caller's own log is held here."""
        require_valid(request)
        return self._holder.holding(identify(context).participant, request.log_origin)

    async def Restore(
        self, request: pb.RestoreRequest, context: Any
    ) -> AsyncIterator[pb.RestoreResponse]:
        """The caller's own log, piece by piece."""
        require_valid(request)
        peer = identify(context).participant
        async for piece in self._holder.restore(peer, request.log_origin, request.start):
            yield piece


async def _both(*works: Coroutine[Any, Any, None]) -> None:
    """Works on both; raises as soon as one of them does, and cancels the other then."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
            task.add_done_callback(lambda task: task.cancelled() or task.exception())


class AdminHandlers(rpc.AdminServiceServicer):
    """What operators call."""

    def __init__(
        self,
        status: Callable[[], pb.GetStatusResponse],
        reload: Reload,
        retain: Callable[[bool], Awaitable[pb.RunRetentionResponse]],
    ) -> None:
        self._status, self._reload, self._retain = status, reload, retain

    async def GetStatus(self, request: pb.GetStatusRequest, context: Any) -> pb.GetStatusResponse:
        """State of the gateway."""
        return await asyncio.to_thread(self._status)

    async def Reload(self, request: pb.ReloadRequest, context: Any) -> pb.ReloadResponse:
        """Agreements, and what else is read from files."""
        changed = await self._reload()
        return pb.ReloadResponse(agreements=changed.agreements, changed=changed.parts)

    async def RunRetention(
        self, request: pb.RunRetentionRequest, context: Any
    ) -> pb.RunRetentionResponse:
        """A run of the retention policy."""
        return await self._retain(request.dry_run)


class AuditHandlers(rpc.AuditServiceServicer):
    """What auditors call."""

    def __init__(self, evidence: EvidenceRoom, alarms: Alarms, missing: MissingReports) -> None:
        self._evidence, self._alarms, self._missing = evidence, alarms, missing

    async def GetEvidence(
        self, request: pb.GetEvidenceRequest, context: Any
    ) -> pb.GetEvidenceResponse:
        """One message with everything that proves it offline."""
        require_valid(request)
        return await self._evidence.get(request.message_id, request.origin)

    async def ListAlarms(
        self, request: pb.ListAlarmsRequest, context: Any
    ) -> pb.ListAlarmsResponse:
        """What peers did against the rules of their logs."""
        require_valid(request)
        found, more = await self._alarms.page(
            request.after, request.page_size, unsettled=request.unsettled_only
        )
        return pb.ListAlarmsResponse(alarms=map(alarm_of, found), more=more)

    async def SettleAlarm(
        self, request: pb.SettleAlarmRequest, context: Any
    ) -> pb.SettleAlarmResponse:
        """Lets a link go on."""
        require_valid(request)
        caller = identify(context)
        settler = f"{caller.participant}/{caller.system}"
        settled = await self._alarms.settle(request.number, settler, request.note)
        return pb.SettleAlarmResponse(alarm=alarm_of(settled._replace(data=b"")))

    async def ReportMissing(
        self, request: pb.ReportMissingRequest, context: Any
    ) -> pb.ReportMissingResponse:
        """Raises the alarm if a peer withheld what was due."""
        require_valid(request)
        return missing_response(await self._missing.report(request.leaf, request.proof))
