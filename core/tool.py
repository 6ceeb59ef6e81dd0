"""The `@tool` decorator: marks a typed function as callable by a role, with a schema made from its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from eutectic.core.errors import BadInput, EutecticError
from eutectic.core.record import canonical_json


@dataclass(frozen=True)
class Tool:
    """A function that a mind may call; its docstring is written for the model."""

    name: str
    description: str
    arguments: type[BaseModel]
    function: Callable[..., Any]

    def schema(self) -> dict[str, Any]:
        """The tool as the chat completions API takes it."""
        parameters = self.arguments.model_json_schema()
        parameters.pop("title", None)
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }

    def call(self, arguments: Mapping[str, Any]) -> str:
        """The result as JSON text.

        Raises:
            BadInput: the arguments do not fit; the message says what is allowed.
        """
        try:
            checked = self.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            raise BadInput(f"wrong arguments for {self.name}: {error.errors()[0]['msg']}") from error
        values = {name: getattr(checked, name) for name in self.arguments.model_fields}
        try:
            return canonical_json(self.function(**values))
        except EutecticError:
            raise
        except (ValueError, ArithmeticError) as error:
            raise BadInput(f"{self.name} failed: {error}") from error


TOOLS: dict[str, Tool] = {}
"""Every tool whose module has been imported, by name."""


def tool(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a typed function as a tool and return it unchanged.

    Raises:
        TypeError: an argument has no annotation, or there is no docstring.
    """
    hints = get_type_hints(function)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in hints:
            raise TypeError(f"tool {function.__name__}: argument {name!r} has no type")
        fields[name] = (hints[name], ... if parameter.default is parameter.empty else parameter.default)
    description = inspect.getdoc(function)
    if not description:
        raise TypeError(f"tool {function.__name__} has no docstring")
    arguments = create_model(
        f"{function.__name__}_arguments", __config__=ConfigDict(extra="forbid", allow_inf_nan=False), **fields
    )
    TOOLS[function.__name__] = Tool(function.__name__, description, arguments, function)
    return function
