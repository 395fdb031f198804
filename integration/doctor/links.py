"""Peers: the handshake with each of their addresses, then their own word: version, clock, what they hold."""

import ssl
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from functools import partial

import grpc

from gateway.config import GatewayConfig, Peer
from gateway.log.checkpoint import log_origin
from gateway.replication.reaching import target
from integration.doctor import link_words
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, skipped, trouble
from integration.doctor.handshake import Failure, Files, shake
from yrd.exchange.v1.service_pb2 import GetHoldingRequest, GetHoldingResponse
from yrd.exchange.v1.service_pb2_grpc import ReplicationServiceStub

CHECK = "links"
CALL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A peer's answer, and how many seconds its clock is ahead of ours; None if it does not say."""

    peer: str
    answer: GetHoldingResponse
    ahead_seconds: float | None


def files_of(config: GatewayConfig) -> Files:
    """With what this gateway connects."""
    return Files(config.tls.ca, config.tls.certificate, config.tls.key)


def ask(asked: Asked) -> tuple[list[Finding], list[Heard]]:
    """All peers at once: what is wrong with the ways to them, and what they answered."""
    if not asked.network:
        return [skipped(CHECK, "未检查各方链路", "peers were not asked (--no-network)")], []
    peers = asked.config.peers
    if not peers:
        return [skipped(CHECK, "未配置对端", "no peers are configured")], []
    with ThreadPoolExecutor(len(peers)) as pool:
        answers = list(pool.map(partial(_peer, asked.config), peers))
    found = [finding for findings, _ in answers for finding in findings]
    return found, [heard for _, heard in answers if heard is not None]


def _peer(config: GatewayConfig, peer: Peer) -> tuple[list[Finding], Heard | None]:
    name = peer.address[0].rpartition(":")[0]
    try:
        failures = {address: shake(address, name, files_of(config)) for address in peer.address}
    except (OSError, ssl.SSLError) as error:
        what = f"{peer.participant}: the own files can't be used: {error}"
        zh = f"{peer.participant}：本方证书文件不可用：{error}"
        step = Words("见证书检查的结果", "see what is said about certificates")
        return [trouble(CHECK, Words(zh, what), link_words.WHY, step)], None
    found = [_failed(peer, address, one, failures) for address, one in failures.items() if one]
    if len(found) == len(failures):
        return found, None
    asked, heard = _ask(config, peer)
    return [*found, *asked], heard


def _failed(
    peer: Peer, address: str, failure: Failure, failures: Mapping[str, Failure | None]
) -> Finding:
    what, step = link_words.WHAT[failure.kind], link_words.STEP[failure.kind]
    told = Words(
        f"{peer.participant}（{address}）：{what.zh}（{failure.words}）",
        f"{peer.participant} ({address}): {what.en} ({failure.words})",
    )
    # of a gateway and its standby only one listens
    standby = len(failures) > 1 and any(one is None for one in failures.values())
    return (attention if standby else trouble)(CHECK, told, link_words.WHY, step)


def _ask(config: GatewayConfig, peer: Peer) -> tuple[list[Finding], Heard | None]:
    files = files_of(config)
    roots, key, chain = (f.read_bytes() for f in (files.ca, files.key, files.certificate))
    place, options = target(peer.address)
    credentials = grpc.ssl_channel_credentials(roots, key, chain)
    begin = time.time()
    with grpc.secure_channel(place, credentials, options) as channel:
        request = GetHoldingRequest(log_origin=log_origin(config.participant))
        try:
            answer = ReplicationServiceStub(channel).GetHolding(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            return [_refused(peer, error)], None
    middle = (begin + time.time()) / 2
    ahead = None
    if answer.HasField("time"):
        ahead = answer.time.ToDatetime(UTC).timestamp() - middle
    told = f"{answer.size}"
    fine = good(
        CHECK,
        f"{peer.participant}：已连通，持有本方日志 {told} 条",
        f"{peer.participant}: reached; it holds {told} entries of our log",
    )
    return [fine], Heard(peer.participant, answer, ahead)


def _refused(peer: Peer, error: grpc.RpcError) -> Finding:
    call: grpc.Call = error  # type: ignore[assignment]  # grpc raises errors that are calls
    words = f"{call.code().name}: {call.details()}"
    return trouble(
        CHECK,
        Words(
            f"{peer.participant}：握手成功，但拒绝调用：{words}",
            f"{peer.participant}: the handshake is good, the call was refused: {words}",
        ),
        link_words.WHY,
        Words(
            "请对端核对 peers 中是否列有本方，及其状态",
            "ask the peer whether we are in its `peers`, and how it is",
        ),
    )
