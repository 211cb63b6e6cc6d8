"""Alembic's entry: run the migrations over the connection that the server hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection


def run() -> None:
    connection = context.config.attributes["connection"]
    if not isinstance(connection, Connection):
        raise TypeError("migrations are run by the server, when it starts")
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


run()
