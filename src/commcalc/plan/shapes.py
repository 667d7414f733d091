"""Values: what may stand wherever a plan wants a number - an expression, a table of rows, a matrix or a curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from commcalc.language.bind import by_marker
from commcalc.language.expression import Expression
from commcalc.language.expression.nodes import Number
from commcalc.language.fields import Cell, CellRange, Expr, OneOrMany, read_cell, read_expression, reader


class Shape(BaseModel):
    """A frozen part of a plan; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


def _split_row(row: Any) -> Any:
    """Turn `[Orbit, 24.., 15%]` into its cells and, last, its value; that cells are missing is for the checks to say."""
    if isinstance(row, list) and row:
        return {"cells": row[:-1], "value": row[-1]}
    return row


class Row(Shape):
    """One row of a table: a cell for each key and the value it gives."""

    cells: list[CellRange] = Field(description="a cell for each key, in the order of the keys looked up")
    value: Expr = Field(description="what the row gives")


RowAsWritten = Annotated[Row, BeforeValidator(_split_row, json_schema_input_type=Annotated[list[CellRange], Field(min_length=2)])]
"""A row in the file: a list of its cells and, last, its value."""


class Rows(Shape):
    """A look-up: the most specific row whose cells hold the keys gives the value."""

    model_config = ConfigDict(title="rows")

    by: OneOrMany[Expr] = Field(
        description="what is looked up: a column of the deal or another figure, or a list of them", examples=["product"]
    )
    rows: Annotated[dict[CellRange, Expr], Field(min_length=1)] | Annotated[list[RowAsWritten], Field(min_length=1)] = Field(
        description="one key: what it is, and the value; several: a list of rows, each its cells and the value last; or a .csv file"
    )

    def entries(self) -> Iterator[tuple[tuple[Cell, ...], Expression]]:
        """Yield each row as its cells and its value, in the order written."""
        if isinstance(self.rows, dict):
            for cell, value in self.rows.items():
                yield (cell,), value
        else:
            for row in self.rows:
                yield tuple(row.cells), row.value


class _Given(str):
    """The text of a cell inside a matrix: what is given, no range."""


def _marked(matrix: Any) -> Any:
    """Mark the cells that are neither in the first row nor first in their row."""
    if not isinstance(matrix, list) or not all(isinstance(row, list) for row in matrix):
        return matrix
    inner = [[row[0], *(_Given(c) if isinstance(c, str) else c for c in row[1:])] if row else row for row in matrix[1:]]
    return [*matrix[:1], *inner]


def _read_cell(text: str) -> Cell | Expression:
    return read_expression(str(text)) if isinstance(text, _Given) else read_cell(text)


MatrixCell = Annotated[Cell | Expression, reader(_read_cell)]


class Matrix(Shape):
    """A two-way table: the first row holds the ranges across, each further row its range and cells."""

    model_config = ConfigDict(title="matrix")

    by: list[Expr] = Field(
        min_length=2, max_length=2, description="the two keys: down, across", examples=["[product, term_months]"]
    )
    matrix: Annotated[list[Annotated[list[MatrixCell], Field(min_length=1)]], Field(min_length=2), BeforeValidator(_marked)] = (
        Field(description="first a list of the cells across, then a list for each row: its cell and the values; or a .csv file")
    )

    @property
    def across(self) -> list[Cell]:
        """The ranges of the first row."""
        return [cell for cell in self.matrix[0] if isinstance(cell, Cell)]

    @property
    def down(self) -> list[Cell]:
        """The first cell of each further row."""
        return [row[0] for row in self.matrix[1:] if isinstance(row[0], Cell)]

    def cells(self) -> Iterator[tuple[int, int, Expression]]:
        """Yield what is given in each cell, with the number of its row and its place in that row."""
        for number, row in enumerate(self.matrix[1:], 1):
            yield from ((number, at, cell) for at, cell in enumerate(row) if isinstance(cell, Expression))

    def entries(self) -> Iterator[tuple[tuple[Cell, ...], Expression]]:
        """Yield each cell of the matrix as a row of two keys and its value; rows are of one length, or were refused."""
        down, across = self.down, self.across
        for number, at, given in self.cells():
            if at <= len(across):
                yield (down[number - 1], across[at - 1]), given


class Points(Shape):
    """A curve through points: in steps, or linear between them."""

    model_config = ConfigDict(title="points")

    by: Expr = Field(description="what is looked up on the curve", examples=["attainment"])
    between: Literal["linear", "steps"] = Field(
        description="linear: a straight line from point to point; steps: the highest point reached holds"
    )
    before: Literal["extend", "flat"] | Expr = Field(
        union_mode="left_to_right",
        description="what holds below the first point: an amount, or the curve goes on flat or as it runs",
    )
    beyond: Literal["extend", "flat"] | Expr = Field(
        union_mode="left_to_right", description="what holds past the last point: flat, as the curve runs (extend), or an amount"
    )
    points: dict[Expr, Expr] = Field(
        min_length=1, description="the points, smallest first: what is looked up, and what it gives; or a .csv file"
    )


class Band(Shape):
    """A stretch from its bound on: what it begins with, and what each point above the bound adds."""

    model_config = ConfigDict(title="band")

    start: Expr = Field(alias="from", description="where the band begins; what is exactly there is in it", examples=["90%"])
    pay: Expr = Field(description="what it gives at its beginning", examples=["50%", "500 USD"])
    per_point: Expr | None = Field(
        default=None,
        description="what each point above its beginning adds: each 1% where it begins at a ratio, else each 1",
        examples=["2%", "25 USD"],
    )


class Bands(Shape):
    """Bands: a start and an amount for each point above it; from band to band it may jump."""

    model_config = ConfigDict(title="bands")

    by: Expr = Field(description="what decides the band and counts the points", examples=["attainment"])
    before: Expr = Field(description="what holds below the first band", examples=["0%"])
    fractions: Literal["count", "drop"] = Field(description="count: 7.5 points are 7.5; drop: they are 7, only whole ones count")
    bands: list[Band] = Field(min_length=1, description="the bands, smallest bound first")

    @property
    def point(self) -> int:
        """How many points make one: a hundred where the bands begin at ratios."""
        node = self.bands[0].start.node
        return 100 if isinstance(node, Number) and node.type == "ratio" else 1


Value = by_marker({"rows": Rows, "matrix": Matrix, "points": Points, "bands": Bands}, scalar=Expr)
"""Wherever a number is wanted."""


def expressions_of(value: object) -> Iterator[Expression]:
    """Yield every expression in a value: keys looked up, cells' values, bounds."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, (Rows, Matrix)):
        yield from value.by
        yield from (v for _, v in value.entries())
    elif isinstance(value, Bands):
        yield from (value.by, value.before)
        yield from (e for b in value.bands for e in (b.start, b.pay, b.per_point) if e is not None)
    elif isinstance(value, Points):
        yield value.by
        yield from value.points.keys()
        yield from value.points.values()
        yield from (v for v in (value.before, value.beyond) if isinstance(v, Expression))
