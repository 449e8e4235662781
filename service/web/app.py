"""The service's one web application: hooks in, feeds out, JSON, and pages for people."""

from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from service import pipeline
from service.deliver.publisher import Publisher
from service.deliver.rounds import Service
from service.errors import BookplateError, HookRefused, SettingsError, StoreError, UsageError
from service.web import feeds, health
from service.web.api import routes as api
from service.web.context import Context
from service.web.headers import SafeHeaders
from service.web.hooks import incoming, websub
from service.web.pages import actions, books, home, post, static
from service.web.pages.trouble import trouble
from service.web.problems import Problem, WrongField, problem, wrong_fields

#: seconds after which a store that was busy or full may be asked again
_RETRY_AFTER = {"Retry-After": "30"}
_FOR_PROGRAMS = ("/api/", "/hooks/", "/feeds/", "/healthz", "/readyz", "/metrics")


def create_app(
    publisher: Publisher,
    service: Service | None,
    *,
    password: str | None,
    max_body: int,
    host: str | None = None,
) -> FastAPI:
    """The application. `service` is woken when there is something to do; None: nobody works here.

    `password` guards pages and API; without one they answer only to this machine's names and to
    `host`. `max_body` is the largest webhook, in bytes.
    """
    app = FastAPI(
        title="Bookplate",
        version=pipeline.version(),
        description="A blog's posts, what was found in them and what went where.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = Context(publisher, service, password, max_body, host)
    app.add_middleware(SafeHeaders)
    for part in (health, websub, incoming, feeds, api, static, home, post, books, actions):
        app.include_router(part.router)
    _answer_errors(app)
    _describe_problems(app)
    return app


def _answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BookplateError, _went_wrong)
    app.add_exception_handler(SQLAlchemyError, _database_failed)
    app.add_exception_handler(Exception, _unforeseen)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException | HTTPException)
    detail = error.detail
    if error.status_code == 404 and detail == "Not Found":
        detail = f"There is nothing at {request.url.path}."
    return _answer(request, error.status_code, detail, headers=dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = wrong_fields(error)
    if _is_for_programs(request):
        first = wrong[0]
        return _answer(request, 422, f"{first.field}: {first.message}", errors=wrong)
    return _answer(request, 404, f"There is nothing at {request.url.path}.")


def _went_wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, BookplateError)
    status, headers = 500, {}
    match error:
        case HookRefused():
            status = error.status
        case StoreError():
            status, headers = 503, _RETRY_AFTER
        case UsageError():
            status = 409
        case SettingsError():
            status = 500
    return _answer(request, status, error.what, mend=error.mend or None, headers=headers)


def _database_failed(request: Request, _error: Exception) -> Response:
    detail = "The database does not answer as it should."
    return _answer(
        request, 503, detail, mend="Check it with: bookplate doctor", headers=_RETRY_AFTER
    )


def _unforeseen(request: Request, error: Exception) -> Response:
    detail = f"Something went wrong that we did not foresee ({type(error).__name__})."
    return _answer(request, 500, detail, mend="Its trace is in the log of bookplate serve.")


def _answer(
    request: Request,
    status: int,
    detail: str,
    *,
    mend: str | None = None,
    errors: list[WrongField] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    if _is_for_programs(request):
        return problem(status, detail, mend=mend, errors=errors, headers=headers)
    return trouble(status, detail, mend=mend, headers=headers)


def _is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(_FOR_PROGRAMS)


def _describe_problems(app: FastAPI) -> None:
    """Put the schema that every documented error names into the OpenAPI document."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        schemas = schema["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        # FastAPI's own: the path of a hook is any text, which nothing can be wrong with
        schema["paths"]["/hooks/{source}"]["post"]["responses"].pop("422", None)
        if "Problem" not in schemas:
            one = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(one.pop("$defs", {}))
            schemas["Problem"] = one
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
