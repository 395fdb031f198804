"""Makes the folder that a gateway under test is configured from, and that the kit reads."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from integration import certs
from integration.kit.certificates import Kind, issue
from integration.kit.setup import FILE
from integration.kit.words import README

PROVINCES = ("310000", "320000", "330000", "340000")
QUOTA = 5000
_STEMS = {
    "console": "console",
    "desk": "desk",
    "bulk": "bulk",
    "flood": "flood",
    "reader": "reader",
    "limited": "limited",
    "auditor": "auditor",
    "security": "security",
    "visitor": "visitor",
    "stranger": "stranger",
    "peer": "peer",
    "peer-console": "peer-console",
    "stranger-gateway": "stranger-gateway",
    "own-gateway": "gateway",
    "nameless": "nameless",
    "other-scheme": "other-scheme",
    "no-system": "no-system",
    "more-behind": "more-behind",
    "foreign": "foreign",
    "expired": "expired",
    "not-yet": "not-yet",
    "nobody": None,
}
"""Role → stem of its files."""
_CLIENTS: list[dict[str, Any]] = [
    {
        "system": "console",
        "roles": ["publisher", "subscriber", "administrator", "acts-for-persons"],
    },
    {"system": "desk", "roles": ["publisher", "subscriber", "administrator"]},
    {"system": "bulk", "roles": ["publisher", "subscriber"]},
    {"system": "flood", "roles": ["publisher"]},
    {"system": "reader", "roles": ["subscriber"]},
    {"system": "limited", "roles": ["publisher"], "types": ["yrd.resource.*"]},
    {"system": "auditor", "roles": ["auditor"]},
    {"system": "security", "roles": ["security"]},
]
SHARED: Mapping[str, tuple[str, ...]] = {
    "yrd.warning.v1.EarlyWarning": (),
    "yrd.incident.v1.IncidentReport": (),
    "yrd.hazmat.v1.Waybill": ("personal.driver",),
    "yrd.aid.v1.AidRequest": ("personal.contact",),
    "yrd.monitoring.v1.RiskSite": (
        "commercial.operator",
        "personal.contact",
        "security.inventory",
    ),
}
"""What the agreement gives the peer: type → groups. Everything else is withheld."""


class PrepareError(Exception):
    """The folder can't be made; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make. Addresses are HOST:PORT; `hosts` are names under which both are reached."""

    participant: str = "310000"
    listen: str = "127.0.0.1:18443"
    peer_address: str = "127.0.0.1:18444"
    peer_listen: str = "127.0.0.1:18444"
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1")

    @property
    def peer(self) -> str:
        """The participant whose gateway the kit plays."""
        return PROVINCES[(PROVINCES.index(self.participant) + 1) % 4]

    @property
    def stranger(self) -> str:
        """A participant that has no business here."""
        return PROVINCES[(PROVINCES.index(self.participant) + 2) % 4]


def prepare(folder: Path, plan: Plan) -> None:
    """Makes the folder; whole or not at all. Raises PrepareError."""
    if plan.participant not in PROVINCES:
        raise PrepareError(f"--participant {plan.participant!r}: one of {', '.join(PROVINCES)}")
    if folder.exists() and any(folder.iterdir()):
        raise PrepareError(f"{folder}: is not empty; choose another folder, or remove it")
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _fill(fresh, plan)
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    except OSError as error:
        raise PrepareError(f"{error.filename}: {error.strerror}; choose another folder") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(folder: Path, plan: Plan) -> None:
    authority = certs.make_authority(folder)
    for stem, kind in _kinds(plan).items():
        issue(authority, folder, stem, kind)
    other = certs.make_authority(folder / "other-ca")
    own = f"yrd://participant/{plan.participant}/console"
    issue(other, folder, "foreign", Kind([own]))
    _signing_keys(folder, "gateway", plan.participant)
    _signing_keys(folder, "peer", plan.peer)
    (folder / "agreements").mkdir()
    for name, agreement in _agreements(plan).items():
        _write(folder / "agreements" / name, agreement)
    _write(folder / "gateway.yaml", _gateway(folder, plan))
    _write(folder / FILE, _kit(folder, plan))
    (folder / "README.md").write_text(README.format(**_words(folder, plan)), encoding="utf-8")


