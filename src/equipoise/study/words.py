"""The words a study file is made of: names, rules, quantities, and how each is read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from equipoise.base.quantities import (
    Dose,
    Duration,
    Span,
    Window,
    parse_dose,
    parse_duration,
    parse_fraction,
    parse_span,
    parse_window,
    parse_yearly_probability,
)


class Words(BaseModel):
    """Base of everything a study file says: frozen, and no word it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True
    )


def _read(parse: Any, text: Any) -> Any:  # noqa: ANN401 - the raw value of a YAML scalar
    return parse(text) if isinstance(text, str) else text


def _read_duration(said: object) -> Duration:
    """Read a duration; a bare number is told that it lacks its unit."""
    return said if isinstance(said, Duration) else parse_duration(str(said))


def _written(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


_as_text = PlainSerializer(str, return_type=str)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A snake-case name, unique among its kind in the study."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+.\-]+$", max_length=60)]
"""A value of a code list."""

Rule = Annotated[
    str,
    Field(min_length=1),
    WithJsonSchema({"type": ["string", "boolean"], "description": "SQL expression over items"}),
    BeforeValidator(lambda value: str(value).lower() if isinstance(value, bool) else value),
]
"""An SQL expression over item names: true, false, or unknown when something is missing."""

Source = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="a tag of SOURCES.md")]
"""The tag of SOURCES.md that a figure comes from."""

DurationWord = Annotated[
    Duration,
    BeforeValidator(_read_duration),
    _as_text,
    _written({"examples": ["21 d", "8 wk", "24 mo", "5 y"]}),
]
WindowWord = Annotated[
    Window,
    BeforeValidator(lambda text: _read(parse_window, text)),
    _as_text,
    _written({"examples": ["±3 d"]}),
]
SpanWord = Annotated[
    Span,
    BeforeValidator(lambda text: _read(parse_span, text)),
    _as_text,
    _written({"examples": ["0.1 .. 30"]}),
]
DoseWord = Annotated[
    Dose,
    BeforeValidator(lambda text: _read(parse_dose, text)),
    _as_text,
    _written({"examples": ["240 mg", "1000 mg/m2"]}),
]


def say_share(share: float) -> str:
    """Return a share as a person writes it."""
    return f"{100 * share:.12g} %"


Share = Annotated[
    float,
    BeforeValidator(parse_fraction),
    Field(ge=0, le=1),
    PlainSerializer(say_share, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["60 %"]}),
]
"""A share of subjects, written `60 %`, held as 0.6."""

YearlyProbability = Annotated[
    float,
    BeforeValidator(lambda text: _read(parse_yearly_probability, text)),
    Field(ge=0, lt=1),
    PlainSerializer(lambda share: f"{say_share(share)} per year", return_type=str),
    _written({"examples": ["3 % per year"]}),
]
"""A probability of leaving within one year, written `3 % per year`, held as 0.03."""
