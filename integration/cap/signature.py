"""Enveloped XML signatures (W3C XML Signature), verified by certificates that are known beforehand."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier
from signxml.exceptions import InvalidCertificate, SignXMLException

from integration.cap.reading import SIGNATURE
from integration.cap.remarks import refusal
from integration.cap.xml import parse

_PROBLEMS = (
    SignXMLException,
    etree.LxmlError,
    UnsupportedAlgorithm,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)
"""What the verifier raises for a signature that it can't make sense of."""
_CERTIFICATE = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


class State(StrEnum):
    """What is known of a signature."""

    UNSIGNED = "unsigned"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"


STATE_ZH = {
    State.UNSIGNED: "未签名",
    State.VERIFIED: "签名已验证",
    State.UNVERIFIED: "签名未验证",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """What is known of an alert's signature: by whom, or why it was not verified."""

    state: State
    detail: str = ""

    def __str__(self) -> str:
        said = f"{STATE_ZH[self.state]} {self.state}"
        return f"{said}: {self.detail}" if self.detail else said


def verified(
    data: bytes, known: Sequence[x509.Certificate], *, required: bool
) -> tuple[Any, Signed]:
    """The root element that is to be read, which is what was signed, and what is known of the signature.

    A signature by a known certificate must be right. One by another, or none, is refused if `required`.
    Raises CapRefused.
    """
    root = parse(data)
    signatures = list(root.iter(SIGNATURE))
    if not signatures:
        return root, unsigned(required=required)
    if len(signatures) > 1 or signatures[0].getparent() is not root:
        raise _broken("须只有一个签名，在alert之内 there must be one, a child of alert")
    named = _named(signatures[0])
    candidates = [c for c in known if named is None or _der(c) in named]
    if not candidates:
        why = "没有给出已知证书" if not known else "签名者不在已知证书之列"
        why += " no certificates are known" if not known else " not by a known certificate"
        return root, _unless(required, Signed(State.UNVERIFIED, why))
    signed, problem = _signed_by(data, candidates)
    if signed is not None:
        return signed
    if named is not None:
        raise _broken(problem)
    return root, _unless(required, Signed(State.UNVERIFIED, problem))


def unsigned(*, required: bool) -> Signed:
    """No signature. Raises CapRefused if one is required."""
    return _unless(required, Signed(State.UNSIGNED))


def _signed_by(
    data: bytes, candidates: Sequence[x509.Certificate]
) -> tuple[tuple[Any, Signed] | None, str]:
    """What one of the certificates signed, else why none did."""
    config = SignatureConfiguration(location="./", expect_references=1)
    problem = ""
    for certificate in candidates:
        try:
            # comments may be signed, too; the verifier takes the signature out of what it is given
            root = parse(data, whole=True)
            result: Any = XMLVerifier().verify(root, x509_cert=certificate, expect_config=config)
        except InvalidCertificate as error:
            raise _over(certificate, error) from None
        except _PROBLEMS as error:
            problem = str(error)
            continue
        signed = result.signed_xml
        if signed is None or signed.tag != root.tag:
            raise _broken("签名的不是整个alert it is not over the whole alert")
        by = Signed(State.VERIFIED, certificate.subject.rfc4514_string())
        return (parse(etree.tostring(signed, encoding="UTF-8")), by), ""
    return None, problem


def _unless(required: bool, signed: Signed) -> Signed:
    if required:
        remedy = (
            f"{signed}；须有已知证书的签名 a signature by a known certificate is required (--keys)"
        )
        raise refusal("alert.Signature", "cap.signature", remedy)
    return signed


def _broken(detail: str) -> Exception:
    remedy = (
        "签名不符，内容可能被改动；向发布单位核实 it is wrong, the content may have been changed: "
        f"ask the issuer ({detail})"
    )
    return refusal("alert.Signature", "cap.signature", remedy)


def _over(certificate: x509.Certificate, error: InvalidCertificate) -> Exception:
    who = certificate.subject.rfc4514_string()
    remedy = (
        "签名者证书现不可用，向发布单位索取新证书放入--keys the signer's certificate can't be used now: get "
        f"the new one from the issuer and put it under --keys ({who}: {error})"
    )
    return refusal("alert.Signature", "cap.certificate", remedy)


def _named(signature: Any) -> list[bytes] | None:
    """Certificates in the signature; None if there are none, so that any known one may have made it."""
    found = [element.text or "" for element in signature.iter(_CERTIFICATE)]
    try:
        return [b64decode(text) for text in found] or None
    except ValueError:
        return []


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def known_certificates(path: Path) -> list[x509.Certificate]:
    """Certificates of a PEM file, or of all .pem and .crt files of a folder. Raises OSError, ValueError."""
    files = (
        sorted(f for f in path.iterdir() if f.suffix in (".pem", ".crt"))
        if path.is_dir()
        else [path]
    )
    found = []
    for file in files:
        try:
            found += x509.load_pem_x509_certificates(file.read_bytes())
        except ValueError as error:
            raise ValueError(f"{file}: 不是PEM证书 no certificates in PEM: {error}") from None
    if not found:
        raise ValueError(f"{path}: 没有证书 no certificates: 放入 put .pem files there")
    return found
