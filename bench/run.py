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
from rich.table import Table  # noqa: E402

from bench import peers, relay  # noqa: E402


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
    peers.install_peerjs()
    unit = "1000 msg/CPU-s"
    for serving in (peers.bare, peers.spreed, peers.peerjs):
        print(serving.__name__, await relay.measure(serving, folder), unit, flush=True)
    return []


async def main() -> int:
    with tempfile.TemporaryDirectory(prefix="aparte-bench-") as name:
        lines = await relays(Path(name))
    table = Table("name", "ours", "unit", "peer", "peer's", "ratio")
    for line in lines:
        table.add_row(*("" if value is None else str(value) for value in asdict(line).values()))
    Console().print(table)
    (HERE / "results.json").write_text(
        json.dumps([asdict(line) for line in lines], indent=2) + "\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
