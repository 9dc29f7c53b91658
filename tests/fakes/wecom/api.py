"""Registry of the endpoints: `@endpoint('user/get')` on a function (call) -> dict; a call holds world, app, query and body."""
from dataclasses import dataclass

ENDPOINTS = {}


@dataclass
class Call:
    world: object
    gate: object
    app: dict | None
    query: dict
    body: dict
    raw: bytes = b''
    kind: str = ''

    def page(self, rows, limit):
        """Return (rows of this page, cursor of the next one or ''); cursors are random words, as WeCom's are."""
        limit = min(int(self.body.get('limit') or limit), limit)
        start = self.world.cursors.get(self.body.get('cursor') or '', 0)
        after = start + limit
        cursor = ''
        if after < len(rows):
            cursor = self.world.number('cursor')
            self.world.cursors[cursor] = after
        return rows[start:after], cursor


def endpoint(*paths):
    def register(function):
        for path in paths:
            ENDPOINTS[path] = function
        return function
    return register
