"""Rows, transactions, migrations: the only place that speaks SQL."""
