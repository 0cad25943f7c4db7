"""The rules of the house that a machine can check: modules that introduce themselves, small files, few arguments."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "longtail"
MODULES = sorted(PACKAGE.rglob("*.py"))

LINES = 300
FUNCTION_LINES = 45
MEDIAN_FUNCTION_LINES = 8
ARGUMENTS = 5

OWNERS_OF_STREAMS = {"cli", "files/streams.py"}
"""Who may name stdin, stdout or stderr: the command line, and the reader of ``-``."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _name(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


@cache
def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def _trees() -> Iterator[tuple[str, ast.Module]]:
    yield from ((_name(module), _tree(module)) for module in MODULES)


def _functions() -> Iterator[tuple[str, Function]]:
    for name, tree in _trees():
        yield from ((f"{name}:{each.name}", each) for each in ast.walk(tree) if isinstance(each, Function))


def _lines(function: Function) -> int:
    """Lines of the body, without the docstring and without decorators."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_a_module_opens_with_what_it_does(module: Path) -> None:
    opening = (ast.get_docstring(_tree(module)) or "").split("\n\n")[0]
    assert opening.rstrip().endswith((".", ":")), "its first paragraph is a sentence"
    assert len(opening.split()) >= 4


def test_files_stay_small() -> None:
    long = {_name(module): len(module.read_text("utf-8").splitlines()) for module in MODULES}
    assert {name: size for name, size in long.items() if size > LINES} == {}


def test_functions_stay_small() -> None:
    sizes = {name: _lines(function) for name, function in _functions()}
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}
    assert median(sizes.values()) <= MEDIAN_FUNCTION_LINES


def test_functions_take_few_arguments() -> None:
    """Options of a verb are one dictionary or one value, not a row of parameters."""

    def takes(function: Function) -> int:
        given = function.args
        named = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        return len([each for each in named if each not in ("self", "cls")])

    assert {name: takes(each) for name, each in _functions() if takes(each) > ARGUMENTS} == {}


def test_streams_belong_to_the_command_line() -> None:
    def named(tree: ast.Module) -> bool:
        return any(
            (isinstance(each, ast.Name) and each.id == "print")
            or (isinstance(each, ast.Attribute) and each.attr in ("stdin", "stdout", "stderr", "__stdout__"))
            for each in ast.walk(tree)
        )

    users = {name for name, tree in _trees() if named(tree)}
    assert {each for each in users if each.split("/")[0] not in OWNERS_OF_STREAMS} <= OWNERS_OF_STREAMS


def _imports(tree: ast.Module) -> set[str]:
    """The modules a module imports, in full."""
    found = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.Import):
            found |= {alias.name for alias in each.names}
        elif isinstance(each, ast.ImportFrom) and each.module and not each.level:
            found |= {each.module, *(f"{each.module}.{alias.name}" for alias in each.names)}
    return found


FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_IMPORTS = {"pickle", "marshal", "shelve", "subprocess", "socket", "urllib", "http"}


def _calls(tree: ast.Module) -> set[str]:
    called = (each.func for each in ast.walk(tree) if isinstance(each, ast.Call))
    return {each.id for each in called if isinstance(each, ast.Name)}


def test_telemetry_never_becomes_code_an_object_or_a_process() -> None:
    """What attackers wrote is read, and nothing is fetched for it: no evaluation, no pickle, no process, no network."""
    for name, tree in _trees():
        forbidden = FORBIDDEN_IMPORTS | ({"xml"} if name.startswith("telemetry/") else set())
        assert not _calls(tree) & FORBIDDEN_CALLS, name
        assert not {each.split(".")[0] for each in _imports(tree)} & forbidden, name


def test_every_dependency_is_used_and_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {each.split(">")[0].strip() for each in project["dependencies"]}
    extras = {each.split(">")[0].strip() for extra in project["optional-dependencies"].values() for each in extra}
    modules = {each.split(".")[0] for _, tree in _trees() for each in _imports(tree)}
    foreign = modules - set(sys.stdlib_module_names) - {"longtail"}
    known = packages_distributions()
    spoken = {module: {name.lower() for name in known[module]} for module in foreign}
    assert all(names & (declared | extras) for names in spoken.values())
    assert declared <= set().union(*spoken.values())


def test_the_lock_names_no_registry() -> None:
    """A lock is hashes: where a package is fetched from is the business of the machine that fetches it."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock and "index" not in lock
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pinned and all("==" in line for line in pinned)
    assert lock.count("--hash=sha256:") >= len(pinned)
