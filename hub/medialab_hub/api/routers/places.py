"""Locations, stations, addresses typed in by people, drivers."""

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Staff, Trainer
from medialab_hub.api.schemas.agents import Drivers
from medialab_hub.api.schemas.places import (
    LocationView,
    ManualAddress,
    NewLocation,
    NewStation,
    NewThings,
    Places,
    StationView,
)
from medialab_hub.services import agents, places, views
from medialab_hub.services.place_rows import places_view
from medialab_hub.storage import agents as agent_rows

router = APIRouter(tags=["places"])


@router.get("/places", response_model=Places)
async def list_places(hub: HubDep, _trainer: Trainer) -> Response:
    """All locations and stations."""
    return as_json(await hub.read(places_view))


@router.post("/locations", response_model=LocationView, status_code=201)
async def add_location(body: NewLocation, hub: HubDep, staff: Staff) -> Response:
    """A new room or cupboard."""
    key = await hub.writer.run(lambda uow: places.add_location(uow, body.name, staff.id), durable=True)
    return as_json(LocationView(id=key, name=body.name.strip()), 201)


@router.delete("/locations/{location_id}", status_code=204)
async def remove_location(location_id: str, hub: HubDep, staff: Staff) -> Response:
    """A location that is no longer used."""
    await hub.writer.run(lambda uow: places.remove_location(uow, location_id, staff.id), durable=True)
    return Response(status_code=204)


@router.post("/stations", response_model=StationView, status_code=201)
async def add_station(body: NewStation, hub: HubDep, staff: Staff) -> Response:
    """A new place to work at."""
    key = await hub.writer.run(lambda uow: places.add_station(uow, body.name, body.location, staff.id), durable=True)
    return as_json(StationView(id=key, name=body.name.strip(), location=body.location), 201)


@router.delete("/stations/{station_id}", status_code=204)
async def remove_station(station_id: str, hub: HubDep, staff: Staff) -> Response:
    """A station that is no longer used."""
    await hub.writer.run(lambda uow: places.remove_station(uow, station_id, staff.id), durable=True)
    return Response(status_code=204)


@router.get("/manual-addresses", response_model=list[str])
async def list_addresses(hub: HubDep, _trainer: Trainer) -> Response:
    """Addresses people typed in."""
    return as_json(await hub.read(agent_rows.manual_addresses))


@router.post("/manual-addresses", response_model=ManualAddress, status_code=201)
async def add_address(body: ManualAddress, hub: HubDep, staff: Staff) -> Response:
    """An address for all agents to look at, such as `octoprint://192.0.2.7:5000`."""
    await hub.writer.run(lambda uow: agents.add_address(uow, body.address, staff.id), durable=True)
    return as_json(body, 201)


@router.post("/things", response_model=list[str], status_code=201)
async def add_things(body: NewThings, hub: HubDep, staff: Staff) -> Response:
    """Enter devices that have no interface; an agent reports them, and they are adopted like all others."""
    found = await hub.writer.run(
        lambda uow: agents.add_things(uow, body.device_class, body.count, staff.id), durable=True
    )
    return as_json(found, 201)


@router.delete("/manual-addresses", status_code=204)
async def remove_address(address: str, hub: HubDep, staff: Staff) -> Response:
    """Agents no longer look there."""
    await hub.writer.run(lambda uow: agents.remove_address(uow, address, staff.id), durable=True)
    return Response(status_code=204)


@router.get("/drivers", response_model=Drivers)
async def list_drivers(hub: HubDep, _trainer: Trainer) -> Response:
    """The manifests announced by all agents."""
    return as_json(await hub.read(views.drivers_view))
