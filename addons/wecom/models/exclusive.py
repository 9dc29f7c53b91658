"""Transactions of their own, one at a time over all workers."""
import hashlib
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api


@contextmanager
def exclusive(env, name, seconds=60):
    """Yield an environment whose short transaction nobody else runs under the same name, in any worker of any node.

    PostgreSQL's lock is taken before the transaction's snapshot, so what the one before wrote is seen. With ``FOR UPDATE`` alone the
    one who waited would get a serialization failure instead, as Odoo's transactions are REPEATABLE READ. It ends with the connection.
    """
    number = _number(name)
    with env.registry.cursor() as cr:
        cr.execute("SELECT set_config('lock_timeout', %s, true)", [f'{seconds}s'])
        cr.execute("SELECT pg_advisory_lock(%s)", [number])
        cr.commit()  # pylint: disable=invalid-commit  # own cursor: begins the snapshot behind the lock
        try:
            yield api.Environment(cr, SUPERUSER_ID, {})
            cr.commit()  # pylint: disable=invalid-commit  # own cursor: before the lock goes
        except BaseException:
            cr.rollback()
            raise
        finally:
            cr.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def place(env, name, most):
    """Hold one of ``most`` places that all workers share while a call runs; yields False when none is free."""
    with env.registry.cursor() as cr:
        taken = None
        for number in range(most):
            cr.execute("SELECT pg_try_advisory_lock(%s)", [_number(f'{name} #{number}')])
            if cr.fetchone()[0]:
                taken = number
                break
        cr.commit()  # pylint: disable=invalid-commit  # own cursor: no transaction stays open during the call
        try:
            yield taken is not None
        finally:
            if taken is not None:
                cr.execute("SELECT pg_advisory_unlock(%s)", [_number(f'{name} #{taken}')])


def _number(name):
    return int.from_bytes(hashlib.sha256(f'wecom {name}'.encode()).digest()[:8], 'big', signed=True)
