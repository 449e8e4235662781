"""A throw-away certificate authority and a server certificate for the loopback addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.real.servers.processes import LOOPBACK

VALIDITY = timedelta(days=1)
# Clocks may differ slightly, so the certificates count as valid since before they were made.
BACKDATED = timedelta(hours=1)


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files: the authority to trust, and the server's certificate and key."""

    ca: Path
    certificate: Path
    key: Path


def issue(folder: Path, host: str = "localhost") -> Certificates:
    """Write a fresh authority and a certificate for the host and for 127.0.0.1."""
    ca_key, server_key = _key(), _key()
    ca_name, server_name = _name("Bookplate test authority"), _name(host)
    ca = _sign(_authority(ca_name, ca_key), ca_key)
    builder = _server(server_name, server_key, ca_name, ca_key, host)
    result = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    result.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    certificate = _sign(builder, ca_key)
    result.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    result.key.write_bytes(_pem(server_key))
    return result


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _sign(
    builder: x509.CertificateBuilder, authority_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    return builder.sign(authority_key, hashes.SHA256())


def _builder(
    subject: x509.Name,
    subject_key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    """What both certificates need for strict verification (RFC 5280)."""
    now = datetime.now(UTC)
    public_key = subject_key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )


def _authority(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        _builder(name, key, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
    )


def _server(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    ca_name: x509.Name,
    ca_key: ec.EllipticCurvePrivateKey,
    host: str,
) -> x509.CertificateBuilder:
    names = [x509.DNSName(host), x509.IPAddress(ip_address(LOOPBACK))]
    return (
        _builder(name, key, ca_name, ca_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
