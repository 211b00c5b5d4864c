"""Promises of the storage that no column can hold."""

import ast

from sqlmodel import SQLModel

from medialab_hub.services.nouns import NOUNS
from medialab_hub.storage.devices import GO_WITH_A_DEVICE
from tests.house.tree import parsed, product_python

CODES = {"identity_clash.reason"}
"""Called a reason, and written by the hub itself."""


def test_nothing_points_at_what_goes_with_a_forgotten_device() -> None:
    """Whatever points at the device itself keeps it."""
    pointing = {
        str(key.parent)
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in GO_WITH_A_DEVICE and table.name not in GO_WITH_A_DEVICE
    }
    assert not pointing


def test_whatever_people_type_is_declared_so_that_it_can_be_erased() -> None:
    columns = [column for table in SQLModel.metadata.tables.values() for column in table.columns]
    typed = [column for column in columns if "typed" in column.info]
    texts = [column for column in columns if column.name.endswith(("reason", "note", "remark", "comment"))]
    assert {str(column) for column in texts if column not in typed} == CODES
    nouns = {noun.name for noun in NOUNS} | {"device"}
    assert [str(column) for column in typed if column.info["typed"].noun not in nouns] == []


def test_every_kind_of_journal_entry_has_its_name_in_one_place() -> None:
    literal = [
        f"{name}:{node.lineno}"
        for name in product_python()
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert not literal
