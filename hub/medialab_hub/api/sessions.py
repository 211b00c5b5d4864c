"""Who is signed in, as every answer says it."""

from fastapi import Request

from medialab_hub.api.deps import Parts
from medialab_hub.api.schemas.accounts import SessionView
from medialab_hub.services.accounts import CENTRE, LANGUAGE
from medialab_hub.services.admission import Principal


def session_view(request: Request, hub: Parts, principal: Principal | None) -> SessionView:
    """Of a stranger it tells no more than how to sign in."""
    admission = hub.admission
    is_insecure = request.url.scheme == "http" and request.url.hostname not in {"localhost", "127.0.0.1", "::1"}
    view = SessionView(
        authenticated=principal is not None,
        setup_needed=not admission.has_admin,
        centre=admission.settings.get(CENTRE, ""),
        language=admission.settings.get(LANGUAGE, "de"),
        insecure=is_insecure,
    )
    if principal is not None:
        view.user, view.name, view.role, view.csrf = principal.id, principal.name, principal.role, principal.csrf or ""
        view.chosen_language, view.timezone = principal.language, hub.settings.timezone
    return view
