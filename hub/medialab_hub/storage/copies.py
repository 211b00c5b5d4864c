"""Copies of the embedded database that can be opened as they are, and the check that they can."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from medialab_hub.storage import migrations
from medialab_hub.storage.database import Database

VERSIONS = Path(migrations.__file__).parent / "versions"


def copy_database(database: Database, target: Path) -> None:
    """Write a copy with `VACUUM INTO`, which does not hold up the writer. Raises OSError when the copy is not whole.

    Embedded database only; PostgreSQL has its own tools (`pg_dump`)."""
    if not database.is_sqlite:
        raise ValueError("only the embedded database is copied by the hub")
    source = database.reader.url.database
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    draft.chmod(0o600)
    if (found := check_copy(draft)) != "ok":
        draft.unlink()
        raise OSError(f"the copy is damaged: {found}")
    draft.replace(target)


def check_copy(file: Path) -> str:
    """`ok`, or what SQLite's integrity check found."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def schema_revision(file: Path) -> str | None:
    """Which migration a database file stands at, or None for an empty one."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    return str(row[0]) if row else None


def newest_revision() -> str:
    """The migration that nothing follows; read from the files, because importing Alembic takes a second."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in VERSIONS.glob("[0-9]*.py"))
    revisions = set(re.findall(r'^revision(?:: str)? = "(.+)"', text, re.M))
    followed = set(re.findall(r'^down_revision(?:: .+)? = "(.+)"', text, re.M))
    (newest,) = revisions - followed
    return str(newest)
