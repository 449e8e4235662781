"""Errors as RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class WrongField(BaseModel):
    """A part of the request that is wrong: where it stands, and what is wrong with it."""

    field: str = Field(examples=["query.limit"])
    message: str = Field(examples=["Input should be less than or equal to 200"])


class Problem(BaseModel):
    """What went wrong (RFC 9457). `mend` says what to do next."""

    type: str = Field(
        default="about:blank", description="about:blank: the status says all of its kind."
    )
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no post 7."])
    mend: str | None = None
    errors: list[WrongField] | None = None


#: for `responses=` of a route: every error is a problem
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (401, 404, 422, 503)
}


def problem(
    status: int,
    detail: str,
    *,
    mend: str | None = None,
    errors: list[WrongField] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response for this problem."""
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, mend=mend, errors=errors
    )
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def wrong_fields(error: RequestValidationError) -> list[WrongField]:
    """What a request has wrong, field by field."""
    return [
        WrongField(field=".".join(map(str, each["loc"])), message=each["msg"])
        for each in error.errors()
    ]
