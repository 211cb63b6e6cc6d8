"""A fictional practitioner with one open consult, for `aparte-server demo`.

A process of its own: the server may hold no key, so that everything secret is made here, and the
launcher only passes the two links on. The doctor's link carries all keys in its fragment.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass

import aiohttp

from client.api.http import Api, Random
from client.api.practitioners import enrol
from client.host.practitioner import Practitioner, Stated, make
from client.host.room import HostedRoom, make_room
from client.sealing.encoding import b64u, json_bytes
from client.vault import Memory


@dataclass(frozen=True)
class Details:
    """What a practitioner states of themselves on a prescription."""

    name: str
    profession: str
    speciality: str
    rpps: str
    address: str
    phone: str
    email: str


# Nobody: the number passes its check digit and is of no register.
DEMO = Details(
    name="Dr Camille Démo",
    profession="Médecin",
    speciality="Médecine générale",
    rpps="10003456786",
    address="1 rue de l’Exemple, 75000 Paris, France",
    phone="+33199000000",
    email="camille.demo@example.org",
)


def bundle(root: bytes, practitioner: Practitioner, room: HostedRoom, label: str) -> str:
    """The fragment that makes a browser this practitioner's device. Demo only."""
    value = {
        "v": 1,
        "root": b64u(root),
        "device": b64u(practitioner.device.seed),
        "certificate": b64u(practitioner.certificate.raw),
        "card": b64u(practitioner.card.raw),
        "devices": b64u(practitioner.devices.raw),
        "practitioner": asdict(DEMO),
        "rooms": [
            {
                "room": b64u(room.room),
                "prekey": b64u(room.prekey_seed),
                "secrets": [b64u(secret) for secret in room.secrets],
                "expires": room.expires,
                "label": label,
            }
        ],
    }
    return b64u(json_bytes(value))


async def demo_links(origin: str, code: str, random: Random) -> str:
    """Enrol with a one-time code, make a room, and give one line of JSON with both links.

    Raises ServerRefused or ServerUnreachable.
    """
    keeper = Memory()
    stated = Stated(DEMO.name, DEMO.profession, DEMO.speciality, DEMO.rpps, DEMO.address)
    practitioner = make(stated, keeper, random, int(time.time()), twice=True)
    async with aiohttp.ClientSession() as http:
        api = Api(origin, http, random)
        await enrol(api, practitioner.device, code, practitioner.card.raw, practitioner.devices)
        room = await make_room(api, practitioner, keeper, random)
    fragment = bundle(keeper.get("root") or b"", practitioner, room, "Patient de démonstration")
    links = {"doctor": f"{origin}/desk/#demo={fragment}", "patient": room.link(0).url(origin)}
    return json.dumps(links)
