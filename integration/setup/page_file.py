"""Questions about the duty-room page, and its file."""

from collections.abc import Iterator

from integration.setup.question import Both, Known, Question
from integration.setup.rules import listed
from integration.setup.shared import (
    CERTS,
    GATEWAY,
    OWN,
    PARTICIPANT,
    fixed,
    gateway_section,
    is_open,
    listen,
    metrics,
    server,
    state,
    system,
    telemetry,
)
from integration.setup.writing import head, joined, line, text, texts

QUESTIONS: tuple[Question, ...] = (
    PARTICIPANT,
    GATEWAY,
    CERTS,
    OWN,
    system("page"),
    listen(
        "127.0.0.1:8470",
        Both(
            "127.0.0.1 只有本机能看；对外开放（0.0.0.0:8470）时，每个看的人都须出示证书。",
            "127.0.0.1: this machine alone. If others reach it, everybody must show a certificate.",
        ),
    ),
    server("page-server"),
    Question(
        key="people_ca",
        asks=Both("值班人员证书的 CA 文件？", "The CA of the officers' certificates?"),
        why=Both(
            "只有持该 CA 所发证书的人能打开页面。",
            "Only who has a certificate of it may open the page.",
        ),
        usual=fixed("people-ca.pem"),
        when=is_open,
    ),
    Question(
        key="hosts",
        asks=Both("浏览器用什么主机名访问？", "Under which host names do browsers reach it?"),
        why=Both(
            "用别的名字访问一律拒绝，防止别的网站冒用。多个用逗号隔开。",
            "Requests under other names are refused, so that no other site can lead here. With commas.",
        ),
        optional=True,
        when=is_open,
    ),
    Question(
        key="people",
        asks=Both(
            "哪个文件写明谁可以在页面上办理？", "In which file stands who may act at the page?"
        ),
        why=Both(
            "列出人员编号和权限（docs/acts.md）。留空则页面只看不发。",
            "Ids of people and their roles (docs/acts.md). Empty: the page is read-only.",
        ),
        optional=True,
        when=is_open,
    ),
    Question(
        key="journal",
        asks=Both("办理记录放在哪里？", "Where does it keep the record of acts?"),
        why=Both(
            "谁办理、谁复核、发出了什么；须放在本机磁盘上，并备份。",
            "Who asked, who approved, what was sent. On a disk of this machine; back it up.",
        ),
        usual=state("page/acts.db"),
        when=lambda known: bool(known["people"]),
    ),
    metrics(9462),
)


def written(known: Known) -> Iterator[str]:
    """The lines of a page's file."""
    yield from head("yrd page", "docs/page.md")
    yield from gateway_section(known)
    yield line("listen", text(known["listen"]))
    if is_open(known):
        own = known["own_certs"]
        yield "tls:"
        yield line(
            "certificate",
            text(joined(own, f"{known['server']}.pem")),
            "浏览器看到的 shown to browsers",
            2,
        )
        yield line("key", text(joined(own, f"{known['server']}.key")), "", 2)
        yield line("clients_ca", text(known["people_ca"]), "谁能看 who may read", 2)
    if known["hosts"]:
        yield line(
            "hosts", texts(listed(known["hosts"])), "浏览器用的主机名 names that browsers use"
        )
    if known["people"]:
        yield "people:  # 可加 oidc、two_persons、agreements_dir 等 more keys: docs/acts.md"
        yield line("file", text(known["people"]), "谁可以办理 who may act", 2)
        yield line("journal", text(known["journal"]), "办理记录 the record of acts", 2)
    yield line("history_days", "7", "启动时回读几天 how far back it reads at a start")
    yield from telemetry(known)
