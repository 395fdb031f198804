"""Files that people write or pass on: agreements, settings, evidence, accounts."""

import base64
import json
from pathlib import Path

import yaml

from gateway.access_audit import verify
from gateway.access_log import START, chained
from gateway.audit.account import FORMAT
from gateway.config import ConfigError, load
from gateway.retention import policy
from gateway.sharing import agreement
from integration.accounts.account import AccountError
from integration.accounts.account import read as read_account
from integration.evidence.folder import FolderError
from integration.evidence.folder import read as read_evidence
from integration.kit.client import script
from integration.stack import AGREEMENTS
from tests.fuzz.target import Target
from tests.support.materials import Materials

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


def targets(materials: Materials, folder: Path) -> list[Target]:
    """Each file by its own reader."""
    texts = [path.read_bytes() for path in sorted(AGREEMENTS.glob("*.yaml"))]
    path = folder / "config.yaml"
    made = materials.config("310000", 7310, folder, peers=[materials.peer("320000", "127.0.0.1:1")])
    config = yaml.safe_dump(made.model_dump(mode="json")).encode()

    def read(data: bytes) -> object:
        path.write_bytes(data)
        return load(path)

    for part in ("keys", "disclosures"):
        (folder / "evidence" / part).mkdir(parents=True)

    def read_folder(data: bytes) -> object:
        (folder / "evidence" / "proof.tlog-proof").write_bytes(data)
        (folder / "evidence" / "leaf").write_bytes(data)
        (folder / "evidence" / "clause.json").write_bytes(data)
        (folder / "evidence" / "keys" / "a.vkey").write_bytes(data)
        (folder / "evidence" / "disclosures" / "a.bin").write_bytes(data)
        return read_evidence(folder / "evidence")

    account = folder / "account.jsonl"

    def read_account_file(data: bytes) -> object:
        account.write_bytes(data)
        return read_account(account)

    day = folder / "access" / "2026-11-25.jsonl"
    day.parent.mkdir()
    fields = {"prev": START.hex(), "event": "call", "from": "310000/console"}
    line, chain = chained(START, fields)
    noted = f"{line}\n{chained(chain, {'event': 'stop'})[0]}\n".encode()

    told = folder / "script.yaml"

    def read_script(data: bytes) -> object:
        told.write_bytes(data)
        return script.load(str(told))

    def read_access_log(data: bytes) -> object:
        day.write_bytes(data)
        return verify(day.parent)

    return [
        Target("access log", read_access_log, [noted], ()),
        Target(
            "script for clients",
            read_script,
            [(script.FOLDER / f"{name}.yaml").read_bytes() for name in script.names()],
            (script.ScriptError,),
        ),
        Target(
            "agreement",
            lambda d: agreement.parse(d.decode(errors="replace"), "x"),
            texts,
            (agreement.AgreementError,),
        ),
        Target("configuration", read, [config], (ConfigError,)),
        Target(
            "evidence folder",
            read_folder,
            [b'[{"participant": "320000", "clauses": ["a/b"]}]'],
            (FolderError,),
        ),
        Target("account", read_account_file, [ACCOUNT], (AccountError,)),
        Target(
            "retention policy",
            lambda d: policy.parse(d.decode(errors="replace"), "x"),
            [POLICY.read_bytes()],
            (policy.PolicyError,),
        ),
    ]
