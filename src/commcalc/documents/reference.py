"""The reference of a file's language as a page: every part, its keys, what may stand there and what it means, from its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
FEW = 5  # keys in common; of fewer it is shorter to say them each time
MOST_CHOICES = 14  # named one by one; above, their number is told
PLAIN = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "null": "nothing",
    "array": "list",
}


def reference(schema: Schema, intro: str) -> str:
    """Return the page in Markdown: the file itself first, then its parts in the order in which they are met."""
    parts = list(_shared(_parts(schema), list(_families(schema))))
    contents = ", ".join(_link(_title(part, name)) for name, part in parts)
    blocks = [f"# {_sentence(_title(schema, 'file'))}: reference", intro, f"Parts: {contents}."]
    for name, part in parts:
        blocks += _part(_title(part, name), part, schema)
    return "\n\n".join(blocks) + "\n"


def _families(schema: Schema) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Yield the kinds of one thing (all components, all measures): what they are, their names, and the keys that all of them have."""
    for key, found in schema["properties"].items():
        kinds = [name for name in _named(found) if schema["definitions"][name].get("properties")]
        if len(kinds) > 1 and key.endswith("s"):
            every = [schema["definitions"][name]["properties"] for name in kinds]
            common = {k: v for k, v in every[0].items() if all(other.get(k) == v for other in every)}
            if len(common) >= FEW:
                yield f"every {key.removesuffix('s')}", kinds, common


def _shared(
    parts: Iterator[tuple[str, Schema]], families: list[tuple[str, list[str], dict[str, Any]]]
) -> Iterator[tuple[str, Schema]]:
    """Let the keys that all kinds of one thing have stand in a part of their own, before the first kind."""
    told: set[str] = set()
    for name, part in parts:
        found = next((f for f in families if name in f[1]), None)
        if found is None:
            yield name, part
            continue
        title, _, common = found
        if title not in told:
            told.add(title)
            yield (
                title,
                {
                    "title": title,
                    "description": "the keys that all kinds have.",
                    "properties": common,
                    "required": part.get("required", ()),
                },
            )
        own = {k: v for k, v in part["properties"].items() if k not in common}
        text = f"{str(part.get('description', '')).strip()} Besides its own keys it has those of {_link(title)}."
        yield name, {**part, "properties": own, "description": text}


def _parts(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the file and each part of it, nearest first; a part is named by its definition."""
    yield "", schema
    seen: set[str] = set()
    waiting = list(_named(schema))
    while waiting:
        name = waiting.pop(0)
        part = schema.get("definitions", {}).get(name, {})
        if name in seen or not part.get("properties"):
            continue
        seen.add(name)
        yield name, part
        waiting += _named(part)


def _named(found: Any) -> Iterator[str]:
    """Yield the names of the parts that stand inside."""
    if isinstance(found, Mapping):
        if isinstance(found.get("$ref"), str):
            yield found["$ref"].rpartition("/")[2]
        for key, inner in found.items():
            if key != "definitions":
                yield from _named(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _named(inner)


def _part(title: str, part: Schema, whole: Schema) -> list[str]:
    must = set(part.get("required", ()))
    rows = ["| key | must | what may stand there | meaning |", "|---|---|---|---|"]
    for key, found in part["properties"].items():
        default = found.get("default")
        stated = "yes" if key in must else "" if default in (None, [], {}, "") else f"else {_code(default)}"
        examples = ", ".join(_code(e) for e in found.get("examples", ()))
        meaning = _cell(str(found.get("description", ""))) + (f"; for instance {examples}" if examples else "")
        rows.append(f"| `{key}` | {stated} | {_cell(_kind(found, whole))} | {meaning} |")
    text = str(part.get("description", "")).strip()
    return [f"## {title}", *([_sentence(text)] if text else []), "\n".join(rows)]


def _kind(found: Schema, whole: Schema) -> str:
    """Say in words what may stand in a place."""
    if "$ref" in found:
        name = found["$ref"].rpartition("/")[2]
        part = whole["definitions"][name]
        title = _title(part, name)
        return _link(title) if part.get("properties") else _kind(part, whole)
    for key in ("oneOf", "anyOf", "allOf"):
        if key in found:
            return " or ".join(dict.fromkeys(_kind(f, whole) for f in found[key]))
    if "const" in found:
        return _code(found["const"])
    if "enum" in found:
        choices = found["enum"]
        return ", ".join(map(_code, choices)) if len(choices) <= MOST_CHOICES else f"one of {len(choices)} words"
    kind = found.get("type", "anything")
    kinds: list[str] = kind if isinstance(kind, list) else [str(kind)]
    if "object" in kinds:
        inner = found.get("additionalProperties")
        return f"names, each with {_kind(inner, whole)}" if isinstance(inner, Mapping) and inner else "names and values"
    if "array" in kinds and isinstance(found.get("items"), Mapping):
        return f"list of {_kind(found['items'], whole)}"
    if set(kinds) >= {"string", "number"}:
        kinds = ["value" if k == "string" else k for k in kinds if k != "number"]
    return " or ".join(str(PLAIN.get(k, k)) for k in kinds)


def _title(part: Schema, name: str) -> str:
    return str(part.get("title") or name)


def _link(title: str) -> str:
    anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
    return f"[{title}](#{anchor})"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _code(value: object) -> str:
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return f"`{text}`"


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
