"""One gateway process: puts the parts together, runs until told to stop."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from importlib.metadata import version

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from gateway import memory
from gateway.access_log import AccessLog
from gateway.agreements import load_agreements
from gateway.config import GatewayConfig, Limits, Peer
from gateway.errors import GatewayError, Unavailable
from gateway.exchange.access import Access
from gateway.exchange.activating import Activating, timeline_of
from gateway.exchange.check_process import settings as check_settings
from gateway.exchange.checker_pool import CheckerPool
from gateway.exchange.checking import Checker
from gateway.exchange.evidence import EvidenceRoom
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
from gateway.replication.link import Link
from gateway.replication.mirror import Mirror
from gateway.replication.missing import MissingReports
from gateway.replication.origin import Origin
from gateway.replication.watch import Watch
from gateway.retention.steward import Steward, policy_of
from gateway.server.calls import OpenCalls
from gateway.server.credentials import Credentials, read_tls, utc_now
from gateway.server.guard import Guard
from gateway.server.renewal import Renewal
from gateway.server.services import (
    AdminHandlers,
    AuditHandlers,
    ExchangeHandlers,
    ReplicationHandlers,
)
from gateway.server.status import Status
from gateway.sharing.decide import Sharing
from gateway.store.lock import FolderInUse, FolderLock
from gateway.store.mark import Mark
from gateway.store.port import StoreError
from gateway.store.pulse import Pulse
from gateway.store.sqlite import SqliteStore
from gateway.store.writer import Writer
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc

logger = logging.getLogger(__name__)

STORE = "gateway.db"
MAX_RECEIVE_BYTES = 32 << 20
OPTIONS = (
    ("grpc.max_receive_message_length", MAX_RECEIVE_BYTES),
    ("grpc.max_send_message_length", -1),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.so_reuseport", 0),
)
CANCEL_AGAIN_SECONDS = 0.2
LAST_MOMENT_SECONDS = 0.5  # for refusals to reach those who called last
CALLS_TO_REFUSE = 100  # beyond those that are admitted: they are told why they are not
SERVICES = ("ExchangeService", "ReplicationService", "AdminService", "AuditService")


class StartError(Exception):
    """The gateway can't start; the text says why and what to do."""


def serve(
    config: GatewayConfig,
    reread: Callable[[], GatewayConfig] | None = None,
    *,
    new: bool = False,
    without: Collection[str] = (),
) -> int:
    """Runs the gateway until SIGTERM or SIGINT. Returns the exit status. Raises StartError.

    `reread` reads the configuration anew for a reload.
    `new`: begin a log; `without`: peers whose word on our log the operator does without.
    """
    memory.for_batches()
    if new and (config.data_dir / STORE).exists():
        raise StartError(
            f"--new: there is a store in {config.data_dir} already: start without --new, which is for "
            "the first start ever"
        )
    return asyncio.run(_serve(lambda: Gateway(config, reread, new=new, without=without)))


async def _serve(make: Callable[[], "Gateway"]) -> int:
    gateway = make()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, gateway.begin_reload)
    try:
        await gateway.start()
        await stop.wait()
    finally:
        await gateway.stop()
    return 0


