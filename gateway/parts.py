"""The parts of one gateway, put together. None of them runs yet, but for the writer's thread."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.metadata import version

import grpc
from grpc_health.v1 import health

from gateway.agreements import load_agreements
from gateway.config import GatewayConfig, Peer
from gateway.exchange.access import Access
from gateway.exchange.activating import Activating, timeline_of
from gateway.exchange.check_process import settings as check_settings
from gateway.exchange.checker_pool import CheckerPool
from gateway.exchange.checking import Checker
from gateway.exchange.evidence import EvidenceRoom
from gateway.exchange.native_check import native_checker
from gateway.exchange.publish import Publisher
from gateway.exchange.quota import Allowance, Quota
from gateway.exchange.reader import Reader
from gateway.exchange.shares import ClauseShares
from gateway.keys import read_keys
from gateway.log.checkpoint import log_origin
from gateway.log.suite import DEFAULT
from gateway.reload import Reload
from gateway.replication.alarms import Alarms
from gateway.replication.continuity import Continuity
from gateway.replication.gossip import Gossip
from gateway.replication.holder import Holder
from gateway.replication.issued import Issued
from gateway.replication.link import Link
from gateway.replication.mirror import Mirror
from gateway.replication.missing import MissingReports
from gateway.replication.notices import Notices
from gateway.replication.origin import Origin
from gateway.replication.reaching import target
from gateway.replication.receipts import Receipts
from gateway.replication.watch import Watch
from gateway.retention.steward import Steward, policy_of
from gateway.server.batches import Batches
from gateway.server.calls import OpenCalls
from gateway.server.credentials import Credentials, utc_now
from gateway.server.guard import Guard
from gateway.server.listening import OPTIONS, Handlers, make_server
from gateway.server.renewal import Renewal
from gateway.server.services import (
    AdminHandlers,
    AuditHandlers,
    ExchangeHandlers,
    ReplicationHandlers,
)
from gateway.server.status import Around, Status
from gateway.server.tally import Tally
from gateway.sharing.agreement import Loaded
from gateway.sharing.decide import Sharing
from gateway.starting import StartError, StoreAway, access_log, data_folder
from gateway.store.mark import Mark
from gateway.store.opening import Free, open_store
from gateway.store.port import LeaseHeld, StoreError
from gateway.store.pulse import Pulse
from gateway.store.writer import Writer
from gateway.tracing import Traces

Connect = Callable[[], grpc.aio.Channel]
VERSION = version("yangtze-delta-exchange")


class Parts:
    """Needs a running event loop. Parameters as those of Gateway; `free` as that of
    open_store. Raises StartError, ConfigError."""

    def __init__(
        self,
        config: GatewayConfig,
        reread: Callable[[], GatewayConfig],
        *,
        new: bool,
        without: Collection[str],
        free: Free = None,
        traces: Traces | None = None,
    ) -> None:
        self._config, self._free, self._traces = config, free, traces
        own = config.participant
        # every file is read before there is a thread that would have to be stopped
        self._keys = read_keys(config)
        agreements = load_agreements(config.agreements_dir)
        self._policy = policy_of(config)
        self.credentials = Credentials(config.tls, utc_now)
        self.folder = data_folder(config, new)
        self.access_log = access_log(config, self.folder)
        self.pulse, self.tally = Pulse(), Tally()
        self._open_store(agreements)
        self.alarms = Alarms(self.store, self.writer, self.pulse, time.time)
        self._activating = Activating(
            own, config.agreements_dir, agreements, self._sharing, self.writer
        )
        self._follow_peers(new, without)
        self._serve_callers()
        self.renewal = Renewal(
            config, reread, self.credentials, self._keys, self.origin.keys_changed
        )
        reader = Reader(own, self.store, self.store, self.writer, self.pulse)
        self.steward = self._make_steward(reader, reread)
        self.reload = Reload([self._activating.read, self.steward.read, self.renewal.read])
        self.health = health.aio.HealthServicer()
        self.status = self._status()
        self.server = self._make_server(reader)

    def _open_store(self, agreements: Sequence[Loaded]) -> None:
        own, signer = self._config.participant, self._keys.signer
        try:
            self.store = open_store(self._config.store, self._config.data_dir, own, self._free)
            self.writer = Writer(
                self.store,
                self.pulse,
                lambda: time.time_ns() // 1000,
                lambda round_: round_.sign(signer),
                self.tally.committed,
            )
            self._sharing = Sharing(
                timeline_of(own, self.store.activations(log_origin(own)), agreements)
            )
        except StoreError as error:
            self.folder.release()
            if isinstance(error, LeaseHeld):
                raise
            kind = StartError if error.lasting else StoreAway
            raise kind(f"store: {error}") from None

    def _follow_peers(self, new: bool, without: Collection[str]) -> None:
        """What speaks with the other gateways; a connection is made when it is needed."""
        config, heartbeat = self._config, self._config.limits.heartbeat_seconds
        connect: dict[str, Connect] = {
            peer.participant: self._connector(peer) for peer in config.peers
        }
        self.continuity = self._judge_continuity(connect, new, without)
        self.continuity.before = self._activating.begin
        self.gossip = Gossip(self._keys, connect, self.store, self.writer, self.alarms, heartbeat)
        issued = Issued(self._keys.signer, self.store, self.writer)
        receipts = Receipts(
            self._keys,
            self._sharing,
            issued,
            self.store,
            self.writer,
            self.pulse,
            self.alarms,
            self.continuity,
            time.time,
        )
        self.origin = Origin(
            self._sharing,
            self.store,
            self.writer,
            self.pulse,
            issued,
            receipts,
            time.time,
            heartbeat,
        )
        self.links = [self._link(peer, channel) for peer, channel in connect.items()]

    def _serve_callers(self) -> None:
        """What decides on calls and on what they bring."""
        config, own, limits = self._config, self._config.participant, self._config.limits
        self._access = Access(own, config.clients, [p.participant for p in config.peers])
        self.checkers = CheckerPool(
            Checker(own, self._access, limits),
            check_settings(own, config.clients, limits),
            config.check_processes,
            time.time,
            native_checker(own, self._access, limits),
        )
        allowance = Allowance(own, limits, config.clients)
        self.calls = OpenCalls(
            limits,
            allowance,
            Quota(allowance, time.monotonic),
            time.monotonic,
            self.credentials.refusal,
            self.access_log,
            self.tally,
        )

    def _link(self, peer: str, connect: Connect) -> Link:
        key = self._keys.logs[peer]
        mirror = Mirror(log_origin(peer), key, DEFAULT, self._keys.witness)
        return Link(
            peer,
            mirror,
            connect,
            self.writer,
            Watch(self.alarms, self.store, self.pulse),
            time.time,
            self._config.limits,
            self._traces.mirrored if self._traces else None,
        )

    def _connector(self, peer: Peer) -> Connect:
        name, options = target(peer.address)
        options = (*OPTIONS, *options)
        return lambda: grpc.aio.secure_channel(name, self.credentials.channel(), options)

    def _judge_continuity(
        self,
        connect: Mapping[str, Connect],
        new: bool,
        without: Collection[str],
    ) -> Continuity:
        mark = Mark(self._config.data_dir, self.store, self.store.tenure)
        log = self._keys.signer.origin
        return Continuity(
            self._keys,
            connect,
            self.store,
            self.writer,
            self.alarms,
            self.pulse,
            mark,
            known=(new and mark.fresh) or mark.matches(self.writer.head(log).size),
            without=without,
        )

    def _evidence_room(self) -> EvidenceRoom:
        own, peers = self._config.participant, [p.participant for p in self._config.peers]
        return EvidenceRoom(
            own,
            self.store,
            self.writer.head,
            lambda: list(self.origin.receipts.newest.values()),
            self._keys.every,
            ClauseShares(own, peers, self._sharing, self.store),
            DEFAULT,
        )

    def _missing_reports(self) -> MissingReports:
        watch = Watch(self.alarms, self.store, self.pulse)
        own, heads = self._config.participant, self.writer.head
        notices = Notices(self.store.retained, self.store.last_offset)
        return MissingReports(own, self._keys.logs, watch, self.store, notices, heads)

    def _make_server(self, reader: Reader) -> grpc.aio.Server:
        config, writer, calls, limits = self._config, self.writer, self.calls, self._config.limits
        publisher = Publisher(config.participant, limits, writer, self.checkers, calls.quota)
        holder, missing = Holder(self.store, writer, VERSION, time.time), self._missing_reports()
        handlers = Handlers(
            ExchangeHandlers(
                publisher,
                reader,
                limits.publish_bytes_in_flight,
                calls.ending,
                Batches(self.tally, self._traces),
            ),
            ReplicationHandlers(self.origin, holder, self.gossip, calls.quota),
            AdminHandlers(self.status, self.reload, self.steward.run),
            AuditHandlers(self._evidence_room(), self.alarms, missing),
            self.health,
        )
        return make_server(limits, Guard(self._access, calls, writer.stop_accepting), handlers)

    def _status(self) -> Status:
        return Status(
            self._config.participant,
            VERSION,
            self.writer,
            self.links,
            self.origin.receipts.newest,
            self.alarms,
            time.time,
            Around(
                lambda: [*self.credentials.warnings(), *self.store.warnings],
                lambda: self.access_log.problem,
                lambda: self.credentials.files.not_after,
                self._config.data_dir,
            ),
        )

    def _make_steward(self, reader: Reader, reread: Callable[[], GatewayConfig]) -> Steward:
        return Steward(
            self._config,
            reread,
            self._policy,
            self.store,
            self.writer,
            self.pulse,
            [self.origin.forget, reader.forget],
            self.alarms,
            time.time,
        )
