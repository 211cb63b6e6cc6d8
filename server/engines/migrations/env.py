"""Alembic's entry: run the migrations over one SQLite file."""

from __future__ import annotations

from pathlib import Path

from alembic import context
from sqlalchemy import create_engine


def run() -> None:
    file = context.config.attributes["file"]
    if not isinstance(file, Path):
        raise TypeError("the database file is a path")
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
            context.configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
