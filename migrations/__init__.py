"""Alembic's tree: one for SQLite and PostgreSQL, shipped inside the wheel."""
