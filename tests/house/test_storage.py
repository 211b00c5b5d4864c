"""Promises of the storage that no column can hold."""

import ast

from sqlmodel import SQLModel

from medialab_hub.storage.devices import MINDED_WHEN_FORGETTING
from medialab_hub.storage.tables import Connection, Device, DeviceIdentity
from tests.house.tree import parsed, product_python


def test_whoever_points_at_what_is_forgotten_is_minded() -> None:
    forgotten = {str(model.__tablename__) for model in (Device, Connection, DeviceIdentity)}
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in forgotten
    }
    assert pointing == MINDED_WHEN_FORGETTING


def test_every_kind_of_journal_entry_has_its_name_in_one_place() -> None:
    literal = [
        f"{name}:{node.lineno}"
        for name in product_python()
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert not literal
