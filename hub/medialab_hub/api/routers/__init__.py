"""Routes, one noun a file."""

from medialab_hub.api.routers import (
    access,
    accounts,
    bookings,
    classes,
    devices,
    fleet,
    inspections,
    institutions,
    jobs,
    kits,
    lab,
    labels,
    loan_slips,
    models,
    opening,
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
        opening,
        inspections,
        institutions,
        people,
        labels,
        loan_slips,
        stream,
        system,
        accounts,
    )
]
