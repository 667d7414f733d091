"""Program: one component in a file of its own, for the eligible payees of every plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from commcalc.base.problem import Report
from commcalc.base.source import Span
from commcalc.language.bind import bind
from commcalc.language.fields import BareName, CurrencyCode, DateRange, Expr, PlainName, Word
from commcalc.language.tree import Mapping_, Node, Scalar, Tree
from commcalc.plan.components import Bonus, Commission, Contest, Pool, Spiff
from commcalc.plan.components.common import KIND
from commcalc.plan.exchange import Exchange
from commcalc.plan.measures import Measure
from commcalc.plan.model import Param, Plan
from commcalc.plan.payment import Payment
from commcalc.plan.shapes import Shape, Value
from commcalc.plan.windows import OF_PROGRAM

Path = Sequence[str | int]


class Header(Shape):
    """The keys of a program that those of its component stand beside."""

    program: PlainName = Field(description="the program's id; the file's name is the same", examples=["orbit-launch"])
    version: Word = Field(description="the version of the program, shown beside what it pays", examples=["2026.1"])
    title: Word | None = Field(default=None, description="its name on the statement", examples=["Orbit launch"])
    dates: DateRange = Field(
        description="the days on which the program runs, both ends in", examples=["2026-04-01 .. 2026-06-30"]
    )
    eligible: Literal["all"] | Expr = Field(
        union_mode="left_to_right",
        description="which payees it is for, as they are on the credit date: a condition, or all who are on any plan",
        examples=["payee.region = 'EMEA'"],
    )
    currency: CurrencyCode = Field(description="the currency of all money in the program")
    fx: Exchange | None = Field(
        default=None, description="at which rates deals in other currencies are credited, and payees in others paid"
    )
    params: dict[BareName, Param | Expr] = Field(
        default_factory=dict, description="figures with a name, which may differ by title or payee; rules use them by name"
    )
    columns: dict[BareName, Value] = Field(
        default_factory=dict,
        description="figures calculated for each deal, in this order; rules use them like columns of the deal",
    )
    tables: dict[PlainName, Value] = Field(
        default_factory=dict, description="look-ups and curves with a name, read by rules as table('name')"
    )
    measures: dict[PlainName, Measure] = Field(
        default_factory=dict, description="what the program counts: whose deals, what of them, over which window"
    )


class CommissionProgram(Header, Commission):  # `eligible` must be said here, if only by `all`
    """A commission for the payees of several plans."""

    model_config = ConfigDict(title="commission program")


class BonusProgram(Header, Bonus):
    """A bonus for the payees of several plans."""

    model_config = ConfigDict(title="bonus program")


class SpiffProgram(Header, Spiff):
    """A SPIFF for the payees of several plans."""

    model_config = ConfigDict(title="spiff program")


class ContestProgram(Header, Contest):
    """A contest between the payees of several plans."""

    model_config = ConfigDict(title="contest program")


class PoolProgram(Header, Pool):
    """A pool that the payees of several plans share."""

    model_config = ConfigDict(title="pool program")


class _OfNoKind(Shape):
    """A program that does not say what sort of pay it is: which keys it has is not known then."""

    model_config = ConfigDict(extra="ignore")

    program: PlainName
    kind: Literal["commission", "bonus", "spiff", "contest", "pool"] = Field(description=KIND)


Kind = type[Commission] | type[Bonus] | type[Spiff] | type[Contest] | type[Pool]
PROGRAMS: tuple[tuple[type[Header], Kind], ...] = (
    (CommissionProgram, Commission),
    (BonusProgram, Bonus),
    (SpiffProgram, Spiff),
    (ContestProgram, Contest),
    (PoolProgram, Pool),
)


class ProgramPlan(Plan):
    """A program as the calculation sees it: a plan of one component that everybody on any plan is on, paid each period."""

    of_all: ClassVar[bool] = True


class ProgramTree(Tree):
    """The file of a program, read by the paths of the plan that it stands for: its component's keys stand at the top."""

    def span_of(self, path: Path, key: bool = False) -> Span:
        """Return the place of a value of the plan, or of its key, in the program's file."""
        inner = _in_file(path)
        return super().span_of(inner, key and inner != ("program",))

    def node_at(self, path: Path) -> Node | None:
        """Return what stands in the program's file for a path of the plan."""
        return super().node_at(_in_file(path))


def _in_file(path: Path) -> tuple[str | int, ...]:
    first = path[0] if path else ""
    if first == "components":
        return tuple(path[2:]) or ("program",)
    if first in ("plan", "payment"):
        return ("program",)
    return ("dates", *path[1:]) if first == "effective" else tuple(path)


def is_program(node: Node) -> bool:
    """Tell whether a file is that of a program."""
    return isinstance(node, Mapping_) and "program" in node.by_key


def bind_plan(tree: Tree) -> tuple[Plan | None, Report]:
    """Return the plan that a file says, also that of a program, or None and every problem."""
    if not is_program(tree.root):
        return bind(tree, Plan)
    file = Tree(tree.root, tree.file, tree.text)
    kind = file.node_at(("kind",))
    said = kind.text if isinstance(kind, Scalar) else None
    for model, component in PROGRAMS:
        if component.marker == said:
            found, report = bind(file, model)
            return (_as_plan(found, component) if found is not None else None), report
    _, report = bind(file, _OfNoKind)
    return None, report


def _measure(said: Any) -> Any:
    """Return a measure with the window that the program's dates are to the calculation: its life."""
    return said.model_copy(update={"window": "life"}) if said.window == OF_PROGRAM else said


def _as_plan(said: Header, component: Kind) -> Plan:
    """Return a program as a plan; all of its parts were bound already."""
    keys: dict[str, Any] = {name: getattr(said, name) for name in component.model_fields}
    of_deals = isinstance(said, SpiffProgram) and not said.once  # without a measure it counts in its dates
    keys |= {"dates": said.dates if of_deals else None, "eligible": None if said.eligible == "all" else said.eligible}
    return ProgramPlan.model_construct(
        plan=said.program,
        title=said.title,
        version=said.version,
        effective=said.dates,
        currency=said.currency,
        fx=said.fx,
        params=said.params,
        columns=said.columns,
        tables=said.tables,
        measures={name: _measure(m) for name, m in said.measures.items()},
        components={said.program: component.model_construct(**keys)},
        payment=Payment(every="period"),
        announce=keys["announce"],
    )
