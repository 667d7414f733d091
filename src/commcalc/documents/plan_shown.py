"""A plan as it holds: written out in full, each value with the file and line that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from commcalc.base.source import Span
from commcalc.documents.plan_charts import charts
from commcalc.language.tree import Mapping_, Node, Scalar, Sequence_, Tree, plain, walk
from commcalc.plan.load import LoadedPlan

WIDEST = 84
"""A list or a few keys stand on one line as long as they fit here."""
_PLAIN = re.compile(r"[\w.][\w.%+*/<>=()' -]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plan and the place that it comes from; None where it only opens what stands below."""

    text: str
    place: Span | None


def lines_of(loaded: LoadedPlan) -> list[Line]:
    """Return the plan as lines of YAML that read back as the same plan."""
    root = loaded.tree.root
    assert isinstance(root, Mapping_)
    return list(_block(root, ""))


def text_of(loaded: LoadedPlan, readings: Mapping[str, str], project: Tree) -> str:
    """Return the page: the plan, what the house's readings add, and its curves."""
    lines = lines_of(loaded)
    width = min(WIDEST, max(len(line.text) for line in lines if line.place is not None))
    shown = [f"{line.text:<{width}}  # {_where(line.place)}" if line.place is not None else line.text for line in lines]
    said = {name: f"#   {name}: {value}" for name, value in readings.items()}
    room = max(map(len, said.values()), default=0)
    house = [f"{text:<{room}}  # {_where(project.span_of(('readings', name)))}" for name, text in said.items()]
    blocks = [
        "\n".join(shown),
        *(["\n".join(["# Where the plan says nothing, the house's readings hold:", *house])] if house else []),
    ]
    blocks += ["\n".join(f"# {line}".rstrip() for line in chart) for chart in charts(loaded)]
    return "\n\n".join(blocks)


def facts_of(loaded: LoadedPlan, readings: Mapping[str, str], project: Tree) -> dict[str, Any]:
    """Return the same for a script: every value by its path, with its file and line, and the `extends` that brought it in."""
    values = [
        {
            "path": [str(step) for step in path],
            "value": node.text,
            "place": _where(node.span),
            "inherited_by": _where(node.span.via) if node.span.via is not None else None,
        }
        for path, node in walk(loaded.tree.root)
        if isinstance(node, Scalar)
    ]
    house = [{"name": n, "value": v, "place": _where(project.span_of(("readings", n)))} for n, v in readings.items()]
    return {
        "plan": loaded.plan.plan,
        "files": loaded.digests,
        "written": plain(loaded.tree.root),
        "values": values,
        "readings": house,
    }


def _where(span: Span) -> str:
    return f"{span.file}:{span.line}"


def _block(node: Mapping_, indent: str) -> Iterator[Line]:
    for key, value in node.entries:
        yield from _entry(f"{indent}{quoted(key.text)}:", value, indent)


def _entry(head: str, value: Node, indent: str) -> Iterator[Line]:
    """Yield a key or a dash with its value: on one line where it fits and comes from one place, else below."""
    inline = f"{head} {_flow(value)}"
    if isinstance(value, Scalar):
        yield Line(f"{head} {quoted(value.text)}", value.span)
        return
    places = {_where(leaf.span) for _, leaf in walk(value) if isinstance(leaf, Scalar)}
    if len(places) < 2 and len(inline) <= WIDEST:
        yield Line(inline, next((leaf.span for _, leaf in walk(value) if isinstance(leaf, Scalar)), value.span))
        return
    yield Line(head, None)
    if isinstance(value, Mapping_):
        yield from _block(value, f"{indent}  ")
    else:
        for item in value.items:
            yield from _entry(f"{indent}  -", item, f"{indent}  ")


def _flow(node: Node) -> str:
    if isinstance(node, Scalar):
        return quoted(node.text)
    if isinstance(node, Sequence_):
        return f"[{', '.join(_flow(item) for item in node.items)}]"
    return f"{{{', '.join(f'{quoted(key.text)}: {_flow(value)}' for key, value in node.entries)}}}"


def quoted(text: str) -> str:
    """Return a text as it reads back: as it stands where nothing in it means anything to YAML, else in quotes."""
    if _PLAIN.fullmatch(text) and not text.endswith(" "):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