def _kinds(plan: Plan) -> dict[str, Kind]:
    own, peer, stranger = plan.participant, plan.peer, plan.stranger
    uri = "yrd://participant/{}/{}".format
    kinds = {
        system: Kind([uri(own, system)])
        for system in (*(str(client["system"]) for client in _CLIENTS), "visitor")
    }
    return kinds | {
        "gateway": Kind([uri(own, "gateway")], hosts=plan.hosts),
        "peer": Kind([uri(peer, "gateway")], hosts=plan.hosts),
        "peer-console": Kind([uri(peer, "console")]),
        "stranger": Kind([uri(stranger, "console")]),
        "stranger-gateway": Kind([uri(stranger, "gateway")]),
        "nameless": Kind([]),
        "other-scheme": Kind([f"https://participant/{own}/console"]),
        "no-system": Kind([f"yrd://participant/{own}"]),
        "more-behind": Kind([uri(own, "console/x")]),
        "expired": Kind([uri(own, "console")], from_days=-10, until_days=-1),
        "not-yet": Kind([uri(own, "console")], from_days=10, until_days=20),
    }


def _signing_keys(folder: Path, who: str, participant: str) -> None:
    """<who>-log.key, <who>-witness.key and their public halves."""
    made = folder / f"{who}-keys"
    certs.make_signing_keys(made, participant)
    for path in made.iterdir():
        path.rename(folder / f"{who}-{path.name}")
    made.rmdir()


def _agreements(plan: Plan) -> dict[str, Any]:
    frame = {
        "title": "契约测试用共享协议",
        "between": [plan.participant, plan.peer],
        "legal_basis": "契约测试，无法律效力",
        "purpose": "验证按协议共享、脱敏与不共享",
    }
    clauses = [
        {"id": f"c{number}", "types": [name], "to": [plan.peer], "disclose": list(groups)}
        for number, (name, groups) in enumerate(SHARED.items(), 1)
    ]
    ended = [{"id": "c1", "types": ["yrd.hazmat.v1.HazmatAlert"], "to": [plan.peer]}]
    current = {"id": "contract-test", **frame, "valid_from": "2020-01-01"}
    past = {"id": "contract-test-ended", **frame, "valid_from": "2020-01-01"}
    return {
        "contract-test.yaml": {**current, "valid_until": "2099-12-31", "clauses": clauses},
        "contract-test-ended.yaml": {**past, "valid_until": "2020-12-31", "clauses": ended},
    }


def _gateway(folder: Path, plan: Plan) -> dict[str, Any]:
    return {
        "participant": plan.participant,
        "listen": plan.listen,
        "data_dir": "data",
        "agreements_dir": "agreements",
        "tls": {"ca": "ca.pem", "certificate": "gateway.pem", "key": "gateway.key"},
        "keys": {"log": "gateway-log.key", "witness": "gateway-witness.key"},
        "clients": _CLIENTS,
        "peers": [
            {
                "participant": plan.peer,
                "address": plan.peer_address,
                "log_key": _public(folder, "peer-log"),
                "witness_key": _public(folder, "peer-witness"),
            }
        ],
        "limits": {"messages_per_second": QUOTA, "heartbeat_seconds": 1},
    }


def _kit(folder: Path, plan: Plan) -> dict[str, Any]:
    return {
        "participant": plan.participant,
        "peer": plan.peer,
        "stranger": plan.stranger,
        "roles": _STEMS,
        "peer_listen": plan.peer_listen,
        "gateway_log_key": _public(folder, "gateway-log"),
        "gateway_witness_key": _public(folder, "gateway-witness"),
        "shared": {name: list(groups) for name, groups in SHARED.items()},
        "max_draft_bytes": 1 << 20,
        "messages_per_second": QUOTA,
    }


def _words(folder: Path, plan: Plan) -> dict[str, str]:
    return {
        "participant": plan.participant,
        "peer": plan.peer,
        "stranger": plan.stranger,
        "listen": plan.listen,
        "peer_address": plan.peer_address,
        "quota": str(QUOTA),
        "peer_log": _public(folder, "peer-log"),
        "peer_witness": _public(folder, "peer-witness"),
    }


def _public(folder: Path, stem: str) -> str:
    return (folder / f"{stem}.vkey").read_text(encoding="utf-8").strip()


def _write(path: Path, content: Any) -> None:
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
