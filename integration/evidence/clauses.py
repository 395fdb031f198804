"""What a folder's clause.json says, judged by the activations that the folder proves."""

from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError

from gateway.log.evidence import Evidence, Findings, examine
from gateway.log.note import VerifierKey
from gateway.log.sealing import SealError
from gateway.log.suite import DEFAULT
from gateway.sharing.activation import TYPE, Activation, read
from gateway.sharing.proven import Claim, Judged, judge
from yrd.exchange.v1.service_pb2 import SharedUnder


def activations(
    shown: dict[str, Evidence], trusted: Sequence[VerifierKey], quorum: int, findings: Findings
) -> list[Activation]:
    """The activations that are proved as the message is; `findings` gets what is wrong with the others."""
    proved: list[Activation] = []
    for name, evidence in shown.items():
        found = examine(evidence, trusted, quorum, DEFAULT)
        for problem in found.problems:
            findings.wrong(f"协议生效条目 {name}：{problem.zh}", f"activation {name}: {problem.en}")
        same = found.leaf.stamp.origin == findings.leaf.stamp.origin
        if found.ok and not (same and found.leaf.type == TYPE and name == str(found.index)):
            findings.wrong(
                f"协议生效条目 {name}：不是同一日志该序号的协议生效条目",
                f"activation {name}: not the activation at that place of the same log",
            )
        elif found.ok:
            proved += _read(evidence, found, findings)
    return proved


def _read(evidence: Evidence, found: Findings, findings: Findings) -> Iterator[Activation]:
    try:
        sealed_us = found.leaf.stamp.sealed_time.ToMicroseconds()
        yield read(found.index, evidence.leaf, evidence.disclosures, sealed_us)
    except (SealError, DecodeError, ValueError, OverflowError) as error:
        findings.wrong(
            f"协议生效条目 {found.index}：无法读取：{error}", f"activation {found.index}: {error}"
        )


def judged(
    shared: Sequence[SharedUnder], proved: Sequence[Activation], findings: Findings, leaf: bytes
) -> list[Judged]:
    """Each clause that is said to have shared the message; `findings` gets those that the log contradicts."""
    found = []
    for one in shared:
        claim = Claim(one.participant, tuple(one.clauses), frozenset(one.groups))
        found += judge(leaf, proved, claim)
    for each in found:
        if each.verdict == "contradicted":
            findings.wrong(
                f"clause.json：按日志中的协议，{each.clause} 并未如此提供给 {each.participant}",
                f"clause.json: by the agreements in the log, {each.clause} did not give this to "
                f"{each.participant}",
            )
    return found
