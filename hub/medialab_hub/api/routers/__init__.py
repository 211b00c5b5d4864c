"""Routes, one noun a file."""

from medialab_hub.api.routers import (
    access,
    accounts,
    bookings,
    classes,
    devices,
    fleet,
    institutions,
    jobs,
    kits,
    lab,
    labels,
    loan_slips,
    models,
    people,
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
        models,
        bookings,
        institutions,
        people,
        labels,
        loan_slips,
        stream,
        system,
        accounts,
    )
]
