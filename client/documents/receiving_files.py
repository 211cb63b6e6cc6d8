"""Parts that lie outside of a link: fetched into a folder, and gone on with after a break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from client.api.http import Api
from client.documents.downloading import Download
from client.documents.patience import Patience
from client.documents.receiving import publish, safe_name
from client.documents.uploading import Told
from client.sealing.handed import Outside
from client.sealing.statement import PartInfo, Statement
from client.sealing.xwing import KemKey


def partial(folder: Path, info: PartInfo, number: int) -> Path:
    """Where a part grows. Its name says which one it is, so that no two get mixed up."""
    return folder / f".{number}.{info.tree.hex()[:32]}.part"


async def fetch_outside(
    api: Api,
    outside: Outside,
    statement: Statement,
    folder: Path,
    *,
    told: Callable[[PartInfo], Told],
    patience: Patience,
) -> tuple[Path, ...]:
    """Fetch all parts into a folder that is there; `told` gives what is told how far one is.

    Each stands under its own name once all of it is there, and not before. Raises as `Download.run`
    does.
    """
    key = KemKey(outside.key)
    described = list(enumerate(statement.parts, 1))
    files = [partial(folder, info, number) for number, info in described]
    for part, info, file in zip(outside.parts, statement.parts, files, strict=True):
        await Download(api, part, info, key).run(file, told(info), patience)
    return publish(files, [safe_name(info.name, number) for number, info in described], folder)
