"""The rule that a device is never taken twice, as each database says it."""

BLOCKING = "('held', 'confirmed', 'out')"

POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"""ALTER TABLE allocation ADD CONSTRAINT ex_allocation_overlap EXCLUDE USING gist
        (device_id WITH =, tstzrange(blocked_from, blocked_to, '[)') WITH &&)
        WHERE (parent_id IS NULL AND status IN {BLOCKING}) DEFERRABLE INITIALLY IMMEDIATE""",
    "CREATE UNIQUE INDEX uq_allocation_one_hand ON allocation (device_id) WHERE status = 'out'",
)

_CLASH = f"""SELECT RAISE(ABORT, 'allocation overlap') WHERE EXISTS (
    SELECT 1 FROM allocation WHERE id <> NEW.id AND device_id = NEW.device_id
      AND parent_id IS NULL AND status IN {BLOCKING}
      AND (NEW.blocked_to IS NULL OR blocked_from < NEW.blocked_to)
      AND (blocked_to IS NULL OR blocked_to > NEW.blocked_from))"""  # noqa: S608 - constants only

_WHEN = f"WHEN NEW.parent_id IS NULL AND NEW.status IN {BLOCKING}"

SQLITE = (
    f"""CREATE INDEX ix_allocation_blocked ON allocation (device_id, blocked_from, blocked_to)
        WHERE parent_id IS NULL AND status IN {BLOCKING}""",
    f"CREATE TRIGGER allocation_no_overlap_insert BEFORE INSERT ON allocation {_WHEN} BEGIN {_CLASH}; END",
    f"""CREATE TRIGGER allocation_no_overlap_update
        BEFORE UPDATE OF device_id, blocked_from, blocked_to, status, parent_id ON allocation
        {_WHEN} BEGIN {_CLASH}; END""",
    "CREATE UNIQUE INDEX uq_allocation_one_hand ON allocation (device_id) WHERE status = 'out'",
)