class Gateway:
    """One participant's gateway. Needs a running event loop.

    `new`: a store that was never in use is the beginning of the log. `without`: peers whose word on
    our log is not waited for.
    """

    def __init__(
        self,
        config: GatewayConfig,
        reread: Callable[[], GatewayConfig] | None = None,
        *,
        new: bool = False,
        without: Collection[str] = (),
    ) -> None:
        self._config = config
        reread = reread or (lambda: config)
        own = config.participant
        # every file is read before there is a thread that would have to be stopped
        self._keys = read_keys(config)
        signer = self._keys.signer
        agreements = load_agreements(config.agreements_dir)
        self._policy = policy_of(config)
        self._credentials = Credentials(config.tls, utc_now)
        self._folder = _folder(config, new)
        self._access_log = _access_log(config, self._folder)
        try:
            self._store = SqliteStore(config.data_dir / STORE, own)
            self._pulse = Pulse()
            self._writer = Writer(
                self._store,
                self._pulse,
                lambda: time.time_ns() // 1000,
                lambda round_: round_.sign(signer),
            )
            self._sharing = Sharing(
                timeline_of(own, self._store.activations(log_origin(own)), agreements)
            )
        except StoreError as error:
            self._folder.release()
            raise StartError(f"store: {error}") from None
        self._alarms = Alarms(self._store, self._writer, self._pulse, time.time)
        self._activating = Activating(
            own, config.agreements_dir, agreements, self._sharing, self._writer
        )
        connect: dict[str, Callable[[], grpc.aio.Channel]] = {
            peer.participant: self._connector(peer) for peer in config.peers
        }
        self._continuity = self._judge_continuity(connect, new, without)
        self._continuity.before = self._activating.begin
        self._gossip = Gossip(
            self._keys,
            connect,
            self._store,
            self._writer,
            self._alarms,
            config.limits.heartbeat_seconds,
        )
        self._access = Access(own, config.clients, [p.participant for p in config.peers])
        self._checkers = CheckerPool(
            Checker(own, self._access, config.limits),
            check_settings(own, config.clients, config.limits),
            config.check_processes,
            time.time,
        )
        self._origin = Origin(
            self._keys,
            self._sharing,
            self._store,
            self._writer,
            self._pulse,
            self._alarms,
            self._continuity,
            time.time,
            config.limits.heartbeat_seconds,
        )
        self._links = [self._link(peer) for peer in config.peers]
        allowance = Allowance(own, config.limits, config.clients)
        quota = Quota(allowance, time.monotonic)
        refusal = self._credentials.refusal
        monotonic = time.monotonic
        self._calls = OpenCalls(
            config.limits, allowance, quota, monotonic, refusal, self._access_log
        )
        self._evidence = self._evidence_room()
        self.renewal = Renewal(
            config, reread, self._credentials, self._keys, self._origin.keys_changed
        )
        self._reload = Reload([self._activating.read, self.renewal.read])
        self._tasks: list[asyncio.Task[None]] = []
        self._health = health.aio.HealthServicer()
        self._server = self._make_server()

    @property
    def cut_off(self) -> int:
        """Calls that were ended for being slow, idle or no longer allowed."""
        return self._calls.cut_off

    @property
    def open_calls(self) -> int:
        """Calls that are open now."""
        return len(self._calls)

    def _link(self, peer: Peer) -> Link:
        key = self._keys.logs[peer.participant]
        mirror = Mirror(log_origin(peer.participant), key, DEFAULT, self._keys.witness)
        return Link(
            peer.participant,
            mirror,
            self._connector(peer),
            self._writer,
            Watch(self._alarms, self._store, self._pulse),
            time.time,
            self._config.limits,
        )

    def _connector(self, peer: Peer) -> Callable[[], grpc.aio.Channel]:
        return lambda: grpc.aio.secure_channel(peer.address, self._credentials.channel(), OPTIONS)

    def _judge_continuity(
        self,
        connect: dict[str, Callable[[], grpc.aio.Channel]],
        new: bool,
        without: Collection[str],
    ) -> Continuity:
        mark = Mark(self._config.data_dir, self._store)
        log = self._keys.signer.origin
        return Continuity(
            self._keys,
            connect,
            self._store,
            self._writer,
            self._alarms,
            self._pulse,
            mark,
            known=(new and mark.fresh) or mark.matches(self._writer.head(log).size),
            without=without,
        )

    def _evidence_room(self) -> EvidenceRoom:
        own, peers = self._config.participant, [p.participant for p in self._config.peers]
        return EvidenceRoom(
            own,
            self._store,
            self._writer.head,
            lambda: list(self._origin.receipts.values()),
            self._keys.every,
            ClauseShares(own, peers, self._sharing),
            DEFAULT,
        )

    def _missing_reports(self) -> MissingReports:
        watch = Watch(self._alarms, self._store, self._pulse)
        own, heads = self._config.participant, self._writer.head
        return MissingReports(own, self._keys.logs, watch, self._store, heads)

    def _make_server(self) -> grpc.aio.Server:
        config, writer = self._config, self._writer
        calls, limits = self._calls, config.limits
        server = grpc.aio.server(
            interceptors=[Guard(self._access, calls, writer.stop_accepting)],
            options=_server_options(limits),
            maximum_concurrent_rpcs=limits.streams_in_all + limits.unary_calls + CALLS_TO_REFUSE,
        )
        publisher = Publisher(config.participant, limits, writer, self._checkers, calls.quota)
        reader = Reader(config.participant, self._store, self._store, writer, self._pulse)
        self._steward = self._make_steward(reader)
        status = Status(
            config.participant,
            version("yangtze-delta-exchange"),
            writer,
            self._links,
            self._origin.receipts,
            self._alarms,
            time.time,
            self._credentials.warnings,
            lambda: self._access_log.problem,
        )
        exchange = ExchangeHandlers(publisher, reader, limits.publish_bytes_in_flight, calls.ending)
        rpc.add_ExchangeServiceServicer_to_server(exchange, server)
        holder = Holder(self._store, writer)
        replication = ReplicationHandlers(self._origin, holder, self._gossip, calls.quota)
        rpc.add_ReplicationServiceServicer_to_server(replication, server)
        rpc.add_AdminServiceServicer_to_server(
            AdminHandlers(status, self._reload, self._steward.run), server
        )
        audit = AuditHandlers(self._evidence, self._alarms, self._missing_reports())
        rpc.add_AuditServiceServicer_to_server(audit, server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = [pb.DESCRIPTOR.services_by_name[name].full_name for name in SERVICES]
        reflection.enable_server_reflection(
            [*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server
        )
        return server

    def _make_steward(self, reader: Reader) -> Steward:
        return Steward(
            self._config,
            self._policy,
            self._store,
            self._writer,
            self._pulse,
            [self._origin.forget, reader.forget],
            self._alarms,
            time.time,
        )

    async def start(self) -> None:
        """Listens, follows the peers, and asks them whether our log goes on where it ended.

        Raises StartError if the address can't be had.
        """
        try:
            self._server.add_secure_port(self._config.listen, self._credentials.server())
        except RuntimeError:
            raise StartError(
                f"listen: {self._config.listen} can't be had; is another gateway running?"
            ) from None
        self._access_log.begin()
        await self._server.start()
        self._tasks += [asyncio.create_task(link.run()) for link in self._links]
        self._tasks.append(asyncio.create_task(self._continuity.run()))
        self._tasks.append(asyncio.create_task(self._gossip.run()))
        await self._continuity.asked()
        await self._tell_health()
        self._tasks.append(asyncio.create_task(self._watch()))
        self._tasks.append(asyncio.create_task(self._calls.watch()))
        seconds = self._config.limits.certificate_check_seconds
        self._tasks.append(asyncio.create_task(self.renewal.watch(seconds)))
        self._steward.begin()
        logger.info(
            "gateway_ready",
            extra={"participant": self._config.participant, "listen": self._config.listen},
        )

    def begin_reload(self) -> None:
        """Reads anew what the files say, as on SIGHUP; what is wrong stands in the log."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(self._reload_quietly()))

    async def _reload_quietly(self) -> None:
        with suppress(GatewayError):
            await self._reload()

    async def _watch(self) -> None:
        """Tells the health service whenever the gateway ceases to accept, or begins."""
        while True:
            told = self._problem
            await self._pulse.until(partial(self._differs, told), None)
            await self._tell_health()

    def _differs(self, told: str) -> bool:
        return self._problem != told

    @property
    def _problem(self) -> str:
        return self._writer.problem or self._continuity.problem

    async def _tell_health(self) -> None:
        answer = health_pb2.HealthCheckResponse
        problem = self._problem
        await self._health.set("", answer.NOT_SERVING if problem else answer.SERVING)
        if problem:
            logger.error("stopped_accepting", extra={"detail": problem})

    async def stop(self) -> None:
        """Takes no more, finishes what was begun, writes it, closes."""
        await self._health.enter_graceful_shutdown()
        self._writer.begin_stop()
        self._calls.begin_end(Unavailable("the gateway is shutting down; try again soon"))
        await _cancel_all(self._tasks)
        await self._calls.end(self._config.limits.shutdown_grace_seconds)
        await self._calls.close(self._server.stop(LAST_MOMENT_SECONDS))
        await asyncio.to_thread(self._writer.stop)
        await self._steward.close()
        await self._checkers.close()
        await self._continuity.close()
        self._store.close()
        await asyncio.to_thread(self._access_log.close)
        self._folder.release()
        logger.info("gateway_stopped", extra={"participant": self._config.participant})


async def _cancel_all(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Cancels until they are done: a call of grpc.aio that is still being set up swallows the first."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)


def _access_log(config: GatewayConfig, folder: FolderLock) -> AccessLog:
    try:
        return AccessLog(config.data_dir / "access")
    except OSError as error:
        folder.release()
        raise StartError(f"access log: {error.filename}: {error.strerror}") from None


def _server_options(limits: Limits) -> list[tuple[str, int]]:
    own = {
        "grpc.max_receive_message_length": limits.max_request_bytes,
        "grpc.max_concurrent_streams": limits.calls_per_connection,
    }
    return list((dict(OPTIONS) | own).items())


def _folder(config: GatewayConfig, new: bool) -> FolderLock:
    """The data folder, for this gateway alone. Raises StartError."""
    if not (new or (config.data_dir / STORE).exists()):
        raise StartError(
            f"store: there is none in {config.data_dir}. Was the disk lost? Then run `yrd gateway "
            "recover --config FILE`: the peers hold your log. Only for the first start ever: --new"
        )
    try:
        return FolderLock(config.data_dir)
    except (FolderInUse, OSError) as error:
        raise StartError(f"data_dir: {error}") from None


def check_files(config: GatewayConfig) -> int:
    """Reads every file that a configuration names; number of agreements. Raises ConfigError."""
    read_keys(config)
    read_tls(config.tls)
    policy_of(config)
    return len(load_agreements(config.agreements_dir))
