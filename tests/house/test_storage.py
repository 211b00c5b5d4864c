"""Promises of the storage that no column can hold."""

import ast
from typing import Any

from sqlalchemy import Column, String
from sqlmodel import AutoString, SQLModel

from medialab_hub.services.nouns import NOUNS
from medialab_hub.storage.devices import GO_WITH_A_DEVICE
from tests.house.tree import parsed, product_python

NOT_ERASED = {
    "one of a few words of the hub's own": """
        inspection.kind inspection.result user_account.language
        supply_move.kind support_case.topic
        loan_fact.institution_kind loan_fact.kind loan_fact.school_form
        unmet_demand.institution_kind unmet_demand.reason unmet_demand.school_form
        booking.decision booking.kind booking.mode waitlist_entry.state institution.kind
        institution.school_form membership.role
        label_code.noun scan_event.kind scan_event.noun scan_move.found scan_move.kind scan_session.mode
        damage_case.kind damage_case.outcome accessory_check.look
        agent.phase api_token.role batch.action batch.level user_account.role
        allocation.kind allocation.status connection.access connection.presence identity_clash.reason
        device.proven_outcome device_identity.kind issue.severity job.action job.level job.outcome job.status
        journal.kind setting.key mail.occasion mail.state mail.trouble
        calendar_feed.scope""",
    "an id without a foreign key": """
        supply_move.client_key
        label_code.code scan_event.about scan_event.client scan_move.client scan_session.client_key
        baseline.driver connection.chosen_driver connection.dev connection.driver device.chosen_class device.driver
        device.merged_into device.proven_job entered_access.key issue.subject job.dev job_answer.step journal.subject
        photo.step""",
    "the account that did it, by which what it typed is found": """
        closure.actor inspection.inspector damage_case.closed_by damage_case.opened_by damage_photo.actor
        accessory_check.actor supply_move.actor
        support_case.opened_by support_case.closed_by support_entry.actor
        training.actor waitlist_entry.created_by
        calendar_feed.made_by label_code.claimed_by scan_event.actor scan_session.opened_by
        allocation.actor api_token.made_by batch.requested_by booking.created_by device.retired_by entered_access.actor
        job.accepted_by job.requested_by job_answer.actor journal.actor manual_address.actor photo.actor""",
    "made by the program: versions, hashes, secrets": """
        agent.boot agent.inventory_version agent.seal_key agent.version announced_driver.version api_token.secret_hash
        mail.about calendar_feed.secret_hash
        connection.said_hash entered_access.seal_key first_admin_link.secret_hash job.record_hash journal.hash
        journal_head.hash login_session.csrf login_session.secret_hash photo.sha256 user_account.password_hash
        damage_photo.sha256""",
    "what an agent or a device says about itself": """
        agent.host connection.kind connection.name device.kind device.model
        device_identity.scope device_identity.shown device_identity.value""",
    "what a person typed, sealed so that the hub cannot read it; it goes with the device, or is forgotten": """
        entered_access.sealed""",
    "what people call a thing or an account; it is changed or goes with it": """
        supply.name supply.unit
        api_token.label device.asset_tag device.name kit.name location.name manual_address.address setting.value
        station.name user_account.name user_account.name_key accessory.name_de
        accessory.name_en model.name institution.name institution.search_key
        institution.municipality institution.municipality_key institution.postal_code institution.school_number
        loan_fact.municipality loan_fact.municipality_key unmet_demand.municipality unmet_demand.municipality_key
        institution.street
        acquisition.cost_center acquisition.programme acquisition.supplier""",
    "a person's data: the row goes when the person is erased (services/people.py)": """
        person.email person.family_name person.given_name person.phone person.search_key""",
    "emptied when the person is erased for whom it was booked": """
        booking.client_key""",
}
"""Columns of text that erasing leaves alone, by the reason why. A new column is decided upon: here, or `typed(...)`."""


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
    texts = [column for column in columns if isinstance(column.type, (String, AutoString)) and not _is_id(column)]
    decided = " ".join(NOT_ERASED.values()).split()
    assert typed
    assert sorted(str(column) for column in texts if column not in typed) == sorted(decided)
    nouns = {noun.name for noun in NOUNS} | {"device"}
    assert [str(column) for column in typed if column.info["typed"].noun not in nouns] == []


def _is_id(column: Column[Any]) -> bool:
    return bool(column.foreign_keys) or column.name == "id" or column.name.endswith("_id")


def test_every_kind_of_journal_entry_has_its_name_in_one_place() -> None:
    literal = [
        f"{name}:{node.lineno}"
        for name in product_python()
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert not literal
