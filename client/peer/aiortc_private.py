"""The one place that reaches into aiortc (1.16).

It has no public way to read the certificate that the other side showed in the DTLS handshake.
"""

from __future__ import annotations

from aiortc import RTCPeerConnection
from cryptography.hazmat.primitives.hashes import SHA256


def remote_certificates(connection: RTCPeerConnection) -> set[bytes]:
    """SHA-256 of the certificate of each transport that has finished its handshake."""
    found: set[bytes] = set()
    for transceiver in connection.getTransceivers():
        tls = transceiver.receiver.transport._ssl  # noqa: SLF001 - see above
        certificate = tls.get_peer_certificate(as_cryptography=True) if tls else None
        if certificate is not None:
            found.add(certificate.fingerprint(SHA256()))
    return found
