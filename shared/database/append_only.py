"""Rows that are never changed: the database itself refuses an update or a removal (I-06).

For migrations. In PostgreSQL the service's role loses the right, and a trigger stops every other role, the owner
included. SQLite has no roles and uses triggers only. A migration that rebuilds such a table in SQLite (batch mode) must
protect it again.
"""

from typing import Final

from alembic import op

FUNCTION: Final = "retour_append_only"
_RAISING: Final = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = '23000', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$
"""


def guard(*tables: str) -> None:
    """Protect these tables: no row can be changed or removed."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(_RAISING)
    for table in tables:
        if postgres:
            op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER")
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_append_only_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END"
            )


def release(*tables: str) -> None:
    """Undo `guard`."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in tables:
        if postgres:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO CURRENT_USER")
            continue
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_append_only_{verb}")
    if postgres:
        op.execute(f"DROP FUNCTION {FUNCTION}()")
