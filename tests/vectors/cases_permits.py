"""Permits: what a fragment says, and the vouchers that follow."""

from __future__ import annotations

from client.sealing.encoding import b64u, u64
from client.sealing.permit import Permit
from tests.vectors.forge import Case, drawn, good, refused, sealed

SECRET = drawn("permit")
PERMIT = Permit(10 * 1024**3, 1_800_000_000, SECRET)


def permit() -> list[Case]:
    def written(size: int, until: int, secret: bytes = SECRET) -> str:
        return f"1.{b64u(secret + u64(size) + u64(until))}"

    fine = written(PERMIT.size, PERMIT.until)
    assert PERMIT.url("https://example.org").endswith(fine)
    found = sealed(secret=SECRET, files=PERMIT.files, link=PERMIT.link)
    numbers = {"size": PERMIT.size, "until": PERMIT.until}
    wrong = {
        "nothing": "",
        "another version": f"2{fine[1:]}",
        "a link that is cut short": fine[:-1],
        "one that is longer": f"{fine}AA",
        "no bytes": written(0, PERMIT.until),
        "more bytes than a number holds": written(2**53, PERMIT.until),
        "no time": written(PERMIT.size, 0),
        "a sealed link": f"1.{b64u(SECRET)}",
    }
    return [
        good("a permit", {"fragment": fine}, found | numbers),
        *(refused(name, "link", "bad_link", {"fragment": text}) for name, text in wrong.items()),
    ]
