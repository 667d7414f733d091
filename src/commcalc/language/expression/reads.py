"""What an expression reads: which names, facts of the payee, measures, components and tables stand in it."""

from __future__ import annotations

from dataclasses import dataclass

from commcalc.language.expression.nodes import OWN, Call, Member, Name, Node, Text, walk


@dataclass(frozen=True, slots=True)
class Free:
    """The names in an expression, by what they speak of; the scope says what a bare name is."""

    names: frozenset[str]  # bare names, without value, quota and attainment
    payee: frozenset[str]  # x of payee.x
    measures: frozenset[str]  # m of value('m'), quota('m'), attainment('m')
    components: frozenset[str]  # c of earned('c')
    tables: frozenset[str]  # t of table('t')
    own: frozenset[str]  # which of bare value, quota, attainment are read


def names_in(node: Node) -> frozenset[str]:
    """Return the bare names read (columns, params, built-ins, and bare value, quota, attainment)."""
    return frozenset(n.id for n in walk(node) if isinstance(n, Name))


def calls(node: Node, *functions: str) -> frozenset[str]:
    """Return the names in quotes given to these functions: calls(node, 'value', 'quota')."""
    return frozenset(
        n.args[0].value
        for n in walk(node)
        if isinstance(n, Call) and n.function in functions and n.args and isinstance(n.args[0], Text)
    )


def free_of(node: Node) -> Free:
    """Return all that the expression reads."""
    nodes = tuple(walk(node))  # once: a plan has thousands of expressions
    bare = frozenset(n.id for n in nodes if isinstance(n, Name))
    quoted = [(n.function, n.args[0].value) for n in nodes if isinstance(n, Call) and n.args and isinstance(n.args[0], Text)]
    return Free(
        names=bare - frozenset(OWN),
        payee=frozenset(n.id for n in nodes if isinstance(n, Member)),
        measures=frozenset(name for function, name in quoted if function in OWN),
        components=frozenset(name for function, name in quoted if function == "earned"),
        tables=frozenset(name for function, name in quoted if function == "table"),
        own=bare & frozenset(OWN),
    )
