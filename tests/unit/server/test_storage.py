"""The database's schema and promises, and files, without the server around them."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, select, text

from server.app import create_app
from server.config import Config
from server.engines.database import Database, metadata
from server.engines.faults import StorageFailed
from server.engines.files import Files
from server.engines.sqlite import Sqlite
from server.mailboxes import store as mailboxes
from server.practitioners.store import forget_used_codes, use, used_codes, was_used
from server.rooms.store import SqlRooms, create
from server.sweeper import sweep
from server.vouchers import store as vouchers
from signaling.record import RoomRecord, Seat

MIGRATIONS = Path(__file__).parents[3] / "server" / "engines" / "migrations"
NAME = "0" * 32
CODE = b"the-hash-of-somebody's-code......"


async def opened(folder: Path) -> Database:
    database = Database(Sqlite(folder / "aparte.sqlite"))
    await database.open()
    return database


async def test_the_migrations_make_what_the_stores_declare(tmp_path: Path) -> None:
    assert create_app(Config(data=tmp_path)) is not None
    for _ in range(2):
        await (await opened(tmp_path)).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'aparte.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_what_the_first_version_kept_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "aparte.sqlite"
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "first")
        for insert in (
            "INSERT INTO vouchers VALUES (X'01', X'02', 4096, 2000000000, 1)",
            "INSERT INTO mailboxes VALUES (X'03', X'02', X'', 7, 0, 0, 4096, X'01', 2000000000)",
        ):
            connection.execute(text(insert))
    engine.dispose()
    database = await opened(tmp_path)
    found = await database.read(lambda connection: mailboxes.find(connection, b"\3", 1))
    assert found is not None
    assert (found.last, found.most, found.keep) == (7, 4096, None)
    assert await database.read(lambda connection: vouchers.held(connection, b"\2")) == (1, 4096)
    await database.close()


async def test_nobody_is_admitted_to_a_room_that_expired(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    seat = Seat(b"j" * 32, b"g" * 32, admitted=True)
    record = RoomRecord(b"r" * 16, b"i" * 32, b"p", (seat,), expires=100)
    await database.write(lambda connection: create(connection, record))
    stored = SqlRooms(database)
    assert await stored.is_admitted(b"r" * 16, b"g" * 32, 99.5)
    assert not await stored.is_admitted(b"r" * 16, b"g" * 32, 100)
    await database.close()


async def test_every_connection_is_durable_and_readers_only_read(tmp_path: Path) -> None:
    database = await opened(tmp_path)

    async def pragma(name: str, *, writes: bool) -> object:
        def ask(connection: Connection) -> object:
            return connection.execute(text(f"PRAGMA {name}")).scalar_one()

        return await (database.write(ask) if writes else database.read(ask))

    for writes in (True, False):
        assert await pragma("journal_mode", writes=writes) == "wal"
        assert await pragma("synchronous", writes=writes) == 2
        assert await pragma("foreign_keys", writes=writes) == 1
        assert await pragma("query_only", writes=writes) == int(not writes)
        assert await pragma("secure_delete", writes=writes) == 1
    with pytest.raises(StorageFailed):
        await database.read(lambda c: c.execute(text("DELETE FROM practitioners")))
    await database.close()


async def write_twice(database: Database, then: Exception | None = None) -> None:
    """One transaction that cannot be: the same code twice, or an exception between."""

    def write(connection: Connection) -> None:
        use(connection, CODE, 1)
        if then is not None:
            raise then
        use(connection, CODE, 2)

    await database.write(write)


async def test_a_transaction_that_raises_changes_nothing(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    with pytest.raises(ZeroDivisionError):
        await write_twice(database, ZeroDivisionError())
    assert not await database.read(lambda connection: was_used(connection, CODE))
    with pytest.raises(StorageFailed):
        await write_twice(database)
    assert not await database.read(lambda connection: was_used(connection, CODE))
    await database.close()


async def test_writes_take_turns_and_readers_see_the_last_commit(tmp_path: Path) -> None:
    database = await opened(tmp_path)

    def count(connection: Connection, number: int) -> None:
        found = connection.execute(select(used_codes)).all()
        time.sleep(0.001)
        use(connection, bytes([len(found)]) * 32, number)

    await asyncio.gather(*(database.write(partial(count, number=number)) for number in range(10)))
    rows = await database.read(lambda c: c.execute(select(used_codes)).all())
    assert {row.hash[0] for row in rows} == set(range(10))
    await database.close()


async def test_what_was_deleted_is_not_in_the_log_either(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    await database.write(lambda connection: use(connection, CODE, 1))
    await database.write(lambda connection: forget_used_codes(connection, 2))
    log = tmp_path / "aparte.sqlite-wal"
    assert CODE in log.read_bytes()
    entered, leave = threading.Event(), threading.Event()

    def dawdle(connection: Connection) -> bool:
        connection.execute(select(used_codes)).all()
        entered.set()
        return leave.wait(10)

    reading = asyncio.create_task(database.read(dawdle))
    await asyncio.to_thread(entered.wait, 10)
    # Nobody waits for who reads: it is for the next time.
    async with asyncio.timeout(2):
        await database.settle()
    leave.set()
    assert await reading
    await database.settle()
    assert log.stat().st_size == 0
    assert CODE not in (tmp_path / "aparte.sqlite").read_bytes()
    await database.close()


async def test_what_nobody_waits_for_any_more_is_not_begun(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    entered, leave = threading.Event(), threading.Event()

    def dawdle(_: Connection) -> bool:
        entered.set()
        return leave.wait(10)

    first = asyncio.create_task(database.write(dawdle))
    await asyncio.to_thread(entered.wait, 10)
    second = asyncio.create_task(database.write(lambda connection: use(connection, CODE, 1)))
    await asyncio.sleep(0)
    for task in (first, second):
        task.cancel()
    leave.set()
    await asyncio.gather(first, second, return_exceptions=True)
    assert not await database.read(lambda connection: was_used(connection, CODE))
    await database.close()


async def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "aparte.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageFailed):
        await opened(tmp_path)
    with pytest.raises(StorageFailed):
        await opened(tmp_path / "no" / "such" / "folder")


async def test_an_error_tells_no_values(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    with pytest.raises(StorageFailed) as raised:
        await write_twice(database)
    assert "UNIQUE" in str(raised.value.__cause__)
    assert CODE.decode() not in str(raised.value.__cause__)
    await database.close()


async def test_a_failing_migration_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "aparte.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE seats (number INTEGER)")
    connection.close()
    with pytest.raises(StorageFailed) as raised:
        await opened(tmp_path)
    assert "seats" in str(raised.value.__cause__)
    with sqlite3.connect(file) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        assert [row[0] for row in found] == ["seats"]
    connection.close()


async def test_files_come_and_go(tmp_path: Path) -> None:
    files = Files(tmp_path / "blobs")
    await files.open()
    await files.open()
    draft = await files.draft(NAME)
    await draft.write([b"te"])
    await draft.write([b"x", b"t"])
    await draft.keep()
    assert b"".join([piece async for piece in files.read(NAME, 0, 4)]) == b"text"
    assert await files.strangers(set()) == [NAME]
    assert await files.strangers({NAME}) == []
    await files.remove(NAME)
    await files.remove(NAME)
    with pytest.raises(StorageFailed):
        _ = [piece async for piece in files.read(NAME, 0, 4)]


async def test_a_dropped_file_is_gone_kept_or_not(tmp_path: Path) -> None:
    files = Files(tmp_path / "blobs")
    await files.open()
    for keep in (False, True):
        draft = await files.draft(NAME)
        await draft.write([b"text"])
        if keep:
            await draft.keep()
        draft.drop()
        draft.drop()
        assert list((tmp_path / "blobs").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../" * 10 + "xx", "0" * 31, "0" * 33, "g" * 32, "A" * 32])
async def test_names_of_files_are_never_paths(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        await files.draft(name)


async def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = Files(tmp_path / "file" / "blobs")
    with pytest.raises(StorageFailed):
        await files.open()
    with pytest.raises(StorageFailed):
        await files.draft(NAME)
    with pytest.raises(StorageFailed):
        await files.remove(NAME)


async def test_a_chore_that_fails_does_not_stop_the_others() -> None:
    done = []

    async def fails(_now: float) -> None:
        raise StorageFailed

    async def works(now: float) -> None:
        done.append(now)

    await sweep([fails, works], 7)
    assert done == [7]


def test_every_migration_comes_after_the_one_before() -> None:
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
