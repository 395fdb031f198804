"""Questions that several files have in common: whose gateway, where it is, with which certificate."""

from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.config import PARTICIPANTS
from integration.acts.config import LOOPBACK
from integration.setup import rules
from integration.setup.question import Both, Known, Question
from integration.setup.writing import joined, line, text

NAMES = {
    "310000": "上海 Shanghai",
    "320000": "江苏 Jiangsu",
    "330000": "浙江 Zhejiang",
    "340000": "安徽 Anhui",
    "joint": "联合值班室 the joint duty room",
}
Usual = Callable[[Known], str]
STATE = Path("/var/lib/yrd")
INSTALLED = Path("/etc/yrd")


def state(name: str) -> Usual:
    """Where data lies: under /var/lib/yrd for a file in /etc/yrd, else beside the file."""
    return lambda known: str(STATE / name) if known.folder == INSTALLED else name


def fixed(answer: str) -> Usual:
    """The same whatever was answered before."""
    return lambda known: answer


PARTICIPANT = Question(
    key="participant",
    asks=Both("本网关属于哪一方？", "Whose gateway is it?"),
    why=Both(
        "所发的每条报文都以该方名义签名："
        + "，".join(f"{code} {name.split()[0]}" for code, name in NAMES.items())
        + "。",
        "Everything that it publishes is signed in this participant's name.",
    ),
    fault=rules.one_of(*PARTICIPANTS),
)
CERTS = Question(
    key="certs",
    asks=Both("证书放在哪个目录？", "In which folder are the certificates?"),
    why=Both(
        "其中有本省 CA 的 ca.pem。试验可用 `yrd certs init` 生成，正式运行用本省自己的 CA。",
        "ca.pem of your CA is there. `yrd certs init` makes one for trials; in earnest take your own CA's.",
    ),
    usual=fixed("certs"),
)
GATEWAY = Question(
    key="gateway",
    asks=Both("网关的地址？", "The address of the gateway?"),
    why=Both(
        "只连接本方的网关，由它与其他各方交换。与网关同机时用 127.0.0.1。",
        "It talks to your own gateway alone. On the gateway's machine: 127.0.0.1.",
    ),
    usual=fixed("127.0.0.1:7310"),
    fault=rules.address,
)


def system(usual: str) -> Question:
    """As which system a program calls the gateway."""
    return Question(
        key="system",
        asks=Both("以哪个系统的身份连接网关？", "As which system does it call the gateway?"),
        why=Both(
            "每个程序用自己的证书，权限各不相同，访问日志里分得清是谁。证书为 <系统>.pem 和 <系统>.key。",
            "A certificate of its own gives it only its rights, and the access log tells it apart. The files "
            "are <system>.pem and <system>.key.",
        ),
        usual=fixed(usual),
        fault=rules.name,
    )


def own_folder(known: Known, participant: str) -> str:
    """Where a participant's certificates are: in a folder of its own, as `yrd certs init` makes it.

    In the folder of all where there is a CA's certificate and no such folder.
    """
    inner = joined(known["certs"], participant)
    flat = known.has(joined(known["certs"], "ca.pem")) and not known.has(inner)
    return known["certs"] if flat else inner


OWN = Question(
    key="own_certs",
    asks=Both("本系统的证书和私钥在哪个目录？", "In which folder are its own certificate and key?"),
    why=Both(
        "私钥只有运行该程序的用户可读（0600）。",
        "Only the user who runs the program may read a key (0600).",
    ),
    usual=lambda known: own_folder(known, known.answers.get("participant", "joint")),
)


def gateway_section(known: Known) -> Iterator[str]:
    """The part of the file that says how the gateway is called."""
    own, name = known["own_certs"], known["system"]
    yield "gateway:"
    yield line("address", text(known["gateway"]), "本方网关 your own gateway", 2)
    yield line(
        "ca", text(joined(known["certs"], "ca.pem")), "验证网关用的 CA by which it is known", 2
    )
    yield line("certificate", text(joined(own, f"{name}.pem")), f"身份 identity: {name}", 2)
    yield line("key", text(joined(own, f"{name}.key")), "", 2)


def is_open(known: Known) -> bool:
    """Whether others than this machine can reach it."""
    return known["listen"].rpartition(":")[0] not in LOOPBACK


def listen(usual: str, what: Both) -> Question:
    """Where a server listens."""
    return Question(
        key="listen",
        asks=Both("在哪个地址监听？", "On which address does it listen?"),
        why=what,
        usual=fixed(usual),
        fault=rules.address,
    )


def server(name: str) -> Question:
    """The certificate that it shows to those who call."""
    return Question(
        key="server",
        asks=Both("服务器证书的名字？", "The name of its server certificate?"),
        why=Both(
            "浏览器或调用方看到的证书，须写有访问时用的主机名：<名字>.pem 和 <名字>.key。",
            "What callers see; it must hold the host name that they use: <name>.pem and <name>.key.",
        ),
        usual=fixed(name),
        when=is_open,
    )


def metrics(port: int) -> Question:
    """Where Prometheus reads; the ports are those of integration/operate/prometheus/scrape.yaml."""
    return Question(
        key="metrics",
        asks=Both("Prometheus 在哪里读取指标？", "Where does Prometheus read?"),
        why=Both(
            "只给监控用，没有密码，所以只在本机或管理网上。留空则不提供。",
            "For monitoring alone, without a password: this machine, or the operators' network. Empty: off.",
        ),
        usual=fixed(f"127.0.0.1:{port}"),
        fault=rules.address,
        optional=True,
    )


def telemetry(known: Known) -> Iterator[str]:
    """The part of the file that says what monitoring may read."""
    if known["metrics"]:
        yield "telemetry:  # 指标 metrics: docs/operate/metrics.md"
        yield line("metrics", text(known["metrics"]), "", 2)
