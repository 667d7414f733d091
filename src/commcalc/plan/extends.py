"""Extends: a plan, measure or component made from another one, written out in full before it is read."""

from __future__ import annotations

from collections.abc import Mapping

from commcalc.base.problem import Report
from commcalc.language.merging import Merging, inherited, without
from commcalc.language.names import nearest
from commcalc.language.tree import Mapping_, Node, Scalar, Tree, plain
from commcalc.plan.extends_problems import EXTENDS_CIRCLE, EXTENDS_KIND, EXTENDS_NOTHING, EXTENDS_PROGRAM, PROGRAM_EXTENDS
from commcalc.plan.program import is_program

AGGREGATES = frozenset({"sum", "count", "distinct", "average", "min", "max", "last", "kpi", "formula", "rank"})
GROUPS = (frozenset({"rows", "matrix", "points", "bands", "tiers"}), AGGREGATES)
NAMED = frozenset(
    {"params", "columns", "tables", "goals", "measures", "components", "rows", "points", "prizes", "title", "payee", "legal"}
)
"""The keys below which names are the writer's own."""
OWN = ("plan", "extends", "status")
"""What a plan does not have from the one that it extends: its name, and where it is in its life."""
Known = Mapping[str, Tree | None]
"""The plans of the project by name, as written; None for one that is there and cannot be read."""


def extends_of(tree: Tree) -> str | None:
    """Return the plan that a plan says it extends."""
    said = tree.root.by_key.get("extends") if isinstance(tree.root, Mapping_) else None
    return said[1].text if said is not None and isinstance(said[1], Scalar) else None


def bases_of(tree: Tree, known: Known) -> list[Tree]:
    """Return the plans that a plan is made from, the nearest first, as far as they are there."""
    found: dict[str, Tree] = {}
    name = extends_of(tree)
    while name is not None and name not in found and (base := known.get(name)) is not None:
        found[name] = base
        name = extends_of(base)
    return list(found.values())


def flattened(tree: Tree, known: Known, report: Report) -> Tree | None:
    """Return a plan with all that it extends written out; None where that cannot be, and what is wrong in `report`.

    What is wrong with a plan that it extends is told there, and not once more.
    """
    root = tree.root
    if not isinstance(root, Mapping_):
        return tree
    found = Report()
    if is_program(root):
        if "extends" in root.by_key:
            found.add(PROGRAM_EXTENDS.at(root.by_key["extends"][0].span))
        sections = ["measures"]
    else:
        whole = _whole(tree, known, found)
        if whole is None:
            report.extend(found)
            return None
        root, sections = whole, ["measures", "components"]
    for section in sections:
        said = root.by_key.get(section)
        if said is not None and isinstance(said[1], Mapping_):
            resolved = _Section(section, said[1], found).resolved()
            root = Mapping_(tuple((k, resolved if k.text == section else v) for k, v in root.entries), root.span)
    report.extend(found)
    return None if found.errors else tree.replace_root(root)


def _merging(report: Report) -> Merging:
    return Merging(GROUPS, NAMED, report)


def _whole(tree: Tree, known: Known, report: Report) -> Mapping_ | None:
    """Return the plan over those that it extends."""
    chain = _chain(tree, known, report)
    if chain is None:
        return None
    whole: Node = chain[-1].root
    for heir in reversed(chain[:-1]):
        assert isinstance(whole, Mapping_) and isinstance(heir.root, Mapping_)
        via = heir.root.by_key["extends"][1].span
        whole = _merging(report).over(inherited(without(whole, *OWN), via), without(heir.root, "extends"), named=True)
    assert isinstance(whole, Mapping_)
    own = [entry for entry in whole.entries if entry[0].text == "plan"]  # its name comes first, as in any plan
    return Mapping_((*own, *(entry for entry in whole.entries if entry not in own)), whole.span)


