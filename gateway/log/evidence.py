"""Evidence of one entry, and what it proves to someone who has nothing but public keys.

Keys that come with the evidence show that its parts belong together; only keys that were had from
their owners another way ("trusted") show who signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from google.protobuf.message import DecodeError

from gateway.log import note as notes
from gateway.log import proof as proofs
from gateway.log.checkpoint import Checkpoint, cosigned_time, is_good, witness_name
from gateway.log.merkle import leaf_hash
from gateway.log.note import Note, NoteError, Signature, VerifierKey, parse_vkey
from gateway.log.suite import Suite
from yrd.exchange.v1.message_pb2 import Disclosure, Leaf


@dataclass(frozen=True, slots=True)
class Evidence:
    """Serialised leaf, tlog-proof, verifier keys, serialised disclosures."""

    leaf: bytes
    proof: str
    keys: tuple[str, ...]
    disclosures: tuple[bytes, ...] = ()


class Problem(NamedTuple):
    """Something wrong, in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature found: by which key, since when (seconds since 1970; log keys sign no time)."""

    key: VerifierKey
    time: int | None
    good: bool
    trusted: bool


@dataclass(slots=True)
class Findings:
    """What the evidence shows, and everything that is wrong with it."""

    leaf: Leaf = field(default_factory=Leaf)
    leaf_hash: bytes = b""
    index: int = 0
    checkpoint: Checkpoint | None = None
    signatures: list[Signed] = field(default_factory=list)
    disclosed: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    def wrong(self, zh: str, en: str) -> None:
        """Adds a problem."""
        self.problems.append(Problem(zh, en))


def examine(
    evidence: Evidence, trusted: Sequence[VerifierKey], quorum: int, suite: Suite
) -> Findings:
    """Checks everything. With trusted keys, the log's must be among them and only theirs count.

    `quorum`: how many other participants must have cosigned.
    """
    findings = Findings(leaf_hash=leaf_hash(evidence.leaf))
    _read_leaf(evidence.leaf, findings)
    note = _proven(evidence.proof, findings)
    keys = _keys(evidence.keys, trusted, findings)
    if note is not None and findings.checkpoint is not None:
        _signatures(note, keys, frozenset(trusted), findings, suite)
        _signers(findings, bool(trusted), quorum, findings.checkpoint.origin)
    _disclosures(evidence.disclosures, findings)
    return findings


def _read_leaf(data: bytes, findings: Findings) -> None:
    try:
        findings.leaf = Leaf.FromString(data)
    except DecodeError:
        findings.wrong("leaf 不是日志条目", "leaf is not a serialised Leaf")


def _proven(text: str, findings: Findings) -> Note | None:
    try:
        proof = proofs.parse(text)
        checkpoint, note = proof.proven(findings.leaf_hash)
    except proofs.ProofError as error:
        findings.wrong(f"包含证明无效：{error}", f"proof: {error}")
        return None
    findings.index, findings.checkpoint = proof.index, checkpoint
    stamp = findings.leaf.stamp
    if (f"yrd/{stamp.origin}", stamp.sequence) != (checkpoint.origin, proof.index):
        findings.wrong(
            f"条目自称 yrd/{stamp.origin} 第 {stamp.sequence} 条，"
            f"证明却是 {checkpoint.origin} 第 {proof.index} 条",
            f"the entry says it is {stamp.sequence} of yrd/{stamp.origin}, the proof that it is "
            f"{proof.index} of {checkpoint.origin}",
        )
    return note


def _keys(
    texts: Iterable[str], trusted: Sequence[VerifierKey], findings: Findings
) -> dict[tuple[str, bytes], VerifierKey]:
    keys = {(key.name, key.key_id): key for key in trusted}
    names = {key.name for key in trusted}
    for text in texts:
        try:
            key = parse_vkey(text)
        except NoteError as error:
            findings.wrong(f"公钥无法读取：{error}", f"key: {error}")
            continue
        if key.name in names and key not in trusted:
            findings.wrong(
                f"所附公钥 {key.name} 与您信任的不同",
                f"the key of {key.name} here is not the trusted one",
            )
        keys.setdefault((key.name, key.key_id), key)
    return keys


def _signatures(
    note: Note,
    keys: dict[tuple[str, bytes], VerifierKey],
    trusted: frozenset[VerifierKey],
    findings: Findings,
    suite: Suite,
) -> None:
    for signature in note.signatures:
        key = keys.get((signature.name, signature.key_id))
        if key is None:
            findings.wrong(
                f"没有 {signature.name} 的公钥，无法验证其签名",
                f"no key to verify the signature of {signature.name} with",
            )
            continue
        good = is_good(signature, note.text, key, suite)
        time = cosigned_time(signature) if key.kind == notes.WITNESS else None
        findings.signatures.append(Signed(key, time, good, key in trusted))
        if not good:
            findings.wrong(f"{key.name} 的签名无效", f"bad signature by {key.name}")
    _unused(note.signatures, keys.values(), trusted, findings)


def _unused(
    signatures: Sequence[Signature],
    keys: Iterable[VerifierKey],
    trusted: frozenset[VerifierKey],
    findings: Findings,
) -> None:
    """A key that comes with the evidence and has signed nothing claims what is not so."""
    used = {(signature.name, signature.key_id) for signature in signatures}
    for key in keys:
        if (key.name, key.key_id) not in used and key not in trusted:
            findings.wrong(
                f"所附公钥 {key.name} 没有签名", f"no signature by {key.name}, whose key is here"
            )


def _signers(findings: Findings, only_trusted: bool, quorum: int, origin: str) -> None:
    counted = [s for s in findings.signatures if s.good and (s.trusted or not only_trusted)]
    if not any(s.key.kind == notes.LOG and s.key.name == origin for s in counted):
        findings.wrong(
            f"没有{'受信任的' if only_trusted else ''}日志签名：{origin}",
            f"no signature of the log {origin}" + (" by a trusted key" if only_trusted else ""),
        )
    own = witness_name(origin.removeprefix("yrd/"))
    names = {s.key.name for s in counted if s.key.kind == notes.WITNESS} - {own}
    if len(names) < quorum:
        findings.wrong(
            f"{'受信任的' if only_trusted else ''}会签 {len(names)} 个，需要 {quorum} 个",
            f"{len(names)} cosignatures{' by trusted keys' if only_trusted else ''}, {quorum} needed",
        )


def _disclosures(disclosures: Iterable[bytes], findings: Findings) -> None:
    digests = {d.group: d.digest for d in findings.leaf.disclosure_digests}
    for data in disclosures:
        try:
            part = Disclosure.FromString(data)
        except DecodeError:
            findings.wrong("披露内容无法读取", "a disclosure is not a serialised Disclosure")
            continue
        if digests.get(part.group) != sha256(data).digest():
            findings.wrong(
                f"披露组 {part.group!r} 与条目中的摘要不符",
                f"the disclosure of group {part.group!r} is not the one in the entry",
            )
        else:
            findings.disclosed[part.group] = data
    findings.missing = [group for group in digests if group not in findings.disclosed]
