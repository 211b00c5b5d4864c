"""The tables of the first migration, frozen as they were; one noun a file."""
