"""The rooms of this checkout: what they depend on, and the template database with all of them installed."""
import ast
import hashlib
from functools import lru_cache

from . import database, odoo
from .machine import ADDONS, digest, locked, say, step

#: what does not change an installed database
NOT_INSTALLED = ('tests', '__pycache__', 'README.md', 'description')

#: run in `odoo shell`: make all asset bundles once, so that no browser test waits for them
ASSETS = 'env["ir.qweb"]._pregenerate_assets_bundles()\nenv.cr.commit()\n'


@lru_cache
def manifest(name):
    return ast.literal_eval((ADDONS / name / '__manifest__.py').read_text(encoding='utf-8'))


def closure(names):
    """The rooms named and the rooms they depend on."""
    ours = set(odoo.addons())
    found, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name in ours and name not in found:
            found.add(name)
            todo += manifest(name).get('depends', [])
    return sorted(found)


def template(databases, names=None):
    """Template database with the rooms installed and all assets built; made anew when their code changes.

    :param databases: `database.Databases`
    :param names: rooms, all by default
    """
    base = databases.base_template()
    wanted = closure(names or odoo.addons())
    if not wanted:
        return base
    name = f'rooms_{digest(base, *wanted, *map(installed_digest, wanted))}'
    with locked('rooms_template'):
        if name not in databases.names():
            with step(f'Template database {name} ({", ".join(wanted)})'):
                databases.build(name, lambda new: _fill(databases, base, new, wanted))
            _forget_old(databases)
    return name


def _fill(databases, base, new, wanted):
    databases.clone(base, new)
    databases.install(new, wanted)
    odoo.run(['shell', '-d', new, '--no-http'], databases.env(), stdin=ASSETS)


def installed_digest(name):
    sha = hashlib.sha256()
    for path in sorted((ADDONS / name).rglob('*')):
        inner = path.relative_to(ADDONS)
        if path.is_file() and not set(inner.parts) & set(NOT_INSTALLED):
            sha.update(str(inner).encode() + b'\0' + path.read_bytes() + b'\0')
    return sha.hexdigest()


def _forget_old(databases, keep=4):
    """Drop the templates of earlier states of the code, but the newest ones."""
    statement = r"SELECT datname FROM pg_database WHERE datname LIKE 'rooms\_%' AND datname NOT LIKE '%\_new' ORDER BY oid DESC"
    for name in database.postgres.sql(statement, env=databases.cluster.env()).splitlines()[keep:]:
        say(f'  dropping {name}')
        databases.drop(name)
