"""Every endpoint of WeCom that a room calls is in a table of flows which are cut, slowed and restarted in their middle."""
import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENDPOINTS = {word.value for file in (ROOT / 'tests/fakes/wecom').glob('api*.py') for node in ast.walk(ast.parse(file.read_text()))
             if isinstance(node, ast.Call) and getattr(node.func, 'id', None) == 'endpoint' for word in node.args}


def test_each_endpoint_that_we_call_is_cut_somewhere():
    called = {}
    for part in ('models', 'wizards', 'controllers', 'tools'):
        for file in ROOT.glob(f'addons/*/{part}/*.py'):
            called |= dict.fromkeys(_named(ast.parse(file.read_text())), file.name)
    tables = {path for file in ROOT.glob('addons/*/tests/test_wecom_cuts*.py') for node in ast.walk(ast.parse(file.read_text()))
              if isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', None) == 'FLOWS' for path in _named(node)}

    assert len(called) > 40, 'who names no endpoint proves nothing'
    assert {path: file for path, file in called.items() if path not in tables} == {}, 'add them to FLOWS of test_wecom_cuts*.py'
    assert tables - called.keys() == set()


def _named(tree):
    """Return the endpoints whose names stand in a piece of code; what an f-string fills in is any word."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in ENDPOINTS:
            found.add(node.value)
        elif isinstance(node, ast.JoinedStr) and '/' in str(getattr(node.values[0], 'value', '')):
            pattern = ''.join(re.escape(part.value) if isinstance(part, ast.Constant) else '[a-z_]+' for part in node.values)
            found |= {path for path in ENDPOINTS if re.fullmatch(pattern, path)}
    return found