def _chain(tree: Tree, known: Known, report: Report) -> list[Tree] | None:
    """Return a plan and all that it is made from, the nearest first; only what its own `extends` says is told here."""
    chain = [tree]
    names = [_name(tree)]
    root = tree.root
    while isinstance(root, Mapping_) and "extends" in root.by_key:
        said = root.by_key["extends"][1]
        name = said.text if isinstance(said, Scalar) else str(plain(said))
        first = len(chain) == 1
        if name == names[0]:
            report.add(EXTENDS_CIRCLE.at(_own(tree).span, path=" -> ".join([*names, name])))
            return None
        if name in names:
            return None
        if name not in known:
            if first:
                _nothing(said, "plan", name, known, report)
            return None
        base = known[name]
        if base is None:
            return None
        if is_program(base.root):
            if first:
                report.add(EXTENDS_PROGRAM.at(said.span, name=name))
            return None
        chain.append(base)
        names.append(name)
        root = base.root
    return chain


def _own(tree: Tree) -> Node:
    assert isinstance(tree.root, Mapping_)
    return tree.root.by_key["extends"][1]


def _name(tree: Tree) -> str:
    node = tree.node_at(("plan",))
    return node.text if isinstance(node, Scalar) else ""


def _nothing(said: Node, what: str, name: str, known: Mapping[str, object], report: Report) -> None:
    near = nearest(name, known)
    others = ", ".join(known)
    mend = f"write `{near}`" if near else f"the {what}s are {others}" if known else f"write the {what} out"
    report.add(EXTENDS_NOTHING.at(said.span, what=what, name=name, near=f"; did you mean `{near}`?" if near else "", mend=mend))


class _Section:
    """The measures or components of a plan, of which some are made from others."""

    def __init__(self, section: str, said: Mapping_, report: Report) -> None:
        self.what = section.removesuffix("s")
        self.said, self.report = said, report
        self.done: dict[str, Node] = {}

    def resolved(self) -> Mapping_:
        """Return all of them written out."""
        return Mapping_(tuple((key, self._one(key.text, ())) for key, _ in self.said.entries), self.said.span)

    def _one(self, name: str, heirs: tuple[str, ...]) -> Node:
        """Return one of them, written out once; where it leads round in a circle, as it stands."""
        if name not in self.done:
            node = self.said.by_key[name][1]
            extended = isinstance(node, Mapping_) and "extends" in node.by_key
            self.done[name] = self._made(name, node, (*heirs, name)) if extended and isinstance(node, Mapping_) else node
        return self.done[name]

    def _made(self, name: str, node: Mapping_, path: tuple[str, ...]) -> Node:
        said = node.by_key["extends"][1]
        base = said.text if isinstance(said, Scalar) else str(plain(said))
        own = without(node, "extends")
        if base in path:
            self.report.add(EXTENDS_CIRCLE.at(said.span, path=" -> ".join([*path[path.index(base) :], base])))
            return own
        if base not in self.said.by_key:
            others = {key: value for key, (_, value) in self.said.by_key.items() if key != name}
            _nothing(said, self.what, base, others, self.report)
            return own
        whole = self._one(base, path)
        if not isinstance(whole, Mapping_):
            return own
        whole = inherited(whole, said.span)
        assert isinstance(whole, Mapping_)
        if self.what == "measure":
            return self._measure(base, whole, own, said)
        if plain_at(whole, "kind") != plain_at(own, "kind", plain_at(whole, "kind")):
            place = own.by_key["kind"][1].span
            self.report.add(EXTENDS_KIND.at(place, base=base, theirs=plain_at(whole, "kind"), mine=plain_at(own, "kind")))
        return _merging(self.report).over(whole, own, named=True)

    def _measure(self, base: str, whole: Mapping_, own: Mapping_, said: Node) -> Node:
        """A measure that counts something else keeps the rest; its row in the quotas table has the name of the first one."""
        if AGGREGATES & own.by_key.keys():
            whole = without(whole, *(AGGREGATES - own.by_key.keys()))
        made = _merging(self.report).over(whole, own, named=True)
        assert isinstance(made, Mapping_)
        if "named" in made.by_key:
            return made
        named = (Scalar("named", said.span, "plain"), Scalar(base, said.span, "plain"))
        return Mapping_((*made.entries, named), made.span)


def plain_at(node: Mapping_, key: str, otherwise: object = None) -> object:
    """Return what stands at a key, as plain text or lists."""
    return plain(node.by_key[key][1]) if key in node.by_key else otherwise
