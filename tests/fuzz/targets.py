"""Every decoder that takes bytes from outside, with valid samples and the errors that it may raise."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.message import DecodeError, Message

from gateway.audit.account import FORMAT
from gateway.config import ROLES, Client, ConfigError, Limits, load
from gateway.errors import GatewayError
from gateway.exchange.access import Access, Caller
from gateway.exchange.checking import Checker
from gateway.exchange.reader import _mark, _offset_of
from gateway.exchange.salts import salts
from gateway.log import checkpoint, evidence, keyring, note, proof
from gateway.log.merkle import Tree, leaf_hash
from gateway.log.suite import DEFAULT
from gateway.replication.ahead import check_ahead
from gateway.replication.mirror import Mirror
from gateway.retention import policy
from gateway.server.identity import caller_of, certificate_of
from gateway.sharing import agreement
from gateway.store.port import Head
from integration.accounts.account import AccountError
from integration.accounts.account import read as read_account
from integration.evidence.folder import FolderError
from integration.evidence.folder import read as read_evidence
from integration.stack import AGREEMENTS
from schemas import avro
from schemas.avro import codec, container
from schemas.avro.errors import AvroFormError
from schemas.avro.framing import RegistryFraming
from schemas.codes.lookup import problem
from schemas.json_form import JsonFormError, drafts_from_json, text_of, to_json
from schemas.samples.reading import invalid_samples, valid_samples
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Draft, SealedBatch, UrgentBatch
from yrd.wire.v1.wire_pb2 import SerializedDrafts

SCHEMAS = Path(avro.__file__).parent
POLICY = Path(policy.__file__).parent / "policy.yaml"
_LOGS = {f"yrd/{name}": {"size": 2, "checkpoint": ""} for name in ("310000", "320000")}
_HEAD = {
    "account": FORMAT,
    "participant": "310000",
    "with": "320000",
    "time": "2026",
    "logs": _LOGS,
}
_RUNS = [
    {"log": log, "start": 0, "form": "whole", "hashes": [base64.b64encode(bytes(32)).decode()]}
    for log in _LOGS
]
ACCOUNT = "".join(
    json.dumps(line) + "\n"
    for line in (_HEAD | {"receipt": ""}, *_RUNS, {"end": dict.fromkeys(_LOGS, 2)})
).encode()
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
NOW_US = int(NOW.timestamp() * 1e6)
CALLER = Caller("310000", "console")


@dataclass(frozen=True)
class Target:
    """A decoder. `weight`: its share of all inputs, for decoders are not equally quick."""

    name: str
    decode: Callable[[bytes], object]
    samples: Sequence[bytes]
    allowed: tuple[type[Exception], ...]
    weight: int = 1


def targets(materials: Materials, folder: Path) -> list[Target]:
    """All of them. The folder is for files that are read."""
    log = HandmadeLog(materials, "320000")
    drafts = [sample.draft for sample in (*valid_samples(), *invalid_samples())]
    log.add(*drafts[:40])
    return [
        *_drafts(drafts),
        *_peers(materials, log),
        *_notes(materials, log),
        *_evidence(materials, log),
        *_forms(drafts),
        *_files(materials, folder),
        *_words(),
        *_certificates(materials),
    ]


def _drafts(drafts: list[Draft]) -> list[Target]:
    access = Access("310000", [Client(system="*", roles=ROLES)], [])
    checker, fresh = Checker("310000", access, Limits()), salts()  # type: ignore[call-arg]

    def check(data: bytes) -> object:
        (found,) = checker.check_all(CALLER, [data], NOW, fresh)
        return found

    def request(data: bytes) -> object:
        return [check(draft) for draft in SerializedDrafts.FromString(data).drafts]

    single = [draft.SerializeToString() for draft in drafts]
    batches = [
        pb.PublishRequest(drafts=drafts[i : i + 2]).SerializeToString() for i in range(0, 60, 2)
    ]
    return [
        Target("draft", check, single, (), 4),
        Target("publish request", request, batches, (DecodeError,), 2),
    ]


def _peers(materials: Materials, log: HandmadeLog) -> list[Target]:
    keys = keyring.KeyRing.of(
        note.parse_vkey((materials.folder / "320000" / "log.vkey").read_text())
    )
    secret = DEFAULT.load_private_key((materials.folder / "310000" / "witness.key").read_bytes())
    mirror = Mirror(log.origin, keys, DEFAULT, checkpoint.Witness("yrd/310000/witness", secret))
    held = Head(log.origin, log.frontier(3), log.checkpoint(3))

    def response(data: bytes) -> object:
        read = pb.ReplicateResponse.FromString(data)
        if read.HasField("urgent"):
            return check_ahead(mirror, read.urgent, held)
        return mirror.check(read.batch, held, NOW_US)

    def entries(data: bytes) -> object:
        """Entries alone, signed anew, so that what is behind the checkpoint is reached."""
        batch = SealedBatch.FromString(data)
        hashes = [leaf_hash(e.leaf) if e.leaf else e.leaf_hash for e in batch.entries]
        return [
            mirror.entry(e, h, 3 + i)
            for i, (e, h) in enumerate(zip(batch.entries, hashes, strict=True))
        ]

    batches = [log.batch(3, stop) for stop in (4, 6, 12)]
    responses = [pb.ReplicateResponse(batch=batch).SerializeToString() for batch in batches]
    urgent: UrgentBatch = log.urgent([5, 9], 12)
    responses.append(pb.ReplicateResponse(urgent=urgent).SerializeToString())
    asked: list[Message] = [
        pb.ReplicateRequest(
            open=pb.ReplicateOpen(
                log_origin="yrd/320000", size=3, cosigned_checkpoint=log.checkpoint(3)
            )
        ),
        pb.ReplicateRequest(receipt=pb.ReplicateReceipt(cosigned_checkpoint=log.checkpoint(3))),
    ]

    def request(data: bytes) -> object:
        read = pb.ReplicateRequest.FromString(data)
        rendered = read.open.cosigned_checkpoint or read.receipt.cosigned_checkpoint
        return checkpoint.verified(rendered, keys, DEFAULT, old=True)

    wrong = (DecodeError, GatewayError)
    return [
        Target("replicate response", response, responses, wrong, 2),
        Target("sealed entries", entries, [b.SerializeToString() for b in batches], wrong, 2),
        Target(
            "replicate request",
            request,
            [m.SerializeToString() for m in asked],
            (DecodeError, note.NoteError),
            2,
        ),
    ]


def _notes(materials: Materials, log: HandmadeLog) -> list[Target]:
    vkeys = [path.read_bytes() for path in sorted(materials.folder.glob("*/*.vkey"))]
    signed = [log.checkpoint(size).encode() for size in (0, 1, 7, 40)]
    texts = [note.parse(one.decode()).text.encode() for one in signed]
    wrong = (note.NoteError, UnicodeDecodeError)
    return [
        Target("signed note", lambda d: note.parse(d.decode()).render(), signed, wrong, 6),
        Target("checkpoint", lambda d: checkpoint.parse(d.decode()).text(), texts, wrong, 6),
        Target("verifier key", lambda d: note.parse_vkey(d.decode()), vkeys, wrong, 6),
    ]


def _evidence(materials: Materials, log: HandmadeLog) -> list[Target]:
    hashes = [leaf_hash(entry.leaf) for entry in log.entries]
    tree = Tree(lambda level, index: hashes if not (level or index) else [])
    proofs = [proof.prove(tree, index, log.checkpoint(40)).render() for index in (0, 5, 39)]
    key = (materials.folder / "320000" / "log.vkey").read_text()

    def examine(data: bytes) -> object:
        leaf, proof_text, part = [*data.split(b"\xfe\xfe", 2), b"", b""][:3]
        made = evidence.Evidence(leaf, proof_text.decode(), (key,), (part,))
        return evidence.examine(made, [], 0, DEFAULT)

    entry = log.entries[5]
    whole = b"\xfe\xfe".join([entry.leaf, proofs[1].encode(), *entry.disclosures[:1]])
    return [
        Target(
            "tlog-proof",
            lambda d: proof.parse(d.decode()).render(),
            [one.encode() for one in proofs],
            (proof.ProofError, note.NoteError, UnicodeDecodeError),
            4,
        ),
        Target("evidence", examine, [whole], (UnicodeDecodeError,), 2),
    ]


def _forms(drafts: list[Draft]) -> list[Target]:
    some = drafts[::4]
    single = [codec.encode(draft) for draft in some]
    files = [container.write_container([draft]) for draft in some[:8]]
    schema = json.loads((SCHEMAS / f"{Draft.DESCRIPTOR.full_name}.avsc").read_text())
    framing = RegistryFraming({7: schema})
    texts = [to_json(draft).encode() for draft in some]
    return [
        Target("avro single object", codec.decode, single, (AvroFormError,), 2),
        Target("avro container", container.read_container, files, (AvroFormError,)),
        Target(
            "json drafts",
            lambda d: drafts_from_json(text_of(d, "x"), "x"),
            texts,
            (JsonFormError,),
            2,
        ),
        Target(
            "avro registry framing",
            framing.decode,
            list(map(framing.encode, some)),
            (AvroFormError,),
            2,
        ),
    ]


def _files(materials: Materials, folder: Path) -> list[Target]:
    texts = [path.read_bytes() for path in sorted(AGREEMENTS.glob("*.yaml"))]
    path = folder / "config.yaml"
    made = materials.config("310000", 7310, folder, peers=[materials.peer("320000", "127.0.0.1:1")])
    config = yaml.safe_dump(made.model_dump(mode="json")).encode()

    def read(data: bytes) -> object:
        path.write_bytes(data)
        return load(path)

    (folder / "evidence").mkdir()

    def read_folder(data: bytes) -> object:
        (folder / "evidence" / "proof.tlog-proof").write_bytes(data)
        (folder / "evidence" / "leaf").write_bytes(data)
        return read_evidence(folder / "evidence")

    account = folder / "account.jsonl"

    def read_account_file(data: bytes) -> object:
        account.write_bytes(data)
        return read_account(account)

    return [
        Target(
            "agreement",
            lambda d: agreement.parse(d.decode(errors="replace"), "x"),
            texts,
            (agreement.AgreementError,),
        ),
        Target("configuration", read, [config], (ConfigError,)),
        Target("evidence folder", read_folder, [config], (FolderError,)),
        Target("account", read_account_file, [ACCOUNT], (AccountError,)),
        Target(
            "retention policy",
            lambda d: policy.parse(d.decode(errors="replace"), "x"),
            [POLICY.read_bytes()],
            (policy.PolicyError,),
        ),
    ]


def _words() -> list[Target]:
    filter_ = pb.Filter(types=["yrd.incident.v1.IncidentReport"])
    tokens = [base64.urlsafe_b64encode(f"{n}.{_mark(filter_)}".encode()) for n in (0, 7, 1 << 40)]

    def token(data: bytes) -> object:
        offset = _offset_of(data.decode(errors="replace"), filter_)
        assert 0 <= offset < 1 << 63, offset
        return offset

    def look(data: bytes) -> object:
        table, _, rest = data.decode(errors="replace").partition("|")
        scheme, _, value = rest.partition("|")
        try:
            return problem(table, scheme, value)
        except KeyError:  # tables are named by the contract, not by who sends
            return problem("incident_types", scheme, value)

    return [
        Target("page token", token, tokens, (GatewayError,), 6),
        Target("code tables", look, [b"incident_types|GB/T 35561|11A02"], (), 6),
    ]


def _certificates(materials: Materials) -> list[Target]:
    pems = [path.read_bytes() for path in sorted(materials.folder.glob("*/*.pem"))]

    plain: Callable[[bytes], Any] = caller_of.__wrapped__
    other: Callable[[bytes], Any] = certificate_of.__wrapped__
    return [
        Target("certificate's name", plain, pems, (GatewayError,)),
        Target("certificate's end", other, pems, (GatewayError,)),
    ]
