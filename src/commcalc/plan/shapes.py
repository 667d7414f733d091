"""Values: what may stand wherever a plan wants a number - an expression, a table of rows, a matrix or a curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.expression import Expression
from commcalc.language.fields import Cell, CellRange, Expr, OneOrMany, read_expression


class Shape(BaseModel):
    """A frozen part of a plan; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True, defer_build=True)


def _split_row(row: Any) -> Any:
    """Turn `[Orbit, 24.., 15%]` into its cells and, last, its value."""
    if isinstance(row, list) and len(row) >= 2:
        return {"cells": row[:-1], "value": row[-1]}
    return row


class Row(Shape):
    """One row of a table: a cell for each key and the value it gives."""

    cells: list[CellRange]
    value: Expr


class Rows(Shape):
    """A look-up: the most specific row whose cells hold the keys gives the value."""

    model_config = ConfigDict(json_schema_extra={"title": "rows"})

    by: OneOrMany[Expr] = Field(description="what is looked up: an expression, or a list of them")
    rows: dict[CellRange, Expr] | list[Annotated[Row, BeforeValidator(_split_row)]] = Field(
        description="one key: a mapping from cell to value; several: lists of cells, the value last"
    )

    def entries(self) -> Iterator[tuple[tuple[Cell, ...], Expression]]:
        """Yield each row as its cells and its value, in the order written."""
        if isinstance(self.rows, dict):
            for cell, value in self.rows.items():
                yield (cell,), value
        else:
            for row in self.rows:
                yield tuple(row.cells), row.value


class Matrix(Shape):
    """A two-way table: the first row holds the ranges across, each further row its range and cells."""

    by: list[Expr] = Field(min_length=2, max_length=2, description="[down, across]")
    matrix: list[list[CellRange]] = Field(min_length=2)

    def entries(self) -> Iterator[tuple[tuple[Cell, ...], Expression]]:
        """Yield each cell of the matrix as a row of two keys and its value."""
        across = self.matrix[0]
        for row in self.matrix[1:]:
            for column, cell in zip(across, row[1:], strict=True):
                yield (row[0], column), read_expression(cell.text)


class Points(Shape):
    """A curve through points: in steps, or linear between them."""

    by: Expr
    between: Literal["linear", "steps"]
    before: Literal["extend", "flat"] | Expr = Field(union_mode="left_to_right")
    beyond: Literal["extend", "flat"] | Expr = Field(union_mode="left_to_right")
    points: dict[Expr, Expr] = Field(min_length=1, description="value looked up: value given, ascending")


Value = by_marker({"rows": Rows, "matrix": Matrix, "points": Points}, scalar=Expr)
"""Wherever a number is wanted."""
