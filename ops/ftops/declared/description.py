"""What each key is, from the text below its field: read for pages and schemas alone.

The library could do so whenever a model is made; every command would wait for it.
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise

from pydantic import BaseModel


def descriptions(part: type[BaseModel]) -> dict[str, str]:
    """By the names of the fields, each on one line."""
    tree = ast.parse(inspect.getsource(part))
    assert isinstance(tree.body[0], ast.ClassDef), "a part is a class"
    return {
        field.target.id: " ".join(said.value.value.split())
        for field, said in pairwise(tree.body[0].body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


def parts(top: type[BaseModel], path: str = "") -> list[tuple[str, type[BaseModel]]]:
    """A part and all below it, each with its path as a person writes it."""
    from ftops.declared.problem import inside

    found = [(path, top)]
    for name, field in top.model_fields.items():
        below = inside(field.annotation)
        if below:
            found += parts(below, f"{path}.{field.alias or name}".removeprefix("."))
    return found
