"""Certificates: their ends, chains, keys and names; the list of revocations; who may read the keys."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from gateway.config import ConfigError
from gateway.errors import IdentityUnknown
from gateway.server.identity import UNREADABLE, caller_of
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble
from integration.doctor.settings import loaded

CHECK = "certificates"
SOON, VERY_SOON = timedelta(days=30), timedelta(days=7)
LONGEST_CHAIN = 10
_LINKS = Words("各方与各系统将无法连接", "peers and systems can no longer connect")
_RENEW = Words(
    "换上新证书和私钥；网关一分钟内自行读取，无需重启",
    "put the new certificate and key in place; a gateway reads them within a minute, without a restart",
)


class Pair(NamedTuple):
    """A certificate with its key, and the CAs by which it should be known; `name` of whom it speaks."""

    where: str
    certificate: Path
    key: Path
    ca: Path | None
    speaks_for: tuple[str, str] | None = None


def check(asked: Asked) -> Iterator[Finding]:
    """All that are configured."""
    now = asked.now()
    for pair in _pairs(asked):
        yield from _pair(pair, now)
    yield from _revocations(asked, now)


def _pairs(asked: Asked) -> Iterator[Pair]:
    tls = asked.config.tls
    own = (asked.config.participant, "gateway")
    yield Pair("tls", tls.certificate, tls.key, tls.ca, own)
    for kind, path in asked.others():
        try:
            settings = loaded(kind, path)
        except (ConfigError, ModuleNotFoundError):
            continue  # told by the check of the configuration
        yield from _of(kind, settings)


def _of(kind: str, settings: Any) -> Iterator[Pair]:
    gate = settings.gateway
    if kind == "http":
        for system, key in settings.systems.items():
            yield Pair(f"http systems.{system}", key.certificate, key.key, gate.ca)
    else:
        yield Pair(f"{kind} gateway", gate.certificate, gate.key, gate.ca)
    tls = getattr(settings, "tls", None)  # a pipeline has none
    if tls and tls.certificate and tls.key:
        yield Pair(f"{kind} tls", tls.certificate, tls.key, None)


def _pair(pair: Pair, now: datetime) -> Iterator[Finding]:
    try:
        chain = x509.load_pem_x509_certificates(pair.certificate.read_bytes())
        public = load_pem_private_key(pair.key.read_bytes(), password=None).public_key()
        known = x509.load_pem_x509_certificates(pair.ca.read_bytes()) if pair.ca else []
    except (OSError, TypeError, *UNREADABLE) as error:
        what = f"{pair.where}: {error}"
        step = Words(
            "检查路径、权限与文件内容", "check the path, its rights and what is in the file"
        )
        yield trouble(CHECK, Words(f"证书无法读取：{what}", what), _LINKS, step)
        return
    found = [
        *_ends(pair.where, chain[0], now),
        *_key(pair, chain[0], public),
        *_chain(pair, chain, known),
        *_name(pair),
        *(end for ca in known for end in _ends(f"{pair.where} CA", ca, now)),
    ]
    yield from found
    if not found:
        end = chain[0].not_valid_after_utc
        yield good(
            CHECK,
            f"{pair.where}：证书有效至 {end:%Y-%m-%d}，与私钥、签发机构相符",
            f"{pair.where}: valid until {end:%Y-%m-%d}; key and chain fit",
        )


def _ends(where: str, certificate: x509.Certificate, now: datetime) -> Iterator[Finding]:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begin:
        what = Words(
            f"{where}：证书 {begin:%Y-%m-%d %H:%M} UTC 起才有效",
            f"{where}: not valid before {begin:%Y-%m-%d %H:%M} UTC",
        )
        step = Words(
            "核对本机时钟；若时钟无误，请换证书",
            "check the clock; if it is right, get another certificate",
        )
        yield trouble(CHECK, what, _LINKS, step)
    elif end < now:
        what = Words(
            f"{where}：证书已于 {end:%Y-%m-%d} 过期", f"{where}: expired on {end:%Y-%m-%d}"
        )
        yield trouble(CHECK, what, _LINKS, _RENEW)
    elif end - now < SOON:
        days = (end - now).days
        what = Words(
            f"{where}：证书 {end:%Y-%m-%d} 到期，还有 {days} 天",
            f"{where}: expires on {end:%Y-%m-%d}, in {days} days",
        )
        make = trouble if end - now < VERY_SOON else attention
        yield make(CHECK, what, _LINKS, _RENEW)


def _key(pair: Pair, certificate: x509.Certificate, public: object) -> Iterator[Finding]:
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    held = public.public_bytes(*form)  # type: ignore[attr-defined]  # every kind of key has it
    if held != certificate.public_key().public_bytes(*form):
        what = f"{pair.key} is not the key of {pair.certificate}"
        step = Words("放回同一次签发的证书和私钥", "put certificate and key of one issue in place")
        yield trouble(
            CHECK,
            Words(f"{pair.where}：私钥与证书不符：{pair.key}", f"{pair.where}: {what}"),
            _LINKS,
            step,
        )
    mode = pair.key.stat().st_mode
    if mode & 0o077:
        what_zh = f"{pair.where}：其他用户可读取私钥 {pair.key}（{mode & 0o777:o}）"
        yield attention(
            CHECK,
            Words(
                what_zh, f"{pair.where}: others may read the key {pair.key} (mode {mode & 0o777:o})"
            ),
            Words("持有私钥者即可冒充本系统", "whoever has it speaks as this system"),
            Words(f"chmod 600 {pair.key}", f"chmod 600 {pair.key}"),
        )


def _chain(
    pair: Pair, chain: Sequence[x509.Certificate], known: Sequence[x509.Certificate]
) -> Iterator[Finding]:
    """Whether it leads to a CA of the bundle, over what stands behind it in its file."""
    if pair.ca is None:
        return
    current, between = chain[0], list(chain[1:])
    for _ in range(LONGEST_CHAIN):
        if any(_issued(current, ca) for ca in known):
            return
        above = next((other for other in between if _issued(current, other)), None)
        if above is None:
            break
        between.remove(above)
        current = above
    issuer = current.issuer.rfc4514_string()
    yield trouble(
        CHECK,
        Words(
            f"{pair.where}：签发机构 {issuer} 不在 {pair.ca} 中",
            f"{pair.where}: its issuer {issuer} is not in {pair.ca}",
        ),
        Words("对端无法验证本方证书", "nobody who trusts that CA file can verify it"),
        Words(
            "将中间证书接在证书文件之后，或换用该机构签发的证书",
            "put the intermediate behind it in its file, or get a certificate of that CA",
        ),
    )


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _name(pair: Pair) -> Iterator[Finding]:
    if pair.speaks_for is None:
        return
    wanted = "yrd://participant/{}/{}".format(*pair.speaks_for)
    try:
        said = caller_of(pair.certificate.read_bytes())
    except IdentityUnknown as error:
        problem = str(error)
    else:
        if (said.participant, said.system) == pair.speaks_for:
            return
        problem = f"it speaks for {said.participant}/{said.system}"
    yield trouble(
        CHECK,
        Words(
            f"{pair.where}：证书未写明 {wanted}：{problem}",
            f"{pair.where}: {wanted} is wanted: {problem}",
        ),
        Words(
            "对端不会把本机当作该参与方的网关",
            "peers do not take it for this participant's gateway",
        ),
        Words("向签发机构申请含该 URI 的证书", "ask the CA for a certificate with that URI"),
    )


def _revocations(asked: Asked, now: datetime) -> Iterator[Finding]:
    path = asked.config.tls.crl
    if path is None:
        return
    try:
        due = x509.load_pem_x509_crl(path.read_bytes()).next_update_utc
    except (OSError, *UNREADABLE):
        return  # told by the check of the configuration
    if due is not None and due < now:
        yield attention(
            CHECK,
            Words(
                f"吊销列表应于 {due:%Y-%m-%d} 更新",
                f"tls.crl: was due to be renewed on {due:%Y-%m-%d}",
            ),
            Words("其后吊销的证书仍能连接", "what was revoked since still connects"),
            Words("向签发机构获取最新列表", "get the newest list from the CA"),
        )
