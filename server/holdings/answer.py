"""What `aparte-server subpoena` prints, for people and as JSON."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from server.app import codes_of, database_of
from server.config import Config
from server.engines.faults import StorageFailed
from server.holdings.catalogue import RECORDS
from server.holdings.questions import Row, ask
from server.practitioners.papers import text_of
from server.requests.encoding import b64u, decode
from server.requests.refusals import Refused
from signaling.wire import ID_BYTES, KEY_BYTES

_SHOWN_BYTES = 40
_TIMES = {"expires", "lasts", "forget"}
_SPOKEN = {"card", "attestation"}
_ADDRESS = (
    "No address is written down, neither in the database nor in a log. While somebody is connected "
    "their address is in the memory of the process, and in that of the proxy before it."
)
_NOTHING = (
    "Nothing is held under that name. What is gone may stand in answers of the last day still: ask "
    "about all."
)
_ELSEWHERE = (
    "What is in memory alone, while people are connected: docs/what-the-server-holds.md. What is "
    "sealed can be opened by its readers only: no key to it is here."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`which`: a key or an id; empty for `all` and for an address."""

    about: str
    which: bytes = b""

    @classmethod
    def read(cls, about: str, which: str | None) -> Asked:
        """Raises ValueError with a sentence."""
        if about == "all":
            if which is not None:
                raise ValueError("all is about everything: leave WHICH out.")
            return cls(about)
        if which is None:
            raise ValueError(f"Say which {about}.")
        if about == "address":
            ipaddress.ip_address(which)
            return cls(about)
        length = KEY_BYTES if about == "practitioner" else ID_BYTES
        try:
            return cls(about, decode(which, length))
        except Refused:
            sentence = f"A {about} is named by {length} bytes in base64url without padding."
            raise ValueError(sentence) from None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows by table, hashes of enrolment codes that nobody has used, and what there is to say."""

    rows: dict[str, list[Row]]
    codes: list[str]
    note: str

    def json(self) -> str:
        """Bytes as base64url, times as Unix seconds."""
        rows = {
            name: [{column: _plain(value) for column, value in row.items()} for row in those]
            for name, those in self.rows.items()
        }
        said = {"tables": rows, "codes": self.codes, "note": self.note}
        return json.dumps(said, indent=2)

    def text(self) -> str:
        """One paragraph for each row, each column with what it says."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for name, those in self.rows.items():
            record = RECORDS[name]
            for row in those:
                yield f"{name}: {record.about}, until {record.until}"
                for column, value in row.items():
                    yield f"  {column} = {_shown(column, value)}  ({record.columns[column].what})"
                yield ""
        for code in self.codes:
            yield f"codes: an enrolment code that nobody has used yet; its hash is {code}"
        yield self.note


def _plain(value: object) -> object:
    return b64u(value) if isinstance(value, bytes) else value


def _shown(column: str, value: object) -> str:
    if column in _SPOKEN and isinstance(value, bytes):
        return text_of(value)
    if isinstance(value, bytes):
        return b64u(value) if len(value) <= _SHOWN_BYTES else f"{len(value):,} bytes"
    if column in _TIMES and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).isoformat(sep=" ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)


async def answered(config: Config, asked: Asked) -> Answer:
    """Look it up. Raises StorageFailed."""
    if asked.about == "address":
        return Answer({}, [], _ADDRESS)
    database = database_of(config)
    try:
        found = await ask(database, asked.about, asked.which)
    finally:
        await database.close()
    try:
        codes = codes_of(config.data).held() if asked.about == "all" else []
    except OSError as fault:
        raise StorageFailed from fault
    return Answer(found, codes, _ELSEWHERE if found or codes else f"{_NOTHING} {_ELSEWHERE}")
