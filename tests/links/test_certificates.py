"""https: the certificate has to be valid for the name in the link, though a numeric address is connected to."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pytest_django import Settings

from tests.links.conftest import Names, fetched, refused
from tests.links.server import html, said, serving, site

NAME = "media.example.org"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that NAME has given itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder(named, named, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return file


@pytest.fixture
def secure(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_valid_one_is_taken(
    secure: ssl.SSLContext, certificate: Path, names: Names, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names(NAME, ["127.0.0.1"])
    with serving(said(b"sealed"), secure=secure) as server:
        settings.LINK_ALLOWED_HOSTS = [f"{NAME}:{server.port}"]
        assert fetched(f"https://{NAME}:{server.port}/")[1] == b"sealed"
        assert server.requests[0].split("\r\n")[1] == f"Host: {NAME}:{server.port}"


def test_a_page_and_its_recording_come_by_it(
    secure: ssl.SSLContext, certificate: Path, names: Names, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LINK_TIMEOUT_MINUTES = 1
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names(NAME, ["127.0.0.1"])
    page = html('<audio src="/talk.mp3"></audio>')
    with serving(site(index=page, talk_mp3=said(b"sealed", "Content-Type: audio/mpeg")), secure=secure) as server:
        settings.LINK_ALLOWED_HOSTS = [NAME]
        assert fetched(f"https://{NAME}:{server.port}/")[1] == b"sealed"


def test_one_for_another_name_is_not(
    secure: ssl.SSLContext, certificate: Path, names: Names, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names("other.example.org", ["127.0.0.1"])
    with serving(said(b"sealed"), secure=secure) as server:
        settings.LINK_ALLOWED_HOSTS = ["other.example.org"]
        assert refused(f"https://other.example.org:{server.port}/") == "link_failed"
        assert server.requests == []


def test_one_that_nobody_vouches_for_is_not(secure: ssl.SSLContext, names: Names, settings: Settings) -> None:
    names(NAME, ["127.0.0.1"])
    with serving(said(b"sealed"), secure=secure) as server:
        settings.LINK_ALLOWED_HOSTS = [NAME]
        assert refused(f"https://{NAME}:{server.port}/") == "link_failed"
        assert server.requests == []
