"""What is dispensed of a prescription, and what may still be (Dispensing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.sealing.cell import CellState
from client.sealing.certificate import Certificate
from client.sealing.encoding import b64u, b64u_decode, is_time, json_bytes, json_object, sha256
from client.sealing.errors import SealCode, SealError
from client.sealing.keys import Signer, require_key
from client.sealing.objects import Purpose, read_object, sign_object
from client.sealing.profile import text_member

LINES, DELIVERIES, STEPS = 20, 12, 16
START = bytes(32)
_TEXT = 200
# What a note of 4,000 bytes holds beside its length.
_RECEIPT_BYTES = 3_996


@dataclass(frozen=True)
class Line:
    """How often a line may be delivered in whole, and in how many steps at most."""

    deliveries: int
    steps: int


@dataclass(frozen=True)
class Dispensing:
    """What a prescription's statement says of it. `ticket` is the ticket's hash."""

    ticket: bytes
    owner: bytes
    until: str
    lines: tuple[Line, ...]

    def members(self) -> dict[str, object]:
        return {
            "ticket": b64u(self.ticket),
            "owner": b64u(self.owner),
            "until": self.until,
            "lines": [{"deliveries": one.deliveries, "steps": one.steps} for one in self.lines],
        }


def read_dispensing(value: object) -> Dispensing:
    """Raises `bad_form`."""
    said = _object(value)
    lines = said.get("lines")
    if not isinstance(lines, list) or not 1 <= len(lines) <= LINES:
        raise SealError(SealCode.BAD_FORM, "1 to 20 lines are wanted")
    found = []
    for line in map(_object, lines):
        deliveries = _number(line, "deliveries", 1, DELIVERIES)
        found.append(Line(deliveries, _number(line, "steps", deliveries, STEPS)))
    until = _time(said, "until")
    return Dispensing(_bytes(said, "ticket"), _bytes(said, "owner"), until, tuple(found))


@dataclass(frozen=True)
class CardSigner:
    """A practitioner's device that signs."""

    device: Signer = field(repr=False)
    certificate: Certificate


@dataclass(frozen=True)
class Dispensed:
    """What somebody gave of a line. `previous` is the hash of the receipt of the step before.

    `dispenser` and `place` are as they state them, with a card too: for who cannot see the card.
    """

    prescription: bytes
    line: int
    step: int
    previous: bytes
    given: str
    whole: bool
    at: str
    random: bytes
    dispenser: str
    place: str = ""

    def sign(self, claimant: Signer, by: CardSigner | None = None) -> bytes:
        """The signed object, whose hash the claim names.

        By the claimant's key, or by the device of somebody with a card, which names that key.
        Raises `bad_form`, `too_long` for what fits into no note.
        """
        if by is None:
            return _fitting(sign_object(Purpose.DISPENSED, self._payload({}), claimant))
        payload = self._payload({"claimant": b64u(claimant.public)})
        return _fitting(sign_object(Purpose.DISPENSED, payload, by.device, by.certificate))

    def _payload(self, more: dict[str, object]) -> bytes:
        payload = json_bytes(
            {
                "v": 1,
                "prescription": b64u(self.prescription),
                "line": self.line,
                "step": self.step,
                "previous": b64u(self.previous),
                "given": self.given,
                "whole": self.whole,
                "at": self.at,
                "random": b64u(self.random),
                "dispenser": self.dispenser,
                "place": self.place,
                **more,
            }
        )
        _read_dispensed(_versioned(payload))
        return payload


def _fitting(receipt: bytes) -> bytes:
    if len(receipt) > _RECEIPT_BYTES:
        raise SealError(SealCode.TOO_LONG, "a receipt that fits into no note")
    return receipt


@dataclass(frozen=True)
class SignedDispensed:
    """A checked receipt. `claimant`: the key that its claim has to name.

    `certificate`: of the device that signed, where somebody signed with their card. Whether that
    device was in force is for the reader to ask.
    """

    said: Dispensed
    claimant: bytes
    hash: bytes
    certificate: Certificate | None


def read_dispensed(raw: bytes) -> SignedDispensed:
    """Raises `bad_suite`, `bad_form`, `bad_key`, `bad_signature`, `too_long`."""
    signed = read_object(Purpose.DISPENSED, raw)
    value = _versioned(signed.payload)
    claimant = signed.key
    if ("claimant" in value) != (signed.certificate is not None):
        # Also what a device has signed, and somebody without a card signs again as their own.
        raise SealError(SealCode.BAD_FORM, "a claimant is named by a device, and by it alone")
    if signed.certificate is not None:
        claimant = _bytes(value, "claimant")
        require_key(claimant)
    said = _read_dispensed(value)
    return SignedDispensed(said, claimant, sha256(raw), signed.certificate)


