"""Questions about a gateway, and its file."""

from collections.abc import Iterator

from gateway.config import PARTICIPANTS
from integration.setup import rules
from integration.setup.question import Both, Known, Question
from integration.setup.rules import is_yes, listed
from integration.setup.shared import (
    CERTS,
    NAMES,
    OWN,
    PARTICIPANT,
    fixed,
    metrics,
    own_folder,
    state,
    telemetry,
)
from integration.setup.writing import head, joined, line, text, texts

GUIDE = "docs/operate.md"


def _store(answer: str, known: Known) -> str:
    if answer == "sqlite" or answer.startswith(("postgresql://", "postgres://")):
        return ""
    return f"{answer!r}: sqlite, or postgresql://USER@HOST:5432/DATABASE"


def _peer_asked(code: str) -> Question:
    return Question(
        key=f"peer_{code}",
        asks=Both(
            f"{NAMES[code].split()[0]}网关的地址？", f"The address of {_english(code)}'s gateway?"
        ),
        why=Both(
            "由对方告知，格式 主机:端口；主备两台写两个 IP:端口，用逗号隔开。暂不连接就留空，以后再加。",
            "They tell it: HOST:PORT, or IP:PORT,IP:PORT of a gateway and its standby. Empty: not yet.",
        ),
        optional=True,
        fault=rules.addresses,
        when=lambda known: known["participant"] != code,
    )


def _peer_keys(code: str) -> Question:
    return Question(
        key=f"peer_{code}_keys",
        asks=Both(
            f"{NAMES[code].split()[0]}的公钥在哪个目录？",
            f"In which folder are {_english(code)}'s public keys?",
        ),
        why=Both(
            "对方的 log.vkey 和 witness.vkey，用来验证其日志和回执；须当面或经另一渠道核对。",
            "Its log.vkey and witness.vkey verify its log and receipts. Compare them over another way.",
        ),
        usual=lambda known: own_folder(known, code),
        fault=_has_keys,
        when=lambda known: bool(known[f"peer_{code}"]),
    )


def _has_keys(answer: str, known: Known) -> str:
    lacking = [n for n in ("log.vkey", "witness.vkey") if not known.has(joined(answer, n))]
    if not lacking:
        return ""
    where = known.folder / answer
    return f"{where}: 没有 no {' and '.join(lacking)}; put them there, or leave the address empty"


def _english(code: str) -> str:
    return NAMES[code].partition(" ")[2]


QUESTIONS: tuple[Question, ...] = (
    PARTICIPANT,
    Question(
        key="listen",
        asks=Both("在哪个地址监听？", "On which address does it listen?"),
        why=Both(
            "本省系统和其他各方的网关从这里连接，全部为双向 TLS。0.0.0.0 表示本机所有网卡。",
            "Your systems and the peers' gateways call it here, by mutual TLS. 0.0.0.0: all interfaces.",
        ),
        usual=fixed("0.0.0.0:7310"),
        fault=rules.address,
    ),
    Question(
        key="data_dir",
        asks=Both("数据放在哪个目录？", "In which folder does it keep its data?"),
        why=Both(
            "日志库和访问日志在此；须在本机磁盘上，不能是网络盘；备份见运维手册。",
            "The log's store and the access log. On a disk of this machine, not a network share.",
        ),
        usual=state("gateway"),
    ),
    Question(
        key="store",
        asks=Both("存储用什么？", "Which store?"),
        why=Both(
            "sqlite 是本机的一个文件，一般够用；需要热备时用 PostgreSQL，密码放在 passfile。",
            "sqlite is one file, and enough for most. PostgreSQL for a hot standby; passwords in a passfile.",
        ),
        usual=fixed("sqlite"),
        fault=_store,
    ),
    Question(
        key="agreements",
        asks=Both("共享协议放在哪个目录？", "In which folder are the sharing agreements?"),
        why=Both(
            "协议没有写明给谁的，对方只得到哈希；至少要有一份（docs/agreements.md）。",
            "What no agreement gives is withheld; one at least is needed (docs/agreements.md).",
        ),
        usual=fixed("agreements"),
    ),
    CERTS,
    OWN,
    Question(
        key="crl",
        asks=Both("CA 的吊销列表文件？", "The CA's list of revocations?"),
        why=Both(
            "列表中的证书立即失效。没有就留空；留空时被盗的证书到期前一直有效。",
            "Certificates on it are refused at once. Empty: none, and a stolen one works until it ends.",
        ),
        usual=lambda known: (
            joined(known["certs"], "crl.pem")
            if known.has(joined(known["certs"], "crl.pem"))
            else ""
        ),
        optional=True,
    ),
    Question(
        key="systems",
        asks=Both("哪些系统收发报文？", "Which systems publish and read messages?"),
        why=Both(
            "名称写在各系统证书里，可用 *；没有列出的系统什么也不能做。",
            "Their names stand in their certificates; * may be used. Who is not listed may do nothing.",
        ),
        usual=fixed("dispatch-*,http-*,bridge"),
        fault=rules.systems,
    ),
    Question(
        key="administrator",
        asks=Both("系统管理员用哪个身份？", "As which system does the administrator come?"),
        why=Both(
            "看状态、管运行（三员分立）。",
            "Runs the gateway and sees its status; one of three separate roles.",
        ),
        usual=fixed("console"),
        fault=rules.systems,
    ),
    Question(
        key="security",
        asks=Both(
            "安全管理员用哪个身份？", "As which system does the security administrator come?"
        ),
        why=Both(
            "管协议、密钥、证书、留存和告警处理。应是另一个人。",
            "Agreements, keys, certificates, retention, settling alarms. Should be another person.",
        ),
        usual=fixed("rules"),
        fault=rules.systems,
    ),
    Question(
        key="auditor",
        asks=Both("审计管理员用哪个身份？", "As which system does the auditor come?"),
        why=Both(
            "查凭据、告警、访问日志。应是第三个人。",
            "Evidence, alarms, access log. Should be a third person.",
        ),
        usual=fixed("audit"),
        fault=rules.systems,
    ),
    Question(
        key="page",
        asks=Both("值班页面用哪个身份？", "As which system does the duty-room page come?"),
        why=Both(
            "页面需要读报文和凭据。没有页面就留空。",
            "It reads messages and evidence. Empty: there is no page.",
        ),
        usual=fixed("page"),
        fault=rules.systems,
        optional=True,
    ),
    Question(
        key="acts",
        asks=Both("值班员要在页面上办理吗？", "Do officers act from the page?"),
        why=Both(
            "页面才需要代人发报文的权限；只看不发时不要给。",
            "Then the page may publish for persons; if it is read-only it must not.",
        ),
        usual=fixed(rules.NO),
        fault=rules.yes_or_no,
        when=lambda known: bool(known["page"]),
    ),
    metrics(9460),
    *(ask(code) for code in PARTICIPANTS for ask in (_peer_asked, _peer_keys)),
)


