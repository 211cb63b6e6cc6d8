"""`aparte-server` as an operator types it, in processes of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration import operator
from tests.integration.operator import Done
from tests.integration.ports import free_port
from tests.integration.running import BIN, Process, client_of, process
from tests.patience import PATIENCE


def environment(**settings: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("APARTE_")}
    return {**own, **settings}


async def run(*arguments: str, **settings: str) -> Done:
    return await operator.run(*arguments, env=environment(**settings))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"APARTE_ORIGIN": "consult.example.org"}, "origin: should be like https://"),
        ({"APARTE_LISTEN": "8480"}, "listen: should be HOST:PORT"),
        ({"APARTE_ORGIN": "https://x.example"}, "orgin: there is no such setting"),
        ({"APARTE_LIMIT_BLOB_BYTE": "1"}, "limits.blob_byte: there is no such limit"),
        ({"APARTE_CONFIG": "/no/such/file"}, "/no/such/file cannot be read"),
        ({"APARTE_TURN_URLS": "turn:turn.example.org"}, "turn_secret: should be coturn's"),
    ],
)
async def test_a_setting_that_cannot_be_used_is_named(
    settings: Mapping[str, str], sentence: str
) -> None:
    for command in ("serve", "enrol", "check-config"):
        done = await operator.called(command, env=environment(**settings))
        assert done.code == 1
        assert f"Error: {sentence}" in done.said


async def test_serve_says_why_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = await run("serve", APARTE_DATA=str(tmp_path / "file"), APARTE_LISTEN="127.0.0.1:1")
    assert done.code == 1
    assert "Error:" in done.said
    assert "Traceback" not in done.said
    async with process(Process(tmp_path / "data")) as client:
        taken = urlsplit(client.origin).port
        done = await run(
            "serve", APARTE_DATA=str(tmp_path / "other"), APARTE_LISTEN=f"127.0.0.1:{taken}"
        )
        assert done.code == 1
        assert "address already in use" in done.said.lower()
        done = await run(
            "serve", APARTE_DATA=str(client.data), APARTE_LISTEN=f"127.0.0.1:{free_port()}"
        )
        assert done.code == 1
        assert "another aparte-server is using it" in done.said


async def test_metrics_are_on_a_port_of_their_own_and_name_nobody(tmp_path: Path) -> None:
    admin = free_port()
    made = Process(tmp_path / "data", env={"APARTE_ADMIN": f"127.0.0.1:{admin}"})
    async with process(made) as client:
        await client.enrolled()
        await client.send("GET", "/v1/blobs/AAAAAAAAAAAAAAAAAAAAAA")
        assert (await client.send("GET", "/metrics")).error == "not_found"
        async with client.session.get(f"http://127.0.0.1:{admin}/metrics") as answer:
            text = await answer.text()
    assert 'route="/v1/practitioners",status="201"} 1.0' in text
    assert 'route="/v1/blobs/{id}",status="401"} 1.0' in text
    assert 'aparte_refusals_total{code="bad_signature"} 1.0' in text
    assert "AAAAAAAA" not in text


async def test_check_config_shows_settings_and_no_secret(tmp_path: Path) -> None:
    secret = "correct-horse-battery"
    file = tmp_path / "aparte.toml"
    file.write_text(
        f"""
        origin = "https://consult.example.org"
        data = "{tmp_path}"
        turn_urls = ["turns:turn.example.org:443?transport=tcp"]
        turn_secret = "{secret}"
        trusted_proxies = ["127.0.0.1"]
        [limits]
        blob_bytes = 1000
        frames = [10, 5]
        """
    )
    done = await run("check-config", "--config", str(file), COLUMNS="200")
    assert done.code == 0
    for text in ("https://consult.example.org", "limits.blob_bytes", "1000", "turn_secret", "set"):
        assert text in done.printed
    assert secret not in done.printed + done.said
    poor = await run("check-config", APARTE_DATA=str(file / "data"), COLUMNS="200")
    assert poor.code == 1
    assert f"error: data: {file}/data cannot be written" in poor.said
    assert "warning: turn_urls: none" in poor.said


async def test_enrol_prints_a_link_whose_code_works_once_on_a_running_server(
    tmp_path: Path,
) -> None:
    made = Process(tmp_path / "data")
    async with process(made) as client:
        settings = {
            name: value for name, value in made.environment().items() if name.startswith("APARTE_")
        }
        done = await run("enrol", **settings)
        link = re.fullmatch(rf"{client.origin}/desk/#enrol=([\w-]{{22}})\n", done.printed)
        assert link is not None
        device = client.signer()
        body = client.identity().enrolment(link[1], device)
        assert (await client.signed(device, "POST", "/v1/practitioners", body)).status == 201


class Demo:
    """`aparte-server demo` over one data folder and port, started and killed at will."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.log = data.parent / "demo.log"

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        where = ("--port", str(self.port), "--data", str(self.data))
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(str(BIN / "aparte-server"), "demo", *where, *arguments),
                env=environment(),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )


async def line_of(child: asyncio.subprocess.Process) -> str:
    assert child.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await child.stdout.readline()).decode()


async def test_the_demo_prints_one_line_and_survives_kill_9(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "data")
    children = [await demo.start("--json")]
    try:
        first = children[0]
        links = json.loads(await line_of(first))
        assert set(links) == {"doctor", "patient"}
        origin = f"http://localhost:{demo.port}"
        assert links["doctor"].startswith(f"{origin}/desk/#demo=")
        assert re.fullmatch(rf"{origin}/c/#1(\.[\w-]+){{3}}", links["patient"])
        os.killpg(first.pid, signal.SIGKILL)
        rest, _ = await first.communicate()
        assert rest == b""
        again = await demo.start()
        children.append(again)
        assert await line_of(again) == (
            f"Serving {origin} again: the links printed before still hold.\n"
        )
        async with client_of(origin, demo.data) as client:
            assert (await client.send("GET", "/healthz")).body == b"ok\n"
        again.send_signal(signal.SIGTERM)
        assert await again.wait() == 0
    finally:
        for child in children:
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)
    secrets = [part for part in links["patient"].partition("#")[2].split(".") if len(part) > 1]
    secrets.append(links["doctor"].partition("#demo=")[2])
    kept = b"".join(path.read_bytes() for path in demo.data.rglob("*") if path.is_file())
    kept += demo.log.read_bytes()
    assert [secret for secret in secrets[1:] if secret.encode() in kept] == []


async def test_the_demo_tells_people_what_to_do(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "data")
    child = await demo.start()
    try:
        lines = [await line_of(child) for _ in range(4)]
        assert lines[0].startswith("Open this link to be the doctor")
        assert "/desk/#demo=" in lines[1]
        assert "to be the patient" in lines[2]
        assert "/c/#1." in lines[3]
        child.send_signal(signal.SIGINT)
        assert await child.wait() == 0
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
