"""Signing keys of this participant, and the public keys of all, as the configuration lists them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config import ConfigError, GatewayConfig, ListedKey
from gateway.log.checkpoint import LogSigner, Witness, log_origin, witness_name
from gateway.log.keyring import KeyRing, RingKey
from gateway.log.note import LOG, WITNESS, NoteError, VerifierKey, parse_vkey
from gateway.log.suite import DEFAULT, PrivateKey


@dataclass(frozen=True, slots=True)
class Keys:
    """Signer and witness of this participant, and rings of its own keys and of its peers'.

    All of these are live: `take` puts what was read anew into the same objects.
    """

    signer: LogSigner
    witness: Witness
    own_log: KeyRing
    own_witness: KeyRing
    logs: dict[str, KeyRing] = field(default_factory=dict)
    """Keys of the peers' logs, by participant."""
    witnesses: dict[str, KeyRing] = field(default_factory=dict)
    """Keys of the peers as witnesses, by participant."""

    def take(self, fresh: "Keys") -> list[str]:
        """Takes over other keys; names those that have changed. Peers that are new need a restart."""
        changed: list[str] = []
        if [v for _, v in self.signer.keys] != [v for _, v in fresh.signer.keys]:
            changed.append("log key")
        if [v for _, v in self.witness.keys] != [v for _, v in fresh.witness.keys]:
            changed.append("witness key")
        rings = {"own log keys": (self.own_log, fresh.own_log)}
        rings["own witness keys"] = self.own_witness, fresh.own_witness
        for participant in self.logs.keys() & fresh.logs.keys():
            rings[f"log keys of {participant}"] = self.logs[participant], fresh.logs[participant]
            pair = self.witnesses[participant], fresh.witnesses[participant]
            rings[f"witness keys of {participant}"] = pair
        # what verifies changes first: nothing is ever signed that could not be verified here
        for name, (ring, new) in sorted(rings.items()):
            if ring.keys != new.keys:
                ring.replace(new.keys)
                changed.append(name)
        self.signer.replace([key for key, _ in fresh.signer.keys])
        self.witness.replace([key for key, _ in fresh.witness.keys])
        return changed

    def every(self) -> list[VerifierKey]:
        """Every public key, retired ones, too."""
        rings = (self.own_log, self.own_witness, *self.logs.values(), *self.witnesses.values())
        return [key for ring in rings for key in ring.all]


def read_keys(config: GatewayConfig) -> Keys:
    """Reads the keys that a configuration names. Raises ConfigError."""
    own, keys = config.participant, config.keys
    signer = LogSigner(log_origin(own), *map(_private, keys.log))
    witness = Witness(witness_name(own), *map(_private, keys.witness))
    retired = [_vkey(text, "keys.retired") for text in keys.retired]
    strangers = [k.name for k in retired if k.name not in (signer.origin, witness.name)]
    if strangers:
        raise ConfigError(f"keys.retired: {strangers[0]} is no key of {own}")
    logs, witnesses = dict[str, KeyRing](), dict[str, KeyRing]()
    for peer in config.peers:
        name = peer.participant
        logs[name] = _ring(peer.log_key, log_origin(name), LOG, f"peers.{name}.log_key")
        where = f"peers.{name}.witness_key"
        witnesses[name] = _ring(peer.witness_key, witness_name(name), WITNESS, where)
    return Keys(
        signer,
        witness,
        _own_ring([v for _, v in signer.keys], retired),
        _own_ring([v for _, v in witness.keys], retired),
        logs,
        witnesses,
    )


def _own_ring(current: Sequence[VerifierKey], retired: Sequence[VerifierKey]) -> KeyRing:
    name = current[0].name
    old = [RingKey(key, retired=True) for key in retired if key.name == name and key not in current]
    return KeyRing([*map(RingKey, current), *old])


def _ring(listed: Sequence[ListedKey], name: str, kind: int, where: str) -> KeyRing:
    keys = [RingKey(_vkey(one.key, where), one.retired) for one in listed]
    for one in keys:
        if (one.key.name, one.key.kind) != (name, kind):
            raise ConfigError(
                f"{where}: {one.key.name} (kind {one.key.kind}) is not {name} (kind {kind}): use the "
                "line of the peer's log.vkey for log_key, of its witness.vkey for witness_key"
            )
    try:
        return KeyRing(keys)
    except NoteError as error:
        raise ConfigError(f"{where}: {error}") from None


def _private(path: Path) -> PrivateKey:
    try:
        return DEFAULT.load_private_key(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"keys: {path}: {error}") from None


def _vkey(text: str, where: str) -> VerifierKey:
    try:
        return parse_vkey(text)
    except NoteError as error:
        raise ConfigError(f"{where}: {error}") from None
