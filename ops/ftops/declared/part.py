"""A part of a stack file: a mapping whose every key is known, and which knows where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    Strict,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError, core_schema

from ftops.place import Place
from ftops_catalog.catalog import Catalog
from ftops_catalog.errors import BadConfig

NOWHERE = Place("")
OWN = "ftops"
"""The type of the problems that our own validators find."""


class Part(BaseModel):
    """One mapping; keys are written in camel case, as Azure and Pulumi write them.

    `place` is the line of its `name`, or of the mapping where it has none.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
        regex_engine="python-re",
    )

    _place: Place = PrivateAttr(default=NOWHERE)

    @property
    def place(self) -> Place:
        return self._place

    def put(self, place: Place) -> None:
        """Says where the part is written."""
        self._place = place

    @model_validator(mode="before")
    @classmethod
    def _unset(cls, values: Any) -> Any:
        """A known key without a value is one that nobody set: Pulumi hands over empty text."""
        if not isinstance(values, Mapping):
            return values
        known = keys(cls)
        return {
            str(key): value
            for key, value in values.items()
            if not (key in known and (value is None or value == ""))
        }


def keys(part: type[BaseModel]) -> dict[str, str]:
    """The keys of a part as they are written, each with the name of its field."""
    return {field.alias or name: name for name, field in part.model_fields.items()}


def wrong(message: str, hint: str) -> PydanticCustomError:
    """A problem that a validator found; `{key}` and `{value}` stand for the key and its value."""
    return PydanticCustomError(OWN, "{said}", {"said": message, "hint": hint})


class Named(Protocol):
    """A record of the catalog."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Known:
    """A name as the catalog spells it; the catalog comes with the validation's context."""

    find: Callable[[Catalog, str], Named]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_after_validator_function(self.spelled, handler(source))

    def spelled(self, value: str, info: ValidationInfo) -> str:
        try:
            return self.find(catalog_of(info), value).name
        except BadConfig as error:
            raise quoted(error) from error


def quoted(error: BadConfig) -> PydanticCustomError:
    """What the catalog said, as a problem of a key."""
    said = error.message.rstrip(".")
    return wrong(f"{{key}}: {said[:1].lower()}{said[1:]}", error.hint)


def catalog_of(info: ValidationInfo) -> Catalog:
    catalog = (info.context or {}).get("catalog")
    assert isinstance(catalog, Catalog), "an environment is read with a catalog"
    return catalog


@dataclass(frozen=True)
class Fits:
    """Text that fits a regular expression; `say` tells a person what fits."""

    pattern: str
    say: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}

    def check(self, value: str) -> str:
        if not re.fullmatch(self.pattern, value):
            raise wrong("{key} cannot be {value}", self.say)
        return value


def _word_as_flag(value: Any) -> Any:
    """At the top of a stack file Pulumi hands true and false over as text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _as_written(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


Region = Annotated[str, Known(lambda catalog, name: catalog.region(name))]
Sku = Annotated[str, Known(lambda catalog, name: catalog.sku(name))]
Count = Annotated[int, Strict(), Field(ge=1)]
Flag = Annotated[bool, Strict()]
TopFlag = Annotated[bool, Strict(), BeforeValidator(_word_as_flag)]
TagValue = Annotated[
    str, BeforeValidator(_as_written), WithJsonSchema({"type": ["string", "integer"]})
]
Guid = Annotated[str, Fits(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a GUID")]
Email = Annotated[str, Fits(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an address such as ml@contoso.com")]
ResourceId = Annotated[
    str,
    Fits(
        r"/subscriptions/[0-9a-fA-F-]{36}/resource[gG]roups/[^/]+/providers/[\w.]+(/[^/]+/[^/]+)+",
        "a resource's whole id: /subscriptions/.../providers/TYPE/NAME",
    ),
]
