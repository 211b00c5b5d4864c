"""The query of a request as one model, read in one go: parameter by parameter costs more than the answer to it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Q = TypeVar("Q", bound=BaseModel)


def query_of(model: type[Q]) -> Callable[[Request], Awaitable[Q]]:
    """Dependency that reads the query; what the model refuses is answered with 422 like any other parameter."""

    async def read(request: Request) -> Q:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise RequestValidationError(
                [{**one, "loc": ("query", *one["loc"])} for one in error.errors(include_url=False)]
            ) from error

    return read


def described(model: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of a route that reads this query.

    Its enums must be part of an answer too, for only those are among the components."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {
        "parameters": [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": one}
            for name, one in schema["properties"].items()
        ]
    }
