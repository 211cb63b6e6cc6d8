"""Nothing that people type, and no key, is ever found on the server's side.

A whole visit with marked words in every field, then a search of all that the operator has: files,
database and its write-ahead log, logs, request lines, headers and bodies, frames, process output,
and the memory of the running server. Each of these channels also gets a planted word, which the
same search must find.
"""

from __future__ import annotations

import asyncio
import base64
import codecs
import contextlib
import dataclasses
import gzip
import io
import json
import sqlite3
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Page, Request, expect

from client.sealing.ring import identity_of
from tests.e2e import browsers, dispensing, native, net, prescription, steps
from tests.e2e import links as sealed_links
from tests.e2e.canary import Hit, Search
from tests.e2e.server import Links, Server, in_language, serving
from tests.e2e.words import say
from tests.integration.people import enrolled
from tests.integration.services import dumped, own_redis, shared, sql

pytestmark = [pytest.mark.e2e, pytest.mark.root, pytest.mark.slow]

# What the two native clients say to each other.
SPOKEN = native.Words(
    name="Ödön Kanarienvögel",
    chat="native canari ő message",
    document="document canari œuvre",
)
PLANTED = "planted é Ł canary 90210"
WORDS = {
    "name": "Zéphyrine Canari-Ósk",
    "reason": "motif canari ñandú",
    "chat of the patient": "message canari du patient ő",
    "chat of the doctor": "message canari du docteur ő",
    "label": "étiquette canari ğ",
    "family": "Canariş",
    "given": "Łucanari",
    "substance": "Canaricilline",
    "brand": "Canarixyl",
    "advice": "conseil canari œuf",
    "instructions": "instruction canari çà",
    # Of the demo's practitioner: what stands on prescriptions, and on no card.
    "practitioner": "camille.demo@example.org",
    "telephone": "+33199000000",
    "holder": "enfant canari ŵ",
    "photo": "canari dans la photo ő",
    "file": "courrier canari ŷ.txt",
    "content of the file": "contenu canari ŝ",
    "pharmacy": "Pharmacie Canari-Œillet",
    "town": "Canariville-ès-Ŷeuses",
    "handed over": "2 boîtes canari ž",
    "revocation": "allergie canari ť",
}


# Of the same, what stands on the card that everybody may see: it is found where that lies.
PUBLIC = {"card": "1 rue de l’Exemple"}


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def secrets_of(links: Links) -> dict[str, bytes]:
    """S and every seed in the links that only the two people were given."""
    bundle = json.loads(unpadded(links.doctor.rpartition("#demo=")[2]))
    root = unpadded(bundle["root"])
    found = {"root": bundle["root"], "device seed": bundle["device"]}
    for room in bundle["rooms"]:
        found["prekey seed"] = room["prekey"]
        found |= {f"S of the bundle, {at}": text for at, text in enumerate(room["secrets"])}
    found["S of the link"] = links.patient.rpartition("#")[2].split(".")[2]
    bytes_of = {name: unpadded(text) for name, text in found.items()}
    return bytes_of | {"identity seed": identity_of(root).seed}


@dataclass
class Received:
    """All that the two browsers sent towards the server: request lines, headers, bodies, frames."""

    parts: list[tuple[str, bytes]] = field(default_factory=list)

    def listen(self, page: Page, who: str) -> None:
        page.on("request", lambda request: self._request(who, request))
        page.on(
            "websocket",
            lambda socket: socket.on("framesent", lambda payload: self._frame(who, payload)),
        )

    def _request(self, who: str, request: Request) -> None:
        # The fragment stays in the browser.
        line = f"{request.method} {request.url.partition('#')[0]}\n"
        headers = "".join(f"{name}: {value}\n" for name, value in request.headers.items())
        self.parts.append((f"request of the {who}", (line + headers).encode()))
        self.parts.append((f"body of the {who}", request.post_data_buffer or b""))

    def _frame(self, who: str, payload: str | bytes) -> None:
        data = payload.encode() if isinstance(payload, str) else payload
        self.parts.append((f"frame of the {who}", data))

    def search(self, search: Search) -> set[Hit]:
        return {hit for where, data in self.parts for hit in search.data(where, data)}


