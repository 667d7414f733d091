"""A project as git has it at a branch, tag or commit: read from git's own store, without a checkout."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from commcalc.base.problem import Report
from commcalc.inputs.model import ProjectModel
from commcalc.inputs.problems import NOT_IN_REF
from commcalc.inputs.project import FILE, found_files, sources_of
from commcalc.language.bind import bind
from commcalc.language.tree import read_tree

PLAIN = (b"100644", b"100755")  # what git calls a plain file: no link, no other repository


def commit_of(root: Path, ref: str) -> str | None:
    """Return the commit that a ref means in the repository that holds `root`; None where there is none, or no git."""
    said = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return said.decode().strip() if said else None


def written_from(root: Path, ref: str, commit: str, folder: Path) -> Report:
    """Write the project of `root` as the commit has it into `folder`; tables that git does not keep are those of `root`."""
    prefix = (_git(root, "rev-parse", "--show-prefix") or b"").decode().rstrip("\n")
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", f"{commit}:{prefix.rstrip('/')}") or b""
    wanted = [(blob, path) for blob, path in _files(listed) if _wanted(path)]
    if not any(path == FILE for _, path in wanted):
        return Report([NOT_IN_REF.at(None, ref=ref, file=prefix + FILE)])
    for path, content in zip((p for _, p in wanted), _contents(root, [b for b, _ in wanted]), strict=True):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    _untracked(root, folder)
    return Report()


def _git(root: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """Return what git says; None where it says no, or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], input=given, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _files(listed: bytes) -> Iterator[tuple[str, str]]:
    """Yield each plain file's blob and path."""
    for entry in listed.split(b"\0"):
        facts, _, path = entry.partition(b"\t")
        if path and facts.split()[0] in PLAIN:
            yield facts.split()[2].decode(), path.decode(errors="surrogateescape")


def _wanted(path: str) -> bool:
    """Of a project everything is read but what runs wrote; a path that leads elsewhere is never followed."""
    parts = PurePosixPath(path).parts
    return parts[0] != "out" and not path.startswith("/") and not any(p in ("..", ".git") for p in parts)


def _contents(root: Path, blobs: list[str]) -> Iterator[bytes]:
    """Yield the bytes of each blob as they were committed: no filter of git turns line ends or fetches anything."""
    said = _git(root, "cat-file", "--batch", given="".join(f"{b}\n" for b in blobs).encode()) or b""
    at = 0
    for _ in blobs:
        end = said.index(b"\n", at)
        size = int(said[at:end].split()[2])
        yield said[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _untracked(root: Path, folder: Path) -> None:
    """Copy the files of tables that the commit lacks from the project: pay data are seldom kept in git."""
    tree, _ = read_tree((folder / FILE).read_bytes(), FILE)
    model = bind(tree, ProjectModel)[0] if tree is not None else None
    if model is None:
        return  # what is wrong with the file is told when the project is opened
    for name, table in model.tables.items():
        for _, source in [*sources_of(name, table), ((), table)]:
            words = [w for w in source.values.values() if isinstance(w, str)]
            named = [source.file, *words, *(look.in_ for look in source.look_up if look.in_ not in model.tables)]
            for pattern in (n for n in named if n and not found_files(folder, n)):
                for file in found_files(root, pattern):
                    _copy(file, root, folder)


def _copy(file: Path, root: Path, folder: Path) -> None:
    """Copy a plain file of the project; what leads out of it is left for the reader to refuse."""
    if file.is_file() and file.resolve().is_relative_to(root.resolve()):
        target = folder / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
