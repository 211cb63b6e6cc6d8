"""The browser client's sealing, run by Node as another process: web/tests/interop/peer.ts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs

from client.sealing.encoding import b64u, b64u_decode

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
_BUNDLE = """
import { build } from "vite";
await build({
  configFile: false,
  publicDir: false,
  logLevel: "error",
  ssr: { noExternal: true },
  build: { ssr: "tests/interop/peer.ts", outDir: process.argv[1], target: "node20" },
});
"""


def build(folder: Path) -> None:
    """Bundle the peer for the oldest Node that the project promises."""
    node = nodejs.find(ROOT / ".venv")
    assert node is not None, "no Node.js: run make setup"
    command = [str(node.executable), "--input-type=module", "--eval", _BUNDLE, str(folder)]
    subprocess.run(command, cwd=WEB, check=True, timeout=60)


class Refused(Exception):
    """The other implementation refused, with a code of the shared list."""


class Peer:
    """Asks one question at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(
        self, op: str, *, now: float = 0, raw: dict[str, bytes] | None = None, **more: Any
    ) -> Any:
        """`now` is in seconds; `raw` holds the question's byte strings. Raises `Refused`."""
        texts = {name: b64u(value) for name, value in (raw or {}).items()}
        question = {"op": op, "now": round(now * 1000), "bytes": texts, **more}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the other process ended"
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer.get("gives")

    def bytes(self, op: str, **given: Any) -> bytes:
        return b64u_decode(self.ask(op, **given))


@contextmanager
def peer(folder: Path) -> Iterator[Peer]:
    node = nodejs.find(ROOT / ".venv")
    assert node is not None
    with subprocess.Popen(
        [str(node.executable), str(folder / "peer.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Peer(process)
        finally:
            process.kill()
