"""The steps in which a participant changes its signing keys while all gateways run."""

from pathlib import Path

_STEPS = """{participant} 更换签名密钥（不停机，四步，按顺序）
Changing the signing keys of {participant}, in four steps

1 每个对端 · At each peer: list both keys under peers/{participant}, then reload.
    log_key:
      - {old_log}
      - {new_log}
    witness_key:
      - {old_witness}
      - {new_witness}

2 所有对端完成后，本方 · When all peers have done so, at {participant}: sign with both, then reload.
    keys:
      log: [{folder}/log-{mark}.key, {folder}/log.key]
      witness: [{folder}/witness-{mark}.key, {folder}/witness.key]

3 本方，确认所有对端都有新回执后 · At {participant}, when `yrd status` shows every peer up to date: the
  old keys stop signing and stay known; then reload, and destroy the old .key files.
    keys:
      log: {folder}/log-{mark}.key
      witness: {folder}/witness-{mark}.key
      retired:
        - {old_log}
        - {old_witness}

4 每个对端 · At each peer: the old keys are retired, then reload. They verify what is old, and nothing new.
    log_key:
      - {new_log}
      - {{key: {old_log}, retired: true}}
    witness_key:
      - {new_witness}
      - {{key: {old_witness}, retired: true}}

重新加载 · Reload: SIGHUP, or AdminService.Reload. Never take a step before the one above is done
everywhere; steps 1 to 3 can each be taken back."""


def steps(folder: Path, participant: str, mark: str) -> str:
    """What to write into which configuration, in which order. Raises OSError."""

    def public(file: str) -> str:
        return (folder / f"{file}.vkey").read_text().strip()

    return _STEPS.format(
        participant=participant,
        folder=folder,
        mark=mark,
        old_log=public("log"),
        new_log=public(f"log-{mark}"),
        old_witness=public("witness"),
        new_witness=public(f"witness-{mark}"),
    )
