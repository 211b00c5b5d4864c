"""One folder per device family: manifest, driver, simulator, README."""
