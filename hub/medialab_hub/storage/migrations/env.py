"""Alembic's entry: runs migrations on the connection it is handed."""

from alembic import context
from sqlmodel import SQLModel

from medialab_hub.storage import tables

assert tables.__all__

context.configure(
    connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
