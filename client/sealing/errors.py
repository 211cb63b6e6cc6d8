"""Why something sealed was refused: one list for both languages (docs/sealed-formats.md, Codes)."""

from __future__ import annotations

from enum import StrEnum


class SealCode(StrEnum):
    """The stable name of a refusal; the other implementation gives the same one."""

    BAD_SUITE = "bad_suite"
    BAD_FORM = "bad_form"
    BAD_LINK = "bad_link"
    BAD_KEY = "bad_key"
    BAD_SIGNATURE = "bad_signature"
    WRONG_HOST = "wrong_host"
    WRONG_GUEST = "wrong_guest"
    WRONG_ROOM = "wrong_room"
    CANNOT_OPEN = "cannot_open"
    BAD_COMMITMENT = "bad_commitment"
    BAD_MAC = "bad_mac"
    STALE_EXCHANGE = "stale_exchange"
    UNKNOWN_EXCHANGE = "unknown_exchange"
    REPLAYED = "replayed"
    BAD_MESSAGE = "bad_message"
    BAD_FINGERPRINT = "bad_fingerprint"
    MIXED_RECIPIENTS = "mixed_recipients"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_STATEMENT = "wrong_statement"
    ALTERED = "altered"
    TOO_LONG = "too_long"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"
    WRONG_REGISTRAR = "wrong_registrar"
    STALE_STATUS = "stale_status"
    REVOKED = "revoked"


SENTENCES: dict[SealCode, str] = {
    SealCode.BAD_SUITE: "This was made by another version of Aparté.",
    SealCode.BAD_FORM: "This was damaged on its way, or not made by Aparté.",
    SealCode.BAD_LINK: "This link is incomplete. Copy the whole link again.",
    SealCode.BAD_KEY: "A key that came with this is not a safe key.",
    SealCode.BAD_SIGNATURE: "The signature does not hold: this was changed or forged.",
    SealCode.WRONG_HOST: "The server answered for another doctor than the one who sent the link.",
    SealCode.WRONG_GUEST: "The server announced somebody other than the person who knocked.",
    SealCode.WRONG_ROOM: "This belongs to another consult.",
    SealCode.CANNOT_OPEN: "This was not sealed for us, or was changed on its way.",
    SealCode.BAD_COMMITMENT: "The other side does not stand by what it sent first.",
    SealCode.BAD_MAC: "The other side could not prove that it is the same as before.",
    SealCode.STALE_EXCHANGE: "An answer to an older question came; it was ignored.",
    SealCode.UNKNOWN_EXCHANGE: "Something sealed under other keys came; it was ignored.",
    SealCode.REPLAYED: "Something that had come before came again; it was ignored.",
    SealCode.BAD_MESSAGE: "A message has a form that is not allowed.",
    SealCode.BAD_FINGERPRINT: "The media connection does not belong to this consult.",
    SealCode.MIXED_RECIPIENTS: "The file is sealed for others too, or in a weaker way.",
    SealCode.WRONG_RECIPIENT: "This document was sent to somebody else.",
    SealCode.WRONG_STATEMENT: "The document is not the one that its sender names.",
    SealCode.ALTERED: "The document was changed after it was signed.",
    SealCode.TOO_LONG: "This is longer than is allowed.",
    SealCode.ROLLED_BACK: "The server shows an older state than one that was here before.",
    SealCode.FORKED: "The server shows another history than one that was here before.",
    SealCode.WRONG_REGISTRAR: "Somebody other than this server's registrar attested the card.",
    SealCode.STALE_STATUS: "Whether a device was revoked could not be checked for two days.",
    SealCode.REVOKED: "The device was revoked, or is none of this practitioner's.",
}


class SealError(Exception):
    """What came, or what was asked for, is refused; nothing has changed.

    `code` is stable and shared with the web client; the text is for people and for logs, and
    carries nothing of what was refused.
    """

    def __init__(self, code: SealCode, detail: str = "") -> None:
        super().__init__(f"{code}: {detail or SENTENCES[code]}")
        self.code = code

    @property
    def sentence(self) -> str:
        """One English sentence for the person in front of the screen."""
        return SENTENCES[self.code]
