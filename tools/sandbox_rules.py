"""The rules for analysis code: which Python it may be written in, before any of it runs."""

from __future__ import annotations

import ast

from eutectic.core.errors import BadInput

MODULES = ("math", "statistics", "numpy")
_MAX_CHARACTERS = 20_000
_MAX_NODES = 20_000
_NODES = (
    ast.Module,
    ast.FunctionDef,
    ast.arguments,
    ast.arg,
    ast.Return,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.For,
    ast.While,
    ast.If,
    ast.Raise,
    ast.Try,
    ast.ExceptHandler,
    ast.Assert,
    ast.Import,
    ast.ImportFrom,
    ast.alias,
    ast.Expr,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.BoolOp,
    ast.BinOp,
    ast.UnaryOp,
    ast.Lambda,
    ast.IfExp,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Compare,
    ast.Call,
    ast.keyword,
    ast.FormattedValue,
    ast.JoinedStr,
    ast.Constant,
    ast.Attribute,
    ast.Subscript,
    ast.Starred,
    ast.Name,
    ast.List,
    ast.Tuple,
    ast.Slice,
    ast.expr_context,
    ast.boolop,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
)
_NAME_TEXT = """
open exec eval compile getattr setattr delattr vars globals locals dir input breakpoint help exit quit memoryview type
object super classmethod staticmethod property print id callable hasattr
"""
_ATTRIBUTE_TEXT = """
format format_map mro load save savez savez_compressed savetxt loadtxt genfromtxt fromfile tofile fromregex memmap
open_memmap DataSource ctypes ctypeslib lib f2py distutils testing core compat dump dumps tostring gi_frame gi_code
cr_frame ag_frame f_globals f_locals f_builtins f_back tb_frame tb_next func_globals test show_config get_include info
source lookfor frombuffer ndpointer as_ctypes sys os
"""
_NAMES = frozenset(_NAME_TEXT.split())
_ATTRIBUTES = frozenset(_ATTRIBUTE_TEXT.split())


def check_source(source: str) -> ast.Module:
    """The syntax tree of analysis code that keeps to the rules.

    Plain functions, loops, arithmetic and the modules `math`, `statistics` and `numpy`; no files, no classes, no name
    or attribute that begins with an underscore. The rules keep honest code honest; what holds dishonest code is the
    process it runs in.

    Raises:
        BadInput: with the line and what is not allowed there.
    """
    if len(source) > _MAX_CHARACTERS:
        raise BadInput(f"the analysis code has {len(source)} characters, at most {_MAX_CHARACTERS} are allowed")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInput(f"the analysis code is not Python: {error}") from None
    nodes = list(ast.walk(tree))
    if len(nodes) > _MAX_NODES:
        raise BadInput("the analysis code is too long", mend="write a shorter analyse()")
    for node in nodes:
        problem = _problem(node)
        if problem:
            raise BadInput(f"line {vars(node).get('lineno', 1)}: {problem}", where="analysis code")
    if not any(isinstance(node, ast.FunctionDef) and node.name == "analyse" for node in tree.body):
        raise BadInput("the analysis code defines no analyse(readings)", where="analysis code")
    return tree


def modules_of(tree: ast.Module) -> frozenset[str]:
    """The modules that checked code imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    return frozenset(found)


def _problem(node: ast.AST) -> str:
    """What is not allowed about a node; empty where it is."""
    if not isinstance(node, _NODES):
        return f"{type(node).__name__} is not allowed"
    if isinstance(node, ast.Import):
        return _import_problem([alias.name for alias in node.names], [alias.asname for alias in node.names])
    if isinstance(node, ast.ImportFrom):
        wrong = node.level > 0 or "." in str(node.module) or str(node.module) not in MODULES
        names = [alias.name for alias in node.names]
        return f"import from {node.module}" if wrong else _names_problem([*names, *_given(node)])
    if isinstance(node, ast.Attribute):
        return _names_problem([node.attr])
    if isinstance(node, ast.Name):
        return f"the name {node.id!r}" if node.id.startswith("_") or node.id in _NAMES else ""
    if isinstance(node, ast.FunctionDef):
        wrong = bool(node.decorator_list) or node.name.startswith("_") or node.name in _NAMES
        return f"the function {node.name!r}" if wrong else ""
    if isinstance(node, ast.arg | ast.keyword):
        return f"the argument {node.arg!r}" if node.arg is not None and node.arg.startswith("_") else ""
    return ""


def _given(node: ast.ImportFrom) -> list[str]:
    return [alias.asname for alias in node.names if alias.asname]


def _import_problem(names: list[str], given: list[str | None]) -> str:
    for name in names:
        if name not in MODULES:
            return f"import {name}: only {', '.join(MODULES)} are there"
    return _names_problem([name for name in given if name])


def _names_problem(names: list[str]) -> str:
    for name in names:
        if name.startswith("_") or name in _ATTRIBUTES or name == "*":
            return f"{name!r} is not allowed"
    return ""
