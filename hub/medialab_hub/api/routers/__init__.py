"""Routes, one noun a file."""

from medialab_hub.api.routers import accounts, devices, fleet, jobs, labels, places, session, stream, system

ROUTERS = [module.router for module in (session, fleet, devices, jobs, places, labels, stream, system, accounts)]
