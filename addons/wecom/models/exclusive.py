"""Transactions of their own, one at a time over all workers; steps of a job that others were faster than."""
import hashlib
import logging
import random
import time
from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api

from odoo.addons.exchange.models.exchange_message_mixin import CONCURRENCY, MAX_CONCURRENCY_TRIES

_logger = logging.getLogger(__name__)


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


def run_step(env, step):
    """Run one step of a job, up to the next commit; done again where another transaction wrote the same meanwhile.

    Odoo repeats requests, not jobs: those it takes for failed, and runs them again with their next period.
    """
    tries = 0
    while True:
        try:
            result = step()
            env.flush_all()
            return result
        except (*CONCURRENCY, UniqueViolation) as error:
            tries += 1
            if tries == MAX_CONCURRENCY_TRIES:
                raise
            _logger.info("WeCom: once more, as another job was faster (%s)", type(error).__name__)
            env.cr.rollback()
            time.sleep(random.uniform(0, 0.1 * 2 ** tries))


def _number(name):
    return int.from_bytes(hashlib.sha256(f'wecom {name}'.encode()).digest()[:8], 'big', signed=True)
