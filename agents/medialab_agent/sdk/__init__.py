"""Public API for driver authors; frozen in docs/adr/0005-driver-sdk.md."""
