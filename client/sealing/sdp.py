"""DTLS fingerprints in session descriptions.

Trap: Chromium honours only the last `a=fingerprint` line of a section, so a second line is not
harmless: one per section, all equal, `sha-256` only.
"""

from __future__ import annotations

import re

from client.sealing.errors import SealCode, SealError

_STRICT = re.compile(r"a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", re.IGNORECASE)


def _sections(sdp: str) -> list[list[str]]:
    """The lines of the session level, then those of each media section."""
    sections: list[list[str]] = [[]]
    for line in sdp.replace("\r\n", "\n").split("\n"):
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def strip_fingerprints(sdp: str) -> str:
    """Keep one `sha-256` line per section, for sending. aiortc writes three hashes in each."""
    kept: list[str] = []
    for section in _sections(sdp):
        seen = False
        for line in section:
            if line.lower().startswith("a=fingerprint:"):
                if seen or not line.lower().startswith("a=fingerprint:sha-256 "):
                    continue
                seen = True
            kept.append(line)
    return "\r\n".join(kept)


def require_fingerprint(sdp: str) -> bytes:
    """Give the one SHA-256 (32 bytes) of a received description. Raises `bad_fingerprint`.

    A description of more than one audio and one video section raises `bad_form`: a consult sets
    up no more, and whoever describes hundreds would have hundreds set up.
    A line that merely looks like a fingerprint, or a carriage return that starts no new line here
    but might in a browser, is refused rather than guessed at.
    """
    refusal = SealError(SealCode.BAD_FINGERPRINT)
    if "\r" in sdp.replace("\r\n", "\n") or "\0" in sdp:
        raise refusal
    sections = _sections(sdp)
    kinds = [section[0].partition(" ")[0] for section in sections[1:]]
    if len(kinds) != len(set(kinds)) or not {"m=audio", "m=video"}.issuperset(kinds):
        raise SealError(SealCode.BAD_FORM)
    found: set[str] = set()
    session_level = 0
    for index, section in enumerate(sections):
        mine = [line for line in section if "fingerprint" in line.lower()]
        for line in mine:
            matched = _STRICT.fullmatch(line)
            if matched is None:
                raise refusal
            found.add(matched[1].upper())
        session_level = len(mine) if index == 0 else session_level
        if len(mine) > 1 or (index > 0 and len(mine) + session_level == 0):
            raise refusal
    if len(found) != 1:
        raise refusal
    return bytes.fromhex(found.pop().replace(":", ""))
