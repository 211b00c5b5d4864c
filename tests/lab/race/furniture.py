"""Puts the lab of the race into a database."""

from datetime import UTC, datetime

from sqlmodel import Session

from medialab_hub.storage.database import open_database
from medialab_hub.storage.migrate import migrate
from medialab_hub.storage.tables import Device, Model
from tests.lab.race.wishes import DEVICES, MODELS, device, model


def furnish(url: str) -> None:
    """Migrate the database and put the lab into it."""
    database = open_database(url)
    migrate(database)
    now = datetime.now(UTC)
    with Session(database.writer) as session:
        for of in range(MODELS):
            session.add(Model(id=model(of), name=f"Modell {of}", turnaround_min=30 * (of % 2)))
            session.flush()
            for number in range(DEVICES):
                key = device(of, number)
                session.add(Device(id=key, name=key, found_at=now, adopted_at=now, model_id=model(of)))
        session.commit()
    database.close()
