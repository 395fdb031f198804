"""Questions about the HTTP/JSON door, and its file."""

from collections.abc import Iterator

from integration.setup import rules
from integration.setup.question import Both, Known, Question
from integration.setup.rules import listed
from integration.setup.shared import (
    CERTS,
    GATEWAY,
    OWN,
    PARTICIPANT,
    fixed,
    is_open,
    listen,
    metrics,
    server,
    state,
    telemetry,
)
from integration.setup.writing import head, joined, line, text

QUESTIONS: tuple[Question, ...] = (
    PARTICIPANT,
    GATEWAY,
    CERTS,
    OWN,
    Question(
        key="systems",
        asks=Both("调用方以哪些系统的身份收发？", "As which systems may callers speak?"),
        why=Both(
            "为 HTTP 接口单设系统，只给必要的权限；每个系统要有 <系统>.pem 和 <系统>.key。",
            "Systems of the door's own with the least rights, so that everybody sees where a message came "
            "from. Each has <system>.pem and <system>.key.",
        ),
        usual=fixed("http-dispatch"),
        fault=rules.systems,
    ),
    listen(
        "0.0.0.0:8443",
        Both(
            "对外必须有 TLS；127.0.0.1 只供本机的反向代理使用。",
            "TLS is needed for others to reach it; 127.0.0.1 is for a proxy of this machine.",
        ),
    ),
    server("http"),
    Question(
        key="clients_ca",
        asks=Both("调用方证书的 CA 文件？", "The CA of callers' certificates?"),
        why=Both(
            "填写后，调用方也可以不用令牌而出示证书。一般留空，只用令牌。",
            "With one, callers may show a certificate instead of a token. Usually empty: tokens alone.",
        ),
        optional=True,
        when=is_open,
    ),
    Question(
        key="tokens",
        asks=Both("令牌文件？", "The file of tokens?"),
        why=Both(
            "`yrd http token` 写入，只存令牌的摘要，须与程序同一用户可写。",
            "`yrd http token` writes it; only digests of tokens stand in it.",
        ),
        usual=state("http/tokens.json"),
    ),
    metrics(9463),
)


def written(known: Known) -> Iterator[str]:
    """The lines of a door's file."""
    own = known["own_certs"]
    yield from head("yrd http", "docs/http.md")
    yield line("participant", text(known["participant"]))
    yield line("listen", text(known["listen"]))
    yield "gateway:"
    yield line("address", text(known["gateway"]), "本方网关 your own gateway", 2)
    yield line("ca", text(joined(known["certs"], "ca.pem")), "", 2)
    yield "systems:  # 调用方的身份 as whom callers may speak"
    for name in listed(known["systems"]):
        pair = (text(joined(own, f"{name}.{end}")) for end in ("pem", "key"))
        yield f"  {name}: {{certificate: {next(pair)}, key: {next(pair)}}}"
    if is_open(known):
        yield "tls:"
        yield line(
            "certificate",
            text(joined(own, f"{known['server']}.pem")),
            "调用方看到的 shown to callers",
            2,
        )
        yield line("key", text(joined(own, f"{known['server']}.key")), "", 2)
        if known["clients_ca"]:
            yield line(
                "client_ca",
                text(known["clients_ca"]),
                "可出示的证书 whose certificates may call",
                2,
            )
    yield line("tokens", text(known["tokens"]), "只存摘要 digests alone")
    yield from telemetry(known)
