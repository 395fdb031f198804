"""What peers hold of the own log, and give back of it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc

from gateway.keys import Keys
from gateway.recovery.report import RecoveryError
from gateway.recovery.spool import Spool
from gateway.replication.holdings import Holding, judge
from yrd.exchange.v1.service_pb2 import GetHoldingRequest, RestoreRequest, RestoreResponse
from yrd.exchange.v1.service_pb2_grpc import ReplicationServiceStub

ASK_SECONDS = 10.0
PIECE_SECONDS = 60.0
Connect = Callable[[], grpc.Channel]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of the owner of a log; `connect` opens a channel to each of them."""

    log: str
    keys: Keys
    connect: Mapping[str, Connect]
    progress: Progress

    def ask_all(self) -> dict[str, Holding]:
        """How far each of them holds the log; all are asked at once."""
        with ThreadPoolExecutor(max(1, len(self.connect))) as pool:
            return dict(zip(self.connect, pool.map(self._ask, self.connect), strict=True))

    def _ask(self, peer: str) -> Holding:
        try:
            with self.connect[peer]() as channel:
                stub = ReplicationServiceStub(channel)
                answer = stub.GetHolding(
                    GetHoldingRequest(log_origin=self.log), timeout=ASK_SECONDS
                )
        except grpc.RpcError as error:
            return Holding(problem=_told(error))
        return judge(self.keys, peer, answer)

    def fetch_all(self, spools: Mapping[str, Spool], holdings: Mapping[str, Holding]) -> None:
        """As fetch, from all of these at once."""
        with ThreadPoolExecutor(max(1, len(spools))) as pool:
            work = [
                pool.submit(self.fetch, peer, spool, holdings[peer])
                for peer, spool in spools.items()
            ]
            for one in work:
                one.result()

    def fetch(self, peer: str, spool: Spool, holding: Holding) -> None:
        """Reads on where the spool ends, up to what the peer holds; less is found when it is verified.

        Raises RecoveryError, OSError.
        """
        whole = holding.size - spool.start
        request = RestoreRequest(log_origin=self.log, start=spool.stop)
        try:
            with self.connect[peer]() as channel:
                call = ReplicationServiceStub(channel).Restore(request)
                for piece in _in_time(call):
                    if piece.start != spool.stop or not piece.entries:
                        return
                    spool.append(piece.entries)
                    self.progress(f"from {peer}", spool.stop - spool.start, whole)
                    if spool.stop >= holding.size:
                        call.cancel()
                        return
        except grpc.RpcError as error:
            told = _told(error)
            raise RecoveryError(f"{peer}: {told}; run this again, it goes on from here") from None


def _in_time(call: Any) -> Iterator[RestoreResponse]:
    """The pieces of an answer; a peer that falls silent is given up."""
    while True:
        silence = threading.Timer(PIECE_SECONDS, call.cancel)
        silence.start()
        try:
            piece = next(call, None)
        finally:
            silence.cancel()
        if piece is None:
            return
        yield piece


def _told(error: grpc.RpcError) -> str:
    call: Any = error  # grpc raises errors that are calls
    return f"{call.code().name}: {call.details()}"
