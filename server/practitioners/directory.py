"""Finding practitioners who want to be found: by words, whatever their case and accents."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from server.practitioners.store import practitioners
from server.practitioners.words import folded
from server.requests.refusals import Refused
from signaling.errors import ErrorCode

AT_ONCE = 20
_LONGEST = 120
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Sought:
    """Words of which each begins a word of the card. `after`: the identity shown last."""

    name: str = ""
    profession: str = ""
    place: str = ""
    language: str = ""
    after: bytes | None = None

    def __post_init__(self) -> None:
        """Raises `bad_request` for more than anybody types."""
        for text in (self.name, self.profession, self.place, self.language):
            if len(text) > _LONGEST or len(folded(text).split()) > _MOST_WORDS:
                raise Refused(ErrorCode.BAD_REQUEST, "That is more than can be searched for.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A practitioner as they are shown to who searches."""

    identity: bytes
    card: bytes
    attestation: bytes | None


def find(connection: Connection, sought: Sought) -> list[Shown]:
    """The next practitioners in the order of their names, AT_ONCE at most."""
    columns = practitioners.c
    query = select(columns.identity, columns.card, columns.attestation).where(columns.listed)
    for column, text in (
        (columns.name_key, sought.name),
        (columns.profession_key, sought.profession),
        (columns.place_key, sought.place),
        (columns.languages, sought.language),
    ):
        for word in folded(text).split():
            query = query.where(column.contains(f" {word}", autoescape=True))
    if sought.after is not None:
        last = select(columns.name_key).where(columns.identity == sought.after).scalar_subquery()
        query = query.where(tuple_(columns.name_key, columns.identity) > tuple_(last, sought.after))
    rows = connection.execute(query.order_by(columns.name_key, columns.identity).limit(AT_ONCE))
    return [Shown(*row) for row in rows]
