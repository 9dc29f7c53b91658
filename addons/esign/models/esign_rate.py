from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.errors import EsignError


class EsignRate(models.Model):
    """Rows, not memory: the doors without a login are served by many workers on many machines, and all count together."""

    _name = 'esign.rate'
    _description = "How often a public door was used"
    _log_access = False

    key = fields.Char(required=True, help="The door and who knocks: an address or a document.")
    window_start = fields.Datetime(required=True, index=True)
    count = fields.Integer(required=True)

    _key_uniq = models.UniqueIndex('(key, window_start)')

    @api.model
    def _count(self, door, who, limit, minutes=10):
        """Count one use of a door, whatever becomes of the request.

        :param door: name of the door
        :param who: an address, or what names a document
        :param limit: uses allowed in a window
        :param minutes: length of a window
        :raise EsignError: code 'limit', when there were more
        """
        # its own transaction: a refused request is rolled back, its count must not be
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                INSERT INTO esign_rate (key, window_start, count) VALUES (%s, %s, 1)
                ON CONFLICT (key, window_start) DO UPDATE SET count = esign_rate.count + 1 RETURNING count
                """,
                    self._key(door, who),
                    self._window(minutes),
                )
            )
            count = cr.fetchone()[0]
        if count > limit:
            raise self._refusal(minutes)

    def _key(self, door, who):
        return f'{door}:{who}'

    def _window(self, minutes):
        now = fields.Datetime.now()
        return now.replace(minute=now.minute - now.minute % minutes, second=0, microsecond=0)

    def _refusal(self, minutes):
        return EsignError(self.env._("Too many requests from here. Please try again in %(minutes)s minutes.", minutes=minutes), 'limit')

    @api.autovacuum
    def _gc_windows(self):
        """Addresses of visitors aren't kept longer than they count."""
        self.search([('window_start', '<', fields.Datetime.now() - timedelta(days=1))]).unlink()
