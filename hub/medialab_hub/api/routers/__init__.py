"""Routes, one noun a file."""

from medialab_hub.api.routers import (
    access,
    accounts,
    classes,
    devices,
    fleet,
    jobs,
    kits,
    lab,
    labels,
    photos,
    places,
    session,
    stream,
    system,
)

ROUTERS = [
    module.router
    for module in (
        fleet,
        session,
        lab,
        devices,
        access,
        classes,
        jobs,
        photos,
        places,
        kits,
        labels,
        stream,
        system,
        accounts,
    )
]
