"""`make bench`: compare with the peers, print a table, write bench/results.json.

python bench/run.py [NAME…]     only the lines whose name starts with one of these
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE.parent)
sys.path.insert(1, str(HERE.parent / "tools"))

import uvloop  # noqa: E402 - the path first
from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from bench import idle, images, join, mailbox, peers, relay, upload, weight  # noqa: E402
from tests.e2e.screens import give_back  # noqa: E402


@dataclass(frozen=True)
class Line:
    """One result: `ratio` is ours / peer_value; lines without a peer have none."""

    name: str
    ours: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None


def compared(name: str, ours: float, unit: str, peer: str, peer_value: float) -> Line:
    ratio = round(ours / peer_value, 3)
    return Line(name, round(ours, 3), unit, peer, round(peer_value, 3), ratio)


async def relays(folder: Path) -> list[Line]:
    """Our relay beside three others."""
    peers.install_peerjs()
    lines = []
    for name, serving in (
        ("spreed", peers.spreed),
        ("peerjs", peers.peerjs),
        ("bare-aiohttp", peers.bare),
    ):
        value, other = await relay.measure(serving, folder)
        unit = "1000 messages per CPU-second"
        lines.append(compared(f"relay/{name}", value, unit, name, other))
    return lines


async def idle_connections(folder: Path) -> list[Line]:
    value, other = await idle.measure_ours(folder), await idle.measure_bare(folder)
    return [compared("idle-connection", value, "KiB", "bare-aiohttp", other)]


async def joins(folder: Path) -> list[Line]:
    value, other = await join.measure(folder)
    return [compared("join/bare", value, "ms", "two-page prototype", other)]


async def page_weight(folder: Path) -> list[Line]:
    return [Line("page-weight", round(await weight.measure(folder), 1), "KiB")]


async def mailbox_roundtrips(folder: Path) -> list[Line]:
    value, other = await mailbox.measure(folder)
    return [compared("mailbox-roundtrip/bare", value, "ms", "aiohttp + SQLite", other)]


async def uploads(folder: Path) -> list[Line]:
    value, other = await upload.measure(folder)
    return [compared("seal-upload/nginx", value, "MiB/s", "unencrypted PUT to nginx", other)]


async def browser_uploads(folder: Path) -> list[Line]:
    value, other = await upload.measure_browser(folder)
    return [compared("seal-upload-browser", value, "MiB/s", "typage alone", other)]


async def first_images(folder: Path) -> list[Line]:
    first, others = await images.measure(folder)
    return [
        Line("first-image", round(first, 2), "s"),
        Line("other-images", round(others, 2), "s"),
    ]


PARTS = {
    "relay": relays,
    "idle-connection": idle_connections,
    "mailbox-roundtrip": mailbox_roundtrips,
    "join": joins,
    "page-weight": page_weight,
    "seal-upload": uploads,
    "seal-upload-browser": browser_uploads,
    "first-image": first_images,
}


async def main(wanted: list[str]) -> int:
    lines: list[Line] = []
    for name, part in PARTS.items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="aparte-bench-") as folder:
            print(f"bench: {name}", flush=True)
            lines += await part(Path(folder))
    table = Table(Column("name", no_wrap=True), "ours", "unit", "peer", "peer's", "ratio")
    for line in lines:
        table.add_row(*("" if value is None else str(value) for value in asdict(line).values()))
    Console().print(table)
    results = HERE / "results.json"
    results.write_text(json.dumps([asdict(line) for line in lines], indent=2) + "\n")
    give_back(results)
    return 0


if __name__ == "__main__":
    sys.exit(uvloop.run(main(sys.argv[1:])))
