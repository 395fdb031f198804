"""What a failed handshake means to an operator, and the next step."""

from integration.doctor.finding import Words
from integration.doctor.handshake import Kind

WHY = Words(
    "与该方的消息不能往来；恢复后自动补齐",
    "messages to and from that peer wait; they catch up by themselves once it is back",
)
WHAT: dict[Kind, Words] = {
    Kind.DNS: Words("域名无法解析", "its name can't be resolved"),
    Kind.REFUSED: Words("连接被拒绝", "the connection was refused"),
    Kind.SILENT: Words("无应答", "no answer"),
    Kind.UNREACHABLE: Words("网络不可达", "it can't be reached"),
    Kind.UNKNOWN_CA: Words(
        "对端证书的签发机构不在 tls.ca 中", "its certificate is of a CA that is not in tls.ca"
    ),
    Kind.EXPIRED: Words("对端证书已过期", "its certificate, or a CA above it, has expired"),
    Kind.NOT_YET_VALID: Words("对端证书尚未生效", "its certificate is not valid yet"),
    Kind.WRONG_NAME: Words("对端证书不是签给该地址的", "its certificate is for another name"),
    Kind.NOT_TRUSTED: Words("对端证书未通过验证", "its certificate could not be verified"),
    Kind.OURS_REFUSED: Words("对端不接受本方证书", "it does not accept our certificate"),
    Kind.NO_TLS: Words("该端口没有 TLS 服务", "no TLS is spoken at that port"),
}
STEP: dict[Kind, Words] = {
    Kind.DNS: Words("核对 address 与 DNS 设置", "check `address` and the DNS"),
    Kind.REFUSED: Words(
        "对端网关是否在运行？核对端口", "is its gateway running? check the port with the peer"
    ),
    Kind.SILENT: Words("检查防火墙与路由", "check firewalls and routes, in both directions"),
    Kind.UNREACHABLE: Words("检查本机网络与路由", "check this machine's network and routes"),
    Kind.UNKNOWN_CA: Words(
        "向对端索取其 CA 证书，核对指纹后加入 tls.ca",
        "get its CA's certificate, compare the fingerprint by telephone, add it to tls.ca",
    ),
    Kind.EXPIRED: Words(
        "先核对本机时钟；无误则请对端更换证书",
        "check the own clock first; if it is right, the peer must renew",
    ),
    Kind.NOT_YET_VALID: Words("核对两端时钟", "check both clocks"),
    Kind.WRONG_NAME: Words(
        "地址须与证书中的名称一致；备用地址以第一个为准",
        "use the name that the certificate has; of several addresses the first counts",
    ),
    Kind.NOT_TRUSTED: Words("请对端检查其证书链", "the peer must check its chain"),
    Kind.OURS_REFUSED: Words(
        "请对端查看其日志：本方证书是否过期、被吊销，或签发机构不在其 tls.ca 中",
        "ask the peer what its log says: expired, revoked, or of a CA that is not in its tls.ca",
    ),
    Kind.NO_TLS: Words("核对端口：该处不是网关", "check the port: that is no gateway"),
}
