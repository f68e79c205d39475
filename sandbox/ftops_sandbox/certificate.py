"""The sandbox's own certificate authority, and the leaf that carries Azure's names."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ftops_sandbox.host import NAMES, SUFFIXES

# Apple and others refuse a leaf that lives longer than 825 days.
_LEAF_DAYS = 800
_RENEW_DAYS = 700


@dataclass(frozen=True)
class Certificate:
    """What a client trusts (`ca`), and what the server shows (`leaf`, its key included)."""

    ca: Path
    leaf: Path


def keep_certificate(state: Path) -> Certificate:
    """The certificate of a state folder, made on first start and again before it runs out.

    The authority's key is never written: once the leaf is signed nobody can sign another,
    so a shell that trusts `ca.pem` trusts this one leaf.
    """
    certificate = Certificate(state / "ca.pem", state / "leaf.pem")
    if not _is_fresh(certificate):
        _make(certificate)
    return certificate


def _is_fresh(certificate: Certificate) -> bool:
    if not (certificate.ca.is_file() and certificate.leaf.is_file()):
        return False
    return time.time() - certificate.leaf.stat().st_mtime < _RENEW_DAYS * 86400


def _make(certificate: Certificate) -> None:
    import trustme  # a tenth of a second that only a first start pays

    authority = trustme.CA(organization_name="ftops sandbox")
    leaf = authority.issue_cert(
        "localhost",
        "127.0.0.1",
        *NAMES,
        *(f"*.{suffix}" for suffix in SUFFIXES),
        organization_name="ftops sandbox",
        not_after=datetime.now(UTC) + timedelta(days=_LEAF_DAYS),
    )
    chain = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    _write(certificate.leaf, leaf.private_key_pem.bytes() + chain)
    _write(certificate.ca, authority.cert_pem.bytes())


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for nobody else's eyes."""
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(path)