async def visit(
    doctor: Page, patient: Page, links: Links, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str | bytes]:
    """Fill every field that there is with a marked word; give what else was made up meanwhile."""
    monkeypatch.setattr(
        prescription, "PATIENT", {"family": WORDS["family"], "given": WORDS["given"]}
    )
    line = {key: WORDS[key] for key in ("substance", "brand", "advice")}
    monkeypatch.setattr(prescription, "LINE", prescription.LINE | line)
    monkeypatch.setattr(prescription, "INSTRUCTIONS", WORDS["instructions"])

    await steps.open_desk(doctor, links)
    await steps.button(doctor, "New consult").click()
    await steps.textbox(doctor, "Private label (optional)").fill(WORDS["label"])
    await steps.button(doctor, "Make the link").click()
    await steps.button(doctor, "Copy the link").wait_for()
    await doctor.keyboard.press("Escape")

    await patient.goto(in_language(links.patient, "en"))
    await steps.button(patient, "Continue").click()
    await steps.textbox(patient, "Your name").fill(WORDS["name"])
    await steps.textbox(patient, say("en", "guest.reason")).fill(WORDS["reason"])
    await steps.button(patient, "Join the waiting room").click()
    await steps.admit(doctor)
    await browsers.sees(patient, browsers.DOCTOR)
    await steps.write(patient, WORDS["chat of the patient"])
    await steps.reads(doctor, WORDS["chat of the patient"])
    await steps.write(doctor, WORDS["chat of the doctor"])
    await steps.reads(patient, WORDS["chat of the doctor"])
    async with patient.expect_file_chooser() as choosing:
        await steps.button(patient, "Send a photo").click()
    await (await choosing.value).set_files(
        {"name": f"{WORDS['photo']}.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await steps.button(doctor, "Enlarge the photo").wait_for()
    await prescription.write(doctor)
    await prescription.review(doctor)
    await prescription.sign(doctor)
    ticket = await dispensing.ticket_of(patient)
    await patient.get_by_text(say("en", "keeping.keepFor")).first.click()
    await steps.textbox(patient, say("en", "keeping.keepFor")).fill(WORDS["holder"])
    await steps.button(patient, say("en", "keeping.keep")).click()
    await patient.get_by_text(say("en", "keeping.kept")).wait_for()
    content = WORDS["content of the file"].encode()
    file: FilePayload = {"name": WORDS["file"], "mimeType": "text/plain", "buffer": content}
    made = await sealed_links.make(doctor, file)
    await sealed_links.visit(patient, made)
    await sealed_links.give(patient, made.words)
    async with patient.expect_download():
        await steps.button(patient, say("en", "files.download")).click()
    await at_the_pharmacy(doctor, patient, ticket)
    return {
        "secret of a link": unpadded(made.secret),
        "words of a link": made.words,
        "ticket": unpadded(ticket.rpartition("#1.")[2]),
    }


async def at_the_pharmacy(doctor: Page, counter: Page, ticket: str) -> None:
    """One of two deliveries is dispensed, and the doctor takes the other one back."""
    await counter.goto(ticket.replace("#", "?lang=en#"))
    by, place, what = (WORDS[key] for key in ("pharmacy", "town", "handed over"))
    await dispensing.dispense(counter, 1, by, place, what)
    await counter.get_by_text(dispensing.said("outcome_dispensed")).wait_for()
    # Out of the dialog in which the link was made.
    await doctor.keyboard.press("Escape")
    lines = await dispensing.take_back(doctor, 1, WORDS["revocation"])
    # What was typed at the counter did come through the server.
    for word in (by, place, what):
        await expect(lines.nth(0)).to_contain_text(word)
    await steps.button(counter, dispensing.said("refresh")).click()
    await counter.get_by_text(WORDS["revocation"]).wait_for()


def photo() -> bytes:
    """A picture whose EXIF data carries a marked word."""
    picture = Image.effect_noise((640, 480), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = WORDS["photo"]
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()


async def plant_in_requests(page: Page) -> None:
    """Say the planted word to the server in a request line, a header, a body and a frame."""
    await page.evaluate(
        """async (word) => {
          const header = btoa(unescape(encodeURIComponent(word)));
          const query = encodeURIComponent(word);
          const headers = { 'x-planted': header };
          await fetch(`/healthz?${query}`, { method: 'POST', body: word, headers });
          const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/v1/socket`, [
            'aparte.1',
          ]);
          await new Promise((resolve) => { socket.onopen = resolve; });
          socket.send(new TextEncoder().encode(word));
          await new Promise((resolve) => { socket.onclose = resolve; setTimeout(resolve, 500); });
        }""",
        PLANTED,
    )


def plant_in_files(server: Server) -> None:
    """Write the planted word into the database, its log, a blob and the server's own log."""
    (path,) = [path for path in server.data.rglob("*") if is_database(path)]
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE planted (word TEXT)")
        database.execute("INSERT INTO planted VALUES (?)", (PLANTED,))
        database.commit()
        # While this connection is open the write-ahead log holds what was written.
        for kept in path.parent.glob(f"{path.name}*"):
            (server.data / f"copy of {kept.name}").write_bytes(kept.read_bytes())
    (server.data / "a blob").write_bytes(b"\0" * 100 + gzip.compress(PLANTED.encode()))
    with server.log.open("ab") as log:
        log.write(json.dumps({"event": PLANTED}).encode())


def is_database(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"


async def test_the_server_never_holds_what_people_say_or_any_key(
    host: net.Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = Received()
    # The environment stands in the process's memory: what is planted there must be found there.
    server = Server(host, tmp_path, env={"PLANTED_FOR_THE_TEST": PLANTED}, nodes=1)
    async with (
        serving(server),
        browsers.chromium(host, tmp_path, browsers.DOCTOR) as one,
        browsers.chromium(host, tmp_path, browsers.PATIENT) as two,
    ):
        links = await server.enrolled()
        received.listen(one.page, "doctor")
        received.listen(two.page, "patient")
        drawn = await visit(one.page, two.page, links, monkeypatch)

        with host.entered():
            at = await enrolled(server.origin, await server.code())
            native_secrets = await native.visit(server.origin, at, SPOKEN, tmp_path)

        spoken = {f"native {name}": text for name, text in dataclasses.asdict(SPOKEN).items()}
        secrets = {f"native {name}": secret for name, secret in native_secrets.items()}
        assert min(len(secret) for secret in secrets.values()) >= 32
        words = {**WORDS, **drawn, **spoken}
        search = Search({**words, **secrets_of(links), **secrets, "planted": PLANTED})
        found = {
            "memory": set().union(*(search.memory(one.pid) for one in server.processes)),
            "data": search.folder(server.data),
            "log": search.data("log", server.log.read_bytes()),
            "received": received.search(search),
        }
        # The visit did reach the server, and left something there to search.
        assert len(received.parts) > 50
        assert any(path.stat().st_size > 10_000 for path in server.data.rglob("*"))
        assert {hit.marker for hit in found["memory"]} == {"planted"}
        assert not found["data"] | found["log"] | found["received"]

        await plant_in_requests(two.page)
        hits = received.search(search)
        assert {hit.where for hit in hits} == {
            f"{part} of the patient" for part in ("request", "body", "frame")
        }
        await server.kill()
        plant_in_files(server)
        hits = search.folder(server.data) | search.data("log", server.log.read_bytes())
        assert {hit.marker for hit in hits} == {"planted"}
        where = {hit.where for hit in hits}
        assert where >= {"a blob", "log"}
        public = Search(PUBLIC).folder(server.data)
        assert public
        assert all("aparte.sqlite" in hit.where for hit in public)
        assert [name for name in where if name.endswith("-wal")]


async def test_nor_do_two_processes_with_their_database_and_bus(
    host: net.Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said on the bus"
    with own_redis() as redis:
        planted = {"PLANTED_FOR_THE_TEST": PLANTED}
        server = Server(host, tmp_path, env=planted, nodes=2, redis=redis.url)
        async with (
            serving(server),
            browsers.chromium(host, tmp_path, browsers.DOCTOR) as one,
            browsers.chromium(host, tmp_path, browsers.PATIENT) as two,
        ):
            with redis.overheard(said):
                links = await server.enrolled()
                drawn = await visit(one.page, two.page, links, monkeypatch)
                words = {**WORDS, **drawn}
                search = Search({**words, **secrets_of(links), "planted": PLANTED})
                memory = set().union(*(search.memory(node.pid) for node in server.processes))
                assert {hit.marker for hit in memory} == {"planted"}
            database = shared(server.data)["database"]

            def kept() -> set[Hit]:
                return (
                    search.folder(server.data)
                    | search.data("log", server.log.read_bytes())
                    | search.data("database", dumped(database))
                    | search.plain("bus", codecs.escape_decode(said.read_bytes())[0])
                    | {replace(hit, where="redis") for hit in search.memory(redis.pid)}
                )

            # The two did speak over it, and keep something there.
            assert said.stat().st_size > 100_000
            assert not kept()
            with redis.overheard(said):
                redis.say(PLANTED)
                sql(database, f"CREATE TABLE planted AS SELECT '{PLANTED}'::bytea AS word")
                await asyncio.sleep(0.5)
            assert {hit.where for hit in kept()} == {"bus", "redis", "database"}
