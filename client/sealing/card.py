"""What a practitioner states of themselves, and what a registrar has checked of it (Practitioners).

A card is signed by the identity key, an attestation by a key that no server has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from client.sealing.encoding import b64u, b64u_decode, is_time, json_bytes, json_object
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import Signer
from client.sealing.objects import Purpose, SignedObject, read_object, sign_object
from client.sealing.profile import text_member

CARD_BYTES = 2048
MAX_LANGUAGES = 8
CHECKS = ("identity", "register", "diploma", "presence")
_TEXTS = {"name": 120, "profession": 120, "speciality": 120, "address": 240, "place": 120}
_RPPS = re.compile(r"(?:[0-9]{11})?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Card:
    """`issued` as in `2026-03-01T09:30:00Z`; `listed`: to be found in the server's directory.

    `second`: the hash of the identity's second key, where each statement has a second signature.
    """

    version: int
    issued: str
    name: str
    profession: str = ""
    speciality: str = ""
    rpps: str = ""
    address: str = ""
    place: str = ""
    languages: tuple[str, ...] = ()
    listed: bool = False
    second: bytes = b""

    def encode(self) -> bytes:
        """The payload of the signed object. Raises what readers raise."""
        payload = json_bytes(
            {
                "v": 1,
                "version": self.version,
                "issued": self.issued,
                "name": self.name,
                "profession": self.profession,
                "speciality": self.speciality,
                "rpps": self.rpps,
                "address": self.address,
                "place": self.place,
                "languages": list(self.languages),
                "listed": self.listed,
                "second": b64u(self.second),
            }
        )
        read_payload(payload)
        return payload


@dataclass(frozen=True)
class SignedCard:
    """A checked card. `hash` is of the whole object `raw`."""

    card: Card
    identity: bytes
    hash: bytes
    raw: bytes


@dataclass(frozen=True)
class Attestation:
    """`card` is the hash of the one that was checked; `checked` of CHECKS."""

    card: bytes
    issued: str
    registrar: str
    checked: tuple[str, ...]

    def encode(self) -> bytes:
        """The payload of the signed object. Raises `bad_form`."""
        payload = json_bytes(
            {
                "v": 1,
                "card": b64u(self.card),
                "issued": self.issued,
                "registrar": self.registrar,
                "checked": list(self.checked),
            }
        )
        _attestation(payload)
        return payload


def sign_card(card: Card, identity: Signer) -> bytes:
    """Raises `bad_form`, `too_long`."""
    return sign_object(Purpose.CARD, card.encode(), identity)


def read_card(raw: bytes) -> SignedCard:
    """Raises what `read_object` and `read_payload` do."""
    signed = read_object(Purpose.CARD, raw)
    return SignedCard(read_payload(signed.payload), signed.author, signed.hash, raw)


def require_second(card: Card, signed: SignedObject) -> None:
    """Refuse with `bad_signature` a statement without the second signature that the card names.

    So is one by another second key, and one with a second signature where the card names none.
    """
    if signed.second != card.second:
        raise SealError(SealCode.BAD_SIGNATURE, "not signed as the author's card says")


def sign_attestation(attestation: Attestation, registrar: Signer) -> bytes:
    """Raises `bad_form`."""
    return sign_object(Purpose.ATTESTATION, attestation.encode(), registrar)


def read_attestation(raw: bytes, registrar: bytes | None, card: bytes) -> Attestation:
    """Check what the holder of the key `registrar` says of the card with this hash.

    Raises what `read_object` does, `wrong_registrar` (also where none is known), `bad_form`,
    `wrong_statement`.
    """
    signed = read_object(Purpose.ATTESTATION, raw)
    if signed.author != registrar:
        raise SealError(SealCode.WRONG_REGISTRAR)
    found = _attestation(signed.payload)
    if found.card != card:
        raise SealError(SealCode.WRONG_STATEMENT, "another card is attested")
    return found


def read_payload(payload: bytes) -> Card:
    """Read a payload whose signature is checked elsewhere.

    Raises `bad_form`, `too_long`, or `bad_suite` for another version of the format.
    """
    if len(payload) > CARD_BYTES:
        raise SealError(SealCode.TOO_LONG, "a card is too long")
    value = _versioned(payload)
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 2**53:
        raise SealError(SealCode.BAD_FORM, "a version is not a number from 1")
    texts = {name: _text(value, name, longest) for name, longest in _TEXTS.items()}
    rpps = _text(value, "rpps", 11)
    listed = value.get("listed")
    if not texts["name"] or not _RPPS.fullmatch(rpps) or not isinstance(listed, bool):
        raise SealError(SealCode.BAD_FORM, "a name, a number or a choice is wrong")
    languages = tuple(_listed(value, "languages", 0, MAX_LANGUAGES))
    if not all(_LANGUAGE.fullmatch(one) for one in languages):
        raise SealError(SealCode.BAD_FORM, "not the code of a language")
    named = _text(value, "second", 43)
    second = b64u_decode(named, 32) if named else b""
    moment = _moment(value)
    return Card(
        version,
        moment,
        **texts,
        rpps=rpps,
        languages=languages,
        listed=listed,
        second=second,
    )


def _attestation(payload: bytes) -> Attestation:
    value = _versioned(payload)
    checked = tuple(_listed(value, "checked", 1, len(CHECKS)))
    if not set(checked) <= set(CHECKS):
        raise SealError(SealCode.BAD_FORM, "an unknown kind of check")
    registrar = _text(value, "registrar", 120)
    if not registrar:
        raise SealError(SealCode.BAD_FORM, "a registrar without a name")
    return Attestation(
        b64u_decode(_text(value, "card", 43), 32), _moment(value), registrar, checked
    )


def _versioned(payload: bytes) -> dict[str, Any]:
    value = json_object(payload)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    return value


def _text(value: dict[str, Any], name: str, longest: int) -> str:
    """A text that is there. Half a surrogate pair is read, but could never be written again."""
    if name not in value:
        raise SealError(SealCode.BAD_FORM, f"there is no {name}")
    found = text_member(value, name, longest)
    try:
        found.encode()
    except UnicodeEncodeError:
        raise SealError(SealCode.BAD_FORM, "half a surrogate pair") from None
    return found


def _moment(value: dict[str, Any]) -> str:
    found = _text(value, "issued", 20)
    if not is_time(found):
        raise SealError(SealCode.BAD_FORM, "not a moment")
    return found


def _listed(value: dict[str, Any], name: str, fewest: int, most: int) -> list[str]:
    """A list of texts, none twice."""
    found = value.get(name)
    if not isinstance(found, list) or not fewest <= len(found) <= most:
        raise SealError(SealCode.BAD_FORM, f"{name} is a list of another length")
    if not all(isinstance(one, str) for one in found) or len(set(found)) < len(found):
        raise SealError(SealCode.BAD_FORM, f"{name} has something twice, or no text")
    return found
