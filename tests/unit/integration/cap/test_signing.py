"""Alerts that we sign: verified by our own way in, by signxml with settings of its own, and by hand."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier
from signxml.exceptions import SignXMLException

from integration.cap import door
from integration.cap.door import Trust
from integration.cap.outfolder import OutFolder
from integration.cap.signing import Signer, signer
from tests.support.capped import require_valid, rich, warning
from tests.support.signers import Issuer, Key, issuer
from yrd.exchange.v1.message_pb2 import Message, Stamp

DS = "{http://www.w3.org/2000/09/xmldsig#}"
NOW = datetime.now(UTC)


def of(made: Issuer, folder: Path) -> Signer:
    return signer(*made.files(folder), NOW)


@pytest.fixture(scope="module", params=["ec", "rsa"])
def both(request: pytest.FixtureRequest) -> Issuer:
    key: Key = ec.generate_private_key(ec.SECP256R1())
    if request.param == "rsa":
        key = rsa.generate_private_key(65537, 2048)
    return issuer("上海中心气象台", key)


def signed(made: Issuer, folder: Path) -> bytes:
    return of(made, folder).sign(door.give(door.take(rich()).drafts))


def test_our_own_way_in_takes_it(both: Issuer, tmp_path: Path) -> None:
    data = signed(both, tmp_path)
    require_valid(data)
    taken = door.take(data, trust=Trust([both.certificate], required=True))
    assert taken.drafts == door.take(rich()).drafts
    assert str(taken.signed) == "签名已验证 verified: CN=上海中心气象台"
    with pytest.raises(door.CapRefused, match="签名不符"):
        door.take(data.replace(b"Stay inside", b"Go outside!"), trust=Trust([both.certificate]))


def test_a_strict_verifier_takes_it(both: Issuer, tmp_path: Path) -> None:
    """One that takes no other algorithm and asks for a certificate in the signature."""
    methods = {SignatureMethod.RSA_SHA256, SignatureMethod.ECDSA_SHA256}
    config = SignatureConfiguration(
        require_x509=True,
        location="./",
        expect_references=1,
        signature_methods=frozenset(methods),
        digest_algorithms=frozenset([DigestAlgorithm.SHA256]),
    )
    data = signed(both, tmp_path)
    XMLVerifier().verify(data, x509_cert=both.certificate, expect_config=config)
    with pytest.raises(SignXMLException):
        XMLVerifier().verify(
            data.replace(b"Stay inside", b"Go outside!"),
            x509_cert=both.certificate,
            expect_config=config,
        )


def test_it_holds_by_hand(both: Issuer, tmp_path: Path) -> None:
    """By XML Signature's own words, with libxml2's canonical form and plain cryptography."""
    data = signed(both, tmp_path)
    by_hand(etree.fromstring(data), both)
    with pytest.raises(AssertionError):
        by_hand(etree.fromstring(data.replace(b"Stay inside", b"Go outside!")), both)
    with pytest.raises(InvalidSignature):
        by_hand(etree.fromstring(data), issuer("other", _like(both.key)))


def by_hand(root: Any, made: Issuer) -> None:
    signature = root[-1]
    assert signature.tag == f"{DS}Signature"
    info, value = signature.find(f"{DS}SignedInfo"), signature.findtext(f"{DS}SignatureValue")
    assert [t.get("Algorithm").rpartition("/")[2] for t in info.iter(f"{DS}Transform")] == [
        "xmldsig#enveloped-signature",
        "xml-exc-c14n#",
    ]
    said = etree.tostring(info, method="c14n", exclusive=True, with_comments=False)
    digest = info.findtext(f".//{DS}DigestValue")
    root.remove(signature)
    whole = etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    assert hashlib.sha256(whole).digest() == b64decode(digest)
    public, proof = made.certificate.public_key(), b64decode(value)
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(proof, said, padding.PKCS1v15(), hashes.SHA256())
        return
    assert isinstance(public, ec.EllipticCurvePublicKey)
    half = len(proof) // 2
    pair = encode_dss_signature(int.from_bytes(proof[:half]), int.from_bytes(proof[half:]))
    public.verify(pair, said, ec.ECDSA(hashes.SHA256()))


def _like(key: Key) -> Key:
    """Another key of the same kind."""
    if isinstance(key, rsa.RSAPrivateKey):
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("key", "days", "words"),
    [
        (ed25519.Ed25519PrivateKey.generate, 1, "RSA"),
        (lambda: rsa.generate_private_key(65537, 1024), 1, "2048"),
        (lambda: ec.generate_private_key(ec.SECP256R1()), -1, "not valid now"),
    ],
)
def test_what_can_not_sign(key: Any, days: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        of(issuer("x", key(), days=days), tmp_path)


def test_another_ones_key(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    certificate, _ = issuer("one").files(tmp_path / "one")
    _, key = issuer("other").files(tmp_path / "other")
    with pytest.raises(ValueError, match="not the key of"):
        signer(certificate, key, NOW)
    with pytest.raises(ValueError, match="no private key"):
        signer(certificate, certificate, NOW)


def message(headline: str) -> Message:
    draft = warning(headline=headline)
    return Message(
        header=draft.header, early_warning=draft.early_warning, stamp=Stamp(origin="310000")
    )


def test_a_signed_file_is_written_once(tmp_path: Path) -> None:
    """Two signatures are never the same: what is signed tells whether there is something new."""
    made = issuer("one")
    out, told = OutFolder(tmp_path, of(made, tmp_path)), message("a")
    file, changed = out.add(told)
    assert changed
    before = file.read_bytes()
    assert out.add(told) == (file, False)
    assert file.read_bytes() == before
    assert out.add(message("b"))[1]
    assert OutFolder(tmp_path).add(message("b"))[1], "unsigned again"
    assert out.add(message("b"))[1], "signed again"
    taken = door.take(file.read_bytes(), trust=Trust([made.certificate], required=True))
    assert taken.drafts[0].early_warning.headline == "b"
