"""What is to be done once a file is written, with the commands."""

from collections.abc import Iterator
from pathlib import Path

from integration.setup.question import Both, Known
from integration.setup.rules import listed
from integration.setup.writing import joined

DRILLS = Path(__file__).resolve().parents[1] / "drill" / "agreements"
Step = tuple[Both, str]
"""What and why, and the command."""


def steps(kind: str, file: Path, known: Known) -> Iterator[Step]:
    """The steps for a kind of file."""
    yield from _certificates(kind, known)
    if kind == "gateway" and not known.has(known["agreements"]):
        yield (
            Both(
                "放进共享协议，至少一份（docs/agreements.md）；试验可用演练的",
                "Put sharing agreements there, one at least (docs/agreements.md); for a trial the drill's",
            ),
            f"cp -r {DRILLS} {known.folder / known['agreements']}",
        )
    yield (
        Both("检查文件和它所指的每个文件", "Check the file and every file that it names"),
        f"yrd config check {file}",
    )
    yield from STARTS[kind](file)
    if kind == "page" and known["people"]:
        yield (
            Both("写明谁可以办理（docs/acts.md）", "Say who may act (docs/acts.md)"),
            f"$EDITOR {known.folder / known['people']}",
        )
    if kind != "bridge":
        yield (
            Both("交给 systemd 管理：先写出各单元文件", "Let systemd run it: write the units"),
            "yrd config files --to files",
        )


def _certificates(kind: str, known: Known) -> Iterator[Step]:
    folder, own = known.folder / known["certs"], known["own_certs"]
    if kind == "gateway":
        if not known.has(joined(own, "gateway.pem")):
            yield _lacking("gateway"), f"yrd certs init --dir {folder}"
        return
    systems = listed(known["systems"] if kind == "http" else known["system"])
    line = _line(kind, systems, acting=bool(known.answers.get("people")))
    yield (
        Both(
            f"网关的 clients 里须有 · among the gateway's clients must be: {line}",
            "If it was not, add it and let the gateway read its file anew",
        ),
        "yrd gateway reload",
    )
    for name in (*systems, *listed(known.answers.get("server", ""))):
        if not known.has(joined(own, f"{name}.pem")):
            whose = known.answers.get("participant", "joint")
            issue = f"yrd certs issue --dir {folder} --participant {whose} --system {name}"
            yield _lacking(name), issue


def _lacking(name: str) -> Both:
    return Both(
        f"还没有 {name} 的证书：向本省 CA 申请，试验可用",
        f"There is no certificate of {name} yet: ask your CA; for a trial",
    )


def _line(kind: str, systems: list[str], *, acting: bool) -> str:
    roles = ROLES[kind] + (", publisher, acts-for-persons" if acting else "")
    return ", ".join(f"{{system: {name}, roles: [{roles}]}}" for name in systems)


ROLES = {
    "bridge": "publisher, subscriber",
    "page": "subscriber, auditor",
    "http": "publisher, subscriber",
    "pipeline": "publisher, subscriber",
}


def _gateway(file: Path) -> Iterator[Step]:
    yield (
        Both(
            "第一次启动，建立日志；看到 gateway_ready 后按 Ctrl-C",
            "The first start ever begins the log; Ctrl-C after gateway_ready",
        ),
        f"yrd gateway serve --config {file} --new",
    )
    yield (Both("以后每次启动", "Every later start"), f"yrd gateway serve --config {file}")


def _bridge(file: Path) -> Iterator[Step]:
    yield (
        Both("建立缺少的主题", "Make the topics that are missing"),
        f"yrd bridge kafka init --config {file}",
    )
    yield (
        Both("看 Kafka 一侧是否妥当", "Look at Kafka's side"),
        f"yrd bridge kafka check --config {file}",
    )
    yield Both("送出", "Outward"), f"yrd bridge kafka out --config {file}"
    yield Both("收进", "Inward"), f"yrd bridge kafka in --config {file}"


def _page(file: Path) -> Iterator[Step]:
    yield Both("启动", "Serve it"), f"yrd page --config {file}"


def _http(file: Path) -> Iterator[Step]:
    yield Both("启动", "Serve it"), f"yrd http --config {file}"
    yield (
        Both("给调用方一个令牌，只显示一次", "Give a caller a token; it is shown once"),
        f"yrd http token --config {file} --system http-dispatch --scope publisher --days 90",
    )


def _pipeline(file: Path) -> Iterator[Step]:
    yield Both("启动", "Run it"), f"yrd pipeline run --config {file}"


STARTS = {
    "gateway": _gateway,
    "bridge": _bridge,
    "page": _page,
    "http": _http,
    "pipeline": _pipeline,
}
