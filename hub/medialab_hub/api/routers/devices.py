"""One device: look at it, change it, and what it is blocked by."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from medialab_hub.api.answers import as_json
from medialab_hub.api.deps import HubDep, Parts, Staff, Trainer
from medialab_hub.api.problems import ROLE
from medialab_hub.api.schemas.base import Accepted
from medialab_hub.api.schemas.devices import (
    AdoptionResult,
    Adoptions,
    AllocationView,
    DeviceChange,
    DeviceDetail,
    DriverChoice,
    MaintenanceStart,
    Merge,
    Retirement,
    Split,
)
from medialab_hub.api.schemas.jobs import ActionRequest, ResetRequest
from medialab_hub.domain.jobs import BASELINE_ACTION
from medialab_hub.domain.roles import Role
from medialab_hub.services import acquisitions, allocations, inventory, jobs, resetting, views
from medialab_hub.storage.unit_of_work import UnitOfWork

router = APIRouter(tags=["devices"])


@router.get("/devices/{device_id}", response_model=DeviceDetail)
async def show_device(device_id: str, hub: HubDep, _trainer: Trainer) -> Response:
    """Everything about one device."""
    return await _detail(hub, device_id)


@router.patch("/devices/{device_id}", response_model=DeviceDetail)
async def change_device(device_id: str, body: DeviceChange, hub: HubDep, staff: Staff) -> Response:
    """Rename, retag, move; 409 when somebody else changed it since `version`."""
    fields = body.model_dump(exclude_unset=True, exclude={"version"})
    await hub.writer.run(lambda uow: inventory.change(uow, device_id, body.version, staff.id, **fields), durable=True)
    return await _detail(hub, device_id)


@router.post("/adoptions", response_model=AdoptionResult, status_code=201)
async def adopt_devices(body: Adoptions, hub: HubDep, staff: Staff) -> Response:
    """Take found devices into the inventory."""
    wishes = [inventory.AdoptWish(one.device, one.name, one.location) for one in body.devices]
    devices, started = await hub.writer.run(
        lambda uow: inventory.adopt(uow, wishes, body.record_baseline, staff.id), durable=True
    )
    return as_json(AdoptionResult(devices=devices, jobs=started), 201)


@router.post("/devices/{device_id}/retire", response_model=DeviceDetail)
async def retire_device(device_id: str, body: Retirement, hub: HubDep, staff: Staff) -> Response:
    """Take a device out of the inventory for good. 409 `still-bound` for one that was paid for by a programme."""
    zone = ZoneInfo(hub.settings.timezone)

    def retire(uow: UnitOfWork) -> None:
        if not body.despite_binding:
            acquisitions.require_unbound(uow, device_id, zone)
        inventory.retire(uow, device_id, body.version, body.reason, staff.id)

    await hub.writer.run(retire, durable=True)
    return await _detail(hub, device_id)


@router.post("/devices/{device_id}/merge", response_model=DeviceDetail)
async def merge_devices(device_id: str, body: Merge, hub: HubDep, staff: Staff) -> Response:
    """These two are the same device."""
    await hub.writer.run(lambda uow: inventory.merge(uow, device_id, body.other, staff.id), durable=True)
    return await _detail(hub, device_id)


@router.post("/devices/{device_id}/keep-apart", response_model=DeviceDetail)
async def keep_devices_apart(device_id: str, body: Merge, hub: HubDep, staff: Staff) -> Response:
    """These are two devices; the question is not asked again."""
    await hub.writer.run(lambda uow: inventory.keep_apart(uow, device_id, body.other, staff.id), durable=True)
    return await _detail(hub, device_id)


@router.post("/devices/{device_id}/split", response_model=DeviceDetail)
async def split_device(device_id: str, body: Split, hub: HubDep, staff: Staff) -> Response:
    """This connection belongs to another device; answers with the new one."""
    other = await hub.writer.run(lambda uow: inventory.split(uow, device_id, body.connection, staff.id), durable=True)
    return await _detail(hub, other)


@router.post("/devices/{device_id}/driver", response_model=DeviceDetail)
async def choose_driver(device_id: str, body: DriverChoice, hub: HubDep, staff: Staff) -> Response:
    """Settle which driver a connection gets, also anew, or take that back."""
    await hub.writer.run(
        lambda uow: inventory.choose_driver(uow, device_id, body.connection, body.driver, staff.id), durable=True
    )
    return await _detail(hub, device_id)


@router.post("/devices/{device_id}/baseline", response_model=Accepted, status_code=202)
async def record_baseline(device_id: str, hub: HubDep, staff: Staff) -> Response:
    """Record the present state as the good one."""
    return await _start(hub, lambda uow: jobs.start(uow, jobs.Wish(device_id, BASELINE_ACTION), staff.id))


@router.post("/devices/{device_id}/reset", response_model=Accepted, status_code=202)
async def reset_device(device_id: str, body: ResetRequest, hub: HubDep, trainer: Trainer) -> Response:
    """Reset one device after the grace time. Only staff may have an older firmware written, and say why."""
    because = body.older_because or ""
    if because and not trainer.role.covers(Role.STAFF):
        raise ROLE
    return await _start(hub, lambda uow: resetting.reset(uow, device_id, body.level, body.grace_s, trainer.id, because))


@router.post("/devices/{device_id}/actions/{action}", response_model=Accepted, status_code=202)
async def run_action(device_id: str, action: str, body: ActionRequest, hub: HubDep, trainer: Trainer) -> Response:
    """Another action of the device's manifest, such as `find-me`."""
    wish = jobs.Wish(device_id, action, params=dict(body.params))
    return await _start(hub, lambda uow: jobs.start(uow, wish, trainer.id))


@router.post("/devices/{device_id}/maintenance", response_model=AllocationView, status_code=201)
async def start_maintenance(device_id: str, body: MaintenanceStart, hub: HubDep, staff: Staff) -> Response:
    """Keep a device out of use until somebody ends that."""
    detail = await hub.writer.run(
        lambda uow: (
            allocations.start_maintenance(uow, device_id, body.reason, staff.id),
            views.device_detail(uow.session, device_id, uow.now),
        ),
        durable=True,
    )
    allocation, device = detail
    return as_json(next(view for view in device["allocations"] if view["id"] == allocation), 201)


@router.delete("/devices/{device_id}/allocations/{allocation_id}", status_code=204)
async def end_allocation(device_id: str, allocation_id: str, hub: HubDep, staff: Staff) -> Response:
    """End maintenance or quarantine."""
    await hub.writer.run(lambda uow: allocations.end_allocation(uow, device_id, allocation_id, staff.id), durable=True)
    return Response(status_code=204)


async def _detail(hub: Parts, device_id: str) -> Response:
    return as_json(await hub.read(lambda session: views.device_detail(session, device_id, hub.clock.now())))


async def _start(hub: Parts, use_case: Callable[[UnitOfWork], str]) -> Response:
    return as_json(Accepted(job=await hub.writer.run(use_case, durable=True)), 202)
