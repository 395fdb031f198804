"""Evidence, an audit and a reconciliation, before and after one bit was flipped: `make shown-proof`.

Shanghai publishes to Jiangsu through real gateways; then the commands are run as an auditor types them, and
what they print is written as Markdown.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration.drill.load import generate
from integration.stack import Stack, prepare
from tests.support.commands import Ran, yrd
from tests.support.damage import flip
from tests.support.waiting import until

MESSAGES, SEED, FLIPPED = 1_000, 20231109, 500


def main() -> None:
    """Prints the page."""
    with tempfile.TemporaryDirectory(prefix="yrd-shown-") as folder:
        for part in _page(Path(folder)):
            print(part, end="\n\n", flush=True)


def _page(folder: Path) -> Iterator[str]:
    yield "# 证据、稽核与对账 · Evidence, audit and reconciliation, as they print"
    yield (
        f"Made by `make shown-proof` on {datetime.now(UTC):%Y-%m-%d}: {MESSAGES:,} messages from Shanghai to"
        " Jiangsu, two real gateways. `$F` stands for the folder of the run."
    )
    stack = prepare(folder / "stack")
    try:
        message_id = _exchange(stack)
        out = folder / "evidence"
        export = (
            "evidence",
            "export",
            message_id,
            "--out",
            out,
            "--dir",
            stack.folder,
            "--as",
            "310000",
        )
        yield "## One message, proved offline"
        yield _shown(folder, *export)
        yield "```\n" + "\n".join(_files(out)) + "\n```"
    finally:
        stack.stop()
    yield _shown(folder, "evidence", "verify", out, "--keys", stack.folder / "certs")
    yield "The proof (C2SP tlog-proof), which verifiers that are not ours accept, too:"
    yield "```\n" + (out / "proof.tlog-proof").read_text(encoding="utf-8").rstrip() + "\n```"
    yield "## Two whole stores that agree"
    yield from _audited(folder, stack)
    yield f"## One bit of Jiangsu's copy of entry {FLIPPED} flipped"
    data = stack.members["320000"].store.parent
    flip(
        data,
        "entry",
        "leaf",
        f"idx = {FLIPPED} AND log = (SELECT id FROM log WHERE origin = 'yrd/310000')",
    )
    yield from _audited(folder, stack)
    yield "## One bit of the evidence flipped"
    leaf = out / "leaf"
    leaf.write_bytes(leaf.read_bytes()[:-1] + bytes([leaf.read_bytes()[-1] ^ 1]))
    yield _shown(folder, "evidence", "verify", out, "--keys", stack.folder / "certs")


def _exchange(stack: Stack) -> str:
    """Publishes, waits for Jiangsu's receipt, and names one of the messages."""
    stack.start(["310000", "320000"])
    client = stack.members["310000"].client()
    drafts = list(generate("310000", MESSAGES, SEED, datetime.now(UTC) - timedelta(days=1)))
    client.publish(drafts)

    def level() -> bool:
        status = client.status()
        sizes = {link.participant: link.cosigned_size for link in status.links}
        return sizes["320000"] == status.logs[0].size

    until(level, "Jiangsu's receipt")
    return drafts[FLIPPED].header.message_id


def _audited(folder: Path, stack: Stack) -> Iterator[str]:
    shutil.rmtree(folder / "accounts", ignore_errors=True)
    (folder / "accounts").mkdir()
    accounts = []
    for name, other in (("310000", "320000"), ("320000", "310000")):
        config, account = stack.members[name].config, folder / "accounts" / f"{name}.jsonl"
        accounts.append(account)
        yield _shown(folder, "audit", "verify", "--config", config)
        yield _shown(
            folder, "audit", "account", "--config", config, "--with", other, "--out", account
        )
    if all(account.exists() for account in accounts):
        yield _shown(folder, "audit", "reconcile", *accounts, "--keys", stack.folder / "certs")


def _files(out: Path) -> list[str]:
    return sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())


def _shown(folder: Path, *arguments: object) -> str:
    """A command, what it printed, and its exit status."""
    ran: Ran = yrd(*arguments)
    words = " ".join(str(a) for a in arguments)
    printed = "\n".join(part.rstrip() for part in (ran.out, ran.err) if part.strip())
    text = f"$ yrd {words}\n{printed}\n(exit status {ran.status})"
    return "```\n" + text.replace(str(folder.resolve()), "$F").replace(str(folder), "$F") + "\n```"


if __name__ == "__main__":
    main()
