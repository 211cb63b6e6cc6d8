"""What every store stands on: the database, and files."""
