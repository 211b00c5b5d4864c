"""Models: what devices are lent as, and how long a loan of one takes before and after."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from medialab_hub.catalogue.loader import shipped
from medialab_hub.domain.events import Happened
from medialab_hub.services import plans
from medialab_hub.services.device_classes import known_class
from medialab_hub.services.model_rows import MODELS
from medialab_hub.services.refusals import no_such, not_possible, version_conflict
from medialab_hub.services.subjects import changed, require_device
from medialab_hub.storage import models
from medialab_hub.storage.tables import Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Care:
    """What a loan of it needs; see `Model`."""

    is_lendable: bool = True
    prep_min: int = 0
    turnaround_min: int = 0
    max_loan_days: int | None = None
    notice_h: int = 0
    test_months: int | None = None
    grace_min: int = 0
    replacement_cents: int | None = None
    needs_training: bool = False
    lends_to: list[str] = field(default_factory=list)


def add(uow: UnitOfWork, name: str, class_id: str | None, care: Care | None, actor: str) -> str:
    """A new model, without devices; without `care` as the catalogue says. Returns its id. Raises `Conflict`."""
    name, class_id = name.strip(), known_class(class_id)
    if models.named(uow.session, name) is not None:
        text = Text(de="Ein Modell mit diesem Namen gibt es schon.", en="A model of this name already exists.")
        raise not_possible("name-taken", text, name)
    if class_id is not None and models.of_class(uow.session, class_id) is not None:
        text = Text(de="Für diesen Gerätetyp gibt es schon ein Modell.", en="There already is a model of this class.")
        raise not_possible("class-taken", text, class_id)
    model = Model(id=uow.new_id("mod"), name=name, class_id=class_id, **vars(care or preset(class_id)))
    uow.session.add(model)
    uow.session.flush()
    uow.record(Happened.MODEL_ADDED, model.id, actor)
    uow.touch(MODELS, model.id)
    return model.id


def preset(class_id: str | None) -> Care:
    """What the catalogue advises for a class."""
    if class_id is None:
        return Care()
    one = shipped().classes[class_id]
    return Care(turnaround_min=one.turnaround_min, test_months=one.safety_test_months)


def change(uow: UnitOfWork, model_id: str, version: int, name: str, care: Care, actor: str) -> None:
    """Everything of it at once. Bookings made before keep their times. Raises `Conflict`, `NotFound`."""
    model = require_model(uow, model_id)
    if model.version != version:
        raise version_conflict()
    known = models.named(uow.session, name.strip())
    if known is not None and known.id != model_id:
        text = Text(de="Ein Modell mit diesem Namen gibt es schon.", en="A model of this name already exists.")
        raise not_possible("name-taken", text, name)
    model.name = name.strip()
    for name_of_field, value in vars(care).items():
        setattr(model, name_of_field, value)
    model.version += 1
    uow.session.flush()
    plans.mend(uow, [model.id])  # another interval of tests may take devices away, or give some back
    uow.record(Happened.MODEL_CHANGED, model.id, actor)
    uow.touch(MODELS, model.id)


def put_in(uow: UnitOfWork, model_id: str | None, devices: Iterable[str], actor: str) -> None:
    """These are lent as one of this model from now on; None: not at all. What they left is planned anew."""
    if model_id is not None:
        require_model(uow, model_id)
    touched: dict[str, None] = {}
    for key in dict.fromkeys(devices):
        device = require_device(uow, key)
        if device.adopted_at is None or device.retired_at is not None:
            text = Text(
                de="Das Gerät gehört nicht zum Bestand: zuerst aufnehmen.",
                en="The device is not part of the inventory: adopt it first.",
            )
            raise not_possible("not-adopted", text, device.id)
        touched |= dict.fromkeys(one for one in (device.model_id, model_id) if one)
        device.model_id = model_id
        changed(uow, device, Happened.DEVICE_EDITED, actor, fields=["model"])
    uow.session.flush()
    plans.mend(uow, touched)
    for key in touched:
        uow.touch(MODELS, key)


def require_model(uow: UnitOfWork, model_id: str) -> Model:
    """The model, or `NotFound`."""
    model = models.get(uow.session, model_id)
    if model is None:
        raise no_such("model", model_id)
    return model
