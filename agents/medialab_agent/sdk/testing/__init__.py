"""What every driver must be able to do, as tests to inherit."""
