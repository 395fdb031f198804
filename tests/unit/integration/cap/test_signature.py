"""Signed alerts: by a known certificate verified, wrong ones refused, others said to be unverified."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, methods

from integration.cap import door
from integration.cap.door import Trust
from integration.cap.signature import known_certificates
from tests.support.capped import alert, require_valid
from tests.support.signers import Key
from tests.support.signers import issuer as make


class Signer(NamedTuple):
    """A key with its certificate."""

    key: Key
    certificate: x509.Certificate

    def sign(
        self,
        data: bytes,
        *,
        named: bool = True,
        method: CanonicalizationMethod = CanonicalizationMethod.CANONICAL_XML_1_1,
    ) -> bytes:
        """With an enveloped signature, with or without the certificate inside."""
        signer = XMLSigner(
            method=methods.enveloped, signature_algorithm="ecdsa-sha256", c14n_algorithm=method
        )
        pem = [self.certificate]
        root = signer.sign(etree.fromstring(data), key=self.key, cert=pem)
        if not named:
            (info,) = root.iter("{http://www.w3.org/2000/09/xmldsig#}KeyInfo")
            info.getparent().remove(info)
        made: bytes = etree.tostring(root, encoding="UTF-8")
        return made


def signer(name: str, days: int = 1) -> Signer:
    return Signer(*make(name, days=days))


@pytest.fixture(scope="module")
def issuer() -> Signer:
    return signer("上海中心气象台")


@pytest.fixture(scope="module")
def stranger() -> Signer:
    return signer("stranger")


@pytest.mark.parametrize("named", [True, False])
def test_a_right_signature(issuer: Signer, stranger: Signer, named: bool) -> None:
    data = issuer.sign(alert(), named=named)
    require_valid(data)
    trust = Trust([stranger.certificate, issuer.certificate], required=True)
    taken = door.take(data, trust=trust)
    assert str(taken.signed) == "签名已验证 verified: CN=上海中心气象台"
    assert taken.drafts == door.take(alert()).drafts
    assert taken.remarks == []


def test_signed_comments_are_no_content(issuer: Signer) -> None:
    """They are verified with the rest, and a comment inside a text cuts nothing off."""
    method = CanonicalizationMethod.CANONICAL_XML_1_0_WITH_COMMENTS
    text = alert().replace(
        "台风红色预警信号".encode(), "台风<!-- x -->红色<?p y?>预警<![CDATA[信号]]>".encode()
    )
    data = issuer.sign(text, method=method)
    trust = Trust([issuer.certificate], required=True)
    assert door.take(data, trust=trust).drafts == door.take(alert()).drafts
    for change in ((b"<!-- x -->", b""), (b"<!-- x -->", b"<!-- z -->")):
        with pytest.raises(door.CapRefused, match="签名不符"):
            door.take(data.replace(*change), trust=trust)


def test_a_change_after_signing_is_refused(issuer: Signer) -> None:
    data = issuer.sign(alert()).replace("留在室内".encode(), "可以外出".encode())
    with pytest.raises(door.CapRefused, match=r"签名不符.*cap\.signature"):
        door.take(data, trust=Trust([issuer.certificate]))


def test_anothers_signature_under_a_known_name_is_refused(issuer: Signer, stranger: Signer) -> None:
    forged = Signer(stranger.key, issuer.certificate).sign(alert())
    with pytest.raises(door.CapRefused, match="签名不符"):
        door.take(forged, trust=Trust([issuer.certificate]))


def test_a_certificate_that_is_over_is_no_forgery() -> None:
    """What is to be done is to get the new one, not to ask whether the text was changed."""
    old = signer("old", days=-1)
    with pytest.raises(door.CapRefused, match=r"expired.*cap\.certificate") as caught:
        door.take(old.sign(alert()), trust=Trust([old.certificate]))
    assert "改动" not in str(caught.value)


def test_an_unknown_signer_is_unverified(issuer: Signer, stranger: Signer) -> None:
    data = stranger.sign(alert())
    assert "没有给出已知证书" in str(door.take(data).signed)
    taken = door.take(data, trust=Trust([issuer.certificate]))
    assert str(taken.signed).startswith("签名未验证 unverified: 签名者不在已知证书之列")
    assert taken.drafts == door.take(alert()).drafts


@pytest.mark.parametrize("form", ["unsigned", "stranger", "nameless", "json"])
def test_where_a_signature_is_required(issuer: Signer, stranger: Signer, form: str) -> None:
    data = {
        "unsigned": alert(),
        "stranger": stranger.sign(alert()),
        "nameless": stranger.sign(alert(), named=False),
        "json": b"{}",
    }[form]
    with pytest.raises(door.CapRefused, match=r"cap\.signature"):
        door.take(data, trust=Trust([issuer.certificate], required=True))


def test_a_signature_over_something_else_is_refused(issuer: Signer) -> None:
    """The signed alert is wrapped in another: what is read must be what was signed."""
    signed = etree.fromstring(issuer.sign(alert()))
    outer = etree.fromstring(alert(note="forged"))
    (signature,) = signed.iter("{http://www.w3.org/2000/09/xmldsig#}Signature")
    outer.append(signature)
    outer.find("{*}info").append(signed)
    with pytest.raises(door.CapRefused, match="签名不符"):
        door.take(etree.tostring(outer), trust=Trust([issuer.certificate]))


def _signed_part(issuer: Signer, part: str) -> tuple[Any, Any]:
    """A genuine alert of which one element is signed by its Id; the signature stands beside it."""
    root = etree.fromstring(alert())
    element = root if part == "alert" else root.find(f"{{*}}{part}")
    element.set("Id", "part")
    signer = XMLSigner(
        method=methods.detached,
        signature_algorithm="ecdsa-sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    made = signer.sign(root, key=issuer.key, cert=[issuer.certificate], reference_uri="#part")
    return root, made


def test_what_is_read_is_what_was_signed(issuer: Signer) -> None:
    """A signed alert inside a forged one, whose signature refers to it: the forged one is not believed."""
    genuine, signature = _signed_part(issuer, "alert")
    forged = etree.fromstring(
        alert(note="forged").replace("留在室内".encode(), "可以外出".encode())
    )
    forged.find("{*}info").append(genuine)
    forged.append(signature)
    taken = door.take(etree.tostring(forged), trust=Trust([issuer.certificate], required=True))
    (draft,) = taken.drafts
    assert draft.early_warning.instruction == "留在室内"
    assert draft == door.take(alert()).drafts[0]


def test_a_signature_over_a_part_is_refused(issuer: Signer) -> None:
    root, signature = _signed_part(issuer, "info")
    root.append(signature)
    with pytest.raises(door.CapRefused, match="不是整个alert"):
        door.take(etree.tostring(root), trust=Trust([issuer.certificate]))


def test_two_signatures_are_refused(issuer: Signer, stranger: Signer) -> None:
    one, other = (etree.fromstring(s.sign(alert())) for s in (issuer, stranger))
    one.append(other[-1])
    with pytest.raises(door.CapRefused, match="只有一个签名"):
        door.take(etree.tostring(one), trust=Trust([issuer.certificate]))


def test_known_certificates_are_files(issuer: Signer, stranger: Signer, tmp_path: Path) -> None:
    for name, each in (("a.pem", issuer), ("b.crt", stranger)):
        (tmp_path / name).write_bytes(each.certificate.public_bytes(Encoding.PEM))
    assert known_certificates(tmp_path) == [issuer.certificate, stranger.certificate]
    assert known_certificates(tmp_path / "b.crt") == [stranger.certificate]
    (tmp_path / "c.pem").write_text("x")
    with pytest.raises(ValueError, match=r"c\.pem.*PEM"):
        known_certificates(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(ValueError, match="没有证书"):
        known_certificates(tmp_path / "none")
