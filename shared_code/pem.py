"""Certificates as text (PEM): one with its private key, as a key vault gives both; authorities to trust."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PemCertificate:
    """A certificate and its private key, each as PEM text."""

    private_key: str = field(repr=False)
    public_certificate: str


_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----")


def certificate_from(text: str) -> PemCertificate | None:
    """Both parts of a text, in any order; a setting may hold ``\\n`` where a line ends.  Blank: none.

    Raises ``ValueError``, whose text quotes nothing of it.
    """
    if not text:
        return None
    blocks = _BLOCK.finditer(text.replace("\\n", "\n"))
    found = {block[1].rpartition(" ")[2]: block[0] for block in blocks}
    if not {"KEY", "CERTIFICATE"} <= set(found):
        raise ValueError("it must hold a private key and a certificate, both PEM. See docs/deploy.md.")
    return PemCertificate(found["KEY"], found["CERTIFICATE"])


def authorities_from(text: str) -> str:
    """The certificates of authorities in a text; a setting may hold ``\\n`` where a line ends.  Blank: none.

    Raises ``ValueError`` where there is none, or TLS could not read one.
    """
    if not text:
        return ""
    blocks = [block for block in _BLOCK.finditer(text.replace("\\n", "\n")) if block[1] == "CERTIFICATE"]
    found = "\n".join(block[0] for block in blocks)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (ssl.SSLError, ValueError):
        raise ValueError("it holds no certificate that can be read. It must be PEM.") from None
    return found
