"""Make everything this repository needs to run, build and test itself.

`setup.py run` is what `make run` needs; `setup.py dev` adds the development tools; `setup.py test`
adds the Debian packages that the browser and network tests drive; `bench` those of the peers that
we compare ourselves with. Each step leaves a stamp, so that a second run costs next to nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nodejs
import npm

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
WEB = ROOT / "web"

TEST_PACKAGES = (
    "chromium",
    "coturn",
    "firefox-esr",
    "fonts-liberation",
    "iproute2",
    "nftables",
    "orthanc",
    "orthanc-dicomweb",
    "poppler-utils",
    "postgresql",
    "redis-server",
    "strace",
)
# Tests start what they need themselves. An archive of images, which listens to all of the network
# once it is installed, is no machine's business.
UNWANTED_SERVICES = ("orthanc",)
UNITS = Path("/etc/systemd/system")
BENCH_PACKAGES = ("nextcloud-spreed-signaling", "nginx")


def fail(sentence: str) -> None:
    """Stop with one sentence that tells a person what to do."""
    sys.exit(f"setup: {sentence}")


def say(sentence: str) -> None:
    print(f"setup: {sentence}", flush=True)


def fingerprint(*parts: Path | str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def make_venv() -> None:
    """Create `.venv`, or create it anew when its interpreter is gone or was upgraded."""
    stamp = VENV / ".stamp-python"
    value = fingerprint(sys.version, str(VENV))
    if PYTHON.exists() and is_stamped(stamp, value):
        return
    say("creating .venv")
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError) as error:
        fail(f"cannot make .venv ({error}); on Debian: apt-get install python3-venv")
    stamp.write_text(value)


def pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*command, *arguments], check=True, cwd=ROOT)


def install_python(*, development: bool) -> None:
    """Install the locked packages and this repository.

    The development lock holds the same versions as the application's and more, so that where it is
    installed nothing is left to do.
    """
    for name in ("dev",) if development else ("dev", "app"):
        lock = ROOT / "requirements" / f"{name}.txt"
        if is_stamped(VENV / f".stamp-{name}", fingerprint(lock)):
            break
    else:
        name = "dev" if development else "app"
        lock = ROOT / "requirements" / f"{name}.txt"
        say(f"installing Python packages ({lock.relative_to(ROOT)})")
        pip("--require-hashes", "--no-deps", "-r", str(lock))
        (VENV / f".stamp-{name}").write_text(fingerprint(lock))

    stamp, value = VENV / ".stamp-editable", fingerprint(ROOT / "pyproject.toml")
    if not is_stamped(stamp, value):
        pip("--no-deps", "--no-build-isolation", "--editable", ".")
        stamp.write_text(value)


def install_node() -> nodejs.Node:
    """Use the machine's Node if it is new enough, else bring one as a Python wheel."""
    node = nodejs.find(VENV)
    if node is None:
        say("installing Node.js into .venv")
        pip("--require-hashes", "--no-deps", "-r", "requirements/node.txt")
        node = nodejs.find(VENV)
    if node is None:
        fail("no Node.js 20.19 or newer on this machine, and its wheel does not run here")
        raise AssertionError
    return node


def install_web(node: nodejs.Node) -> None:
    """Install the locked npm packages."""
    lock = WEB / "package-lock.json"
    stamp = WEB / "node_modules" / ".stamp"
    value = fingerprint(lock, WEB / "package.json", WEB / ".npmrc", node.version)
    if is_stamped(stamp, value):
        return
    say("installing npm packages")
    try:
        npm.install(node, WEB)
    except npm.LockChanged as changed:
        fail(
            f"package.json and package-lock.json disagree ({changed}): "
            "run npm install and commit the lock"
        )
    stamp.write_text(value)


def missing_packages(wanted: tuple[str, ...]) -> list[str]:
    if shutil.which("dpkg-query") is None:
        fail(f"the tests drive Debian packages; install these by hand: {' '.join(wanted)}")
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted],
        check=False,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return [name for name in wanted if f"{name} installed" not in listing]


def install_apt(wanted: tuple[str, ...]) -> None:
    missing = missing_packages(wanted)
    if not missing:
        return
    root: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            fail(f"as root, first run: apt-get install --no-install-recommends {' '.join(missing)}")
        root = ["sudo"]
    say(f"installing Debian packages: {' '.join(missing)}")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    options = ["-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"]
    for name in set(UNWANTED_SERVICES) & set(missing):
        subprocess.run([*root, "mkdir", "-p", str(UNITS)], check=True)
        # What systemd calls masked: neither the package nor a start of the machine starts it.
        subprocess.run([*root, "ln", "-sfn", "/dev/null", f"{UNITS / name}.service"], check=True)
    subprocess.run([*apt, *options, "update"], check=True, stdout=subprocess.DEVNULL)
    install = [*apt, *options, "install", "-y", "--no-install-recommends", *missing]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)


def main(level: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - started by whatever python3 there is
        fail("Python 3.11 or newer is needed; set PYTHON=... for make")
    # Two of these at once would write the same files; the lock goes with the process.
    fcntl.flock(os.open(ROOT, os.O_RDONLY), fcntl.LOCK_EX)
    try:
        make_venv()
        install_python(development=level != "run")
        install_web(install_node())
        if level in {"test", "bench"}:
            install_apt(TEST_PACKAGES + (BENCH_PACKAGES if level == "bench" else ()))
    except subprocess.CalledProcessError as error:
        fail(f"this command failed, its reason stands above: {' '.join(map(str, error.cmd))}")


if __name__ == "__main__":
    LEVELS = ("run", "dev", "test", "bench")
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        sys.exit(f"usage: setup.py {'|'.join(LEVELS)}")
    main(sys.argv[1])