@dataclass(frozen=True)
class Revocation:
    """Why the prescriber closed a line, and when."""

    reason: str
    at: str

    def encode(self) -> bytes:
        payload = json_bytes({"v": 1, "reason": self.reason, "at": self.at})
        read_revocation(payload)
        return payload


def read_revocation(payload: bytes) -> Revocation:
    """Raises `bad_suite`, `bad_form`."""
    value = _versioned(payload)
    return Revocation(text_member(value, "reason", _TEXT), _time(value, "at"))


@dataclass(frozen=True)
class LineState:
    """What is known of a line.

    `given`: the receipts of its steps in their order. `left`: whole deliveries that may still be
    made. `step`: the next one to claim, None where nothing may be dispensed. `missing`: a step is
    claimed whose receipt nobody shows, so that nobody can say what is left. `taken`: when the
    server took the claim of each receipt that was given (Unix seconds).
    """

    given: tuple[SignedDispensed, ...]
    left: int
    step: int | None
    revoked: bool
    missing: bool
    previous: bytes = field(default=START)
    taken: tuple[int, ...] = ()


def followed(
    line: Line,
    number: int,
    prescription: bytes,
    cells: Sequence[CellState],
    receipts: Mapping[bytes, SignedDispensed],
) -> LineState:
    """As `follow`, for a reader of all lines.

    Of one whose cells or receipts do not hold nobody can say what is left; the others are as good
    as before.
    """
    try:
        return follow(line, number, prescription, cells, receipts)
    except SealError:
        return LineState((), line.deliveries, None, revoked=False, missing=True)


def follow(
    line: Line,
    number: int,
    prescription: bytes,
    cells: Sequence[CellState],
    receipts: Mapping[bytes, SignedDispensed],
) -> LineState:
    """What the cells and receipts of a line say; `cells` are those of its steps, in order.

    A receipt counts where its cell's claim names it, and nowhere else. Raises `bad_form` for
    another number of cells, `altered` for a receipt that is another's, of another line, step or
    prescription, or that does not follow the one before, or a claim beyond a step that is free.
    """
    if len(cells) != line.steps:
        raise SealError(SealCode.BAD_FORM, "another number of cells")
    given: list[SignedDispensed] = []
    at: list[int] = []
    previous, missing = START, False
    claims = [cell.claimed for cell in cells]
    used = next((step for step, claim in enumerate(claims) if claim is None), len(claims))
    if any(claims[used:]):
        raise SealError(SealCode.ALTERED, "a step was claimed before the one before it")
    for step, claim in enumerate(claims, 1):
        if claim is None:
            break
        receipt = receipts.get(claim.receipt)
        if receipt is None:
            missing = True
            break
        said = receipt.said
        named = (said.prescription, said.line, said.step, said.previous, receipt.claimant)
        if named != (prescription, number, step, previous, claim.claimant):
            raise SealError(SealCode.ALTERED, "a receipt of something else")
        given.append(receipt)
        at.append(claim.at)
        previous = receipt.hash
    left = max(0, line.deliveries - sum(one.said.whole for one in given))
    revoked = used < len(cells) and cells[used].closed
    free = used < len(cells) and not revoked and not missing and left > 0
    after = used + 1 if free else None
    return LineState(tuple(given), left, after, revoked, missing, previous, tuple(at))


def _read_dispensed(value: dict[str, Any]) -> Dispensed:
    whole = value.get("whole")
    if not isinstance(whole, bool):
        raise SealError(SealCode.BAD_FORM, "whole is neither true nor false")
    dispenser = text_member(value, "dispenser", _TEXT)
    if not dispenser:
        raise SealError(SealCode.BAD_FORM, "nobody dispensed")
    return Dispensed(
        prescription=_bytes(value, "prescription"),
        line=_number(value, "line", 1, LINES),
        step=_number(value, "step", 1, STEPS),
        previous=_bytes(value, "previous"),
        given=text_member(value, "given", _TEXT),
        whole=whole,
        at=_time(value, "at"),
        random=_bytes(value, "random"),
        dispenser=dispenser,
        place=text_member(value, "place", _TEXT),
    )


def _versioned(payload: bytes) -> dict[str, Any]:
    value = json_object(payload)
    if value.get("v") != 1 or isinstance(value.get("v"), bool):
        raise SealError(SealCode.BAD_SUITE)
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SealError(SealCode.BAD_FORM, "not an object")
    return value


def _bytes(value: dict[str, Any], name: str) -> bytes:
    return b64u_decode(text_member(value, name, 128), 32)


def _number(value: dict[str, Any], name: str, least: int, most: int) -> int:
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise SealError(SealCode.BAD_FORM, f"{name} is not such a number")
    return found


def _time(value: dict[str, Any], name: str) -> str:
    found = text_member(value, name, 40)
    if not is_time(found):
        raise SealError(SealCode.BAD_FORM, f"{name} is no moment")
    return found