def written(known: Known) -> Iterator[str]:
    """The lines of the file."""
    own = known["own_certs"]
    yield from head("yrd gateway serve", GUIDE)
    yield line("participant", text(known["participant"]), NAMES[known["participant"]])
    yield line("listen", text(known["listen"]), "双向 TLS mutual TLS")
    yield line("data_dir", text(known["data_dir"]), "日志库、访问日志 log and access log")
    yield line("store", text(known["store"]), "sqlite 或 or postgresql://…")
    yield line("agreements_dir", text(known["agreements"]), "共享协议，每份一个文件 one file each")
    yield "tls:"
    yield line(
        "ca",
        text(joined(known["certs"], "ca.pem")),
        "可含新旧两个 CA may hold an old and a new CA",
        2,
    )
    yield line(
        "certificate",
        text(joined(own, "gateway.pem")),
        "到期前 30 天告警 warned of 30 days ahead",
        2,
    )
    yield line("key", text(joined(own, "gateway.key")), "", 2)
    if known["crl"]:
        yield line("crl", text(known["crl"]), "吊销列表 revocations", 2)
    yield "keys:"
    yield line("log", text(joined(own, "log.key")), "签本方日志 signs the own log", 2)
    yield line(
        "witness", text(joined(own, "witness.key")), "给对方日志副署 cosigns the peers' logs", 2
    )
    yield from _clients(known)
    yield from _peers(known)
    yield from telemetry(known)
    yield "# retention: policy.yaml              # 个人信息留存策略，默认按法定期限 docs/retention.md"
    yield '# retention_at: "03:00"               # 每日何时执行（北京时间） when it runs, Beijing time'


def _clients(known: Known) -> Iterator[str]:
    yield "clients:  # 三员应是不同的人、不同的证书 the three administrators are to be different people"
    for system in listed(known["systems"]):
        yield _client(system, "publisher", "subscriber")
    if known["page"]:
        acting = ("publisher", "acts-for-persons") if is_yes(known["acts"]) else ()
        yield _client(known["page"], "subscriber", "auditor", *acting)
    yield _client(known["administrator"], "administrator", "subscriber")
    yield _client(known["security"], "security")
    yield _client(known["auditor"], "auditor")
    if known["participant"] == "joint":
        yield _client("pipeline", "publisher", "subscriber")


def _client(system: str, *roles: str) -> str:
    return f"  - {{system: {text(system)}, roles: {texts(roles)}}}"


def _peers(known: Known) -> Iterator[str]:
    codes = [code for code in PARTICIPANTS if known.answers.get(f"peer_{code}")]
    if not codes:
        yield "peers: []  # 以后补上 to be added: participant, address, log_key, witness_key"
        return
    yield "peers:"
    for code in codes:
        folder = known.folder / known[f"peer_{code}_keys"]
        yield f"  - participant: {text(code)}  # {NAMES[code]}"
        yield f"    address: {texts(listed(known[f'peer_{code}']))}"
        for kind in ("log", "witness"):
            key = (folder / f"{kind}.vkey").read_text(encoding="utf-8").strip()
            yield f"    {kind}_key: {text(key)}"
