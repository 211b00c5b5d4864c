"""What all bodies share."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

Instant = AwareDatetime


class Body(BaseModel):
    """A request or answer; unknown fields in a request are an error, so that a typo is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """RFC 9457 problem (`application/problem+json`). `code` is stable; `title` and `remedy` come in both languages."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    title_de: str = ""
    remedy: str = ""
    remedy_de: str = ""
    errors: list[dict[str, str]] = []


class Accepted(BaseModel):
    """Answer 202: the work is recorded and will be done; follow `job` or `batch`."""

    job: str | None = None
    batch: str | None = None
