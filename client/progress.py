"""How far a long transfer is, for people: a bar on standard error, where that is a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from client.documents.patience import Patience
from client.documents.uploading import Told
from client.inert import inert
from client.limits import PATIENCE
from client.sealing.statement import PartInfo

_NAME = 40


class Bars:
    """One bar a part, and a word while the network is gone."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self.patience = Patience(PATIENCE, self._waiting)

    def of(self, name: str, length: int | None) -> Told:
        """A new bar for so many bytes, if it is known how many; give what moves it."""
        name = inert(name)
        short = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
        task = self._shown.add_task(escape(short), total=length)

        def told(done: int) -> None:
            self._shown.update(task, completed=done)

        return told

    def of_part(self, info: PartInfo) -> Told:
        return self.of(info.name, info.length)

    def _waiting(self) -> None:
        self._shown.console.print("The connection is gone. Trying again…", style="yellow")


@contextmanager
def bars(*, quiet: bool = False) -> Iterator[Bars]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as shown:
        yield Bars(shown)
