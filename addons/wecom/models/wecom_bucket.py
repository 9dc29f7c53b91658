import time

from odoo import api, fields, models

from ..const import LIMIT_SECONDS
from ..tools import bucket
from .exclusive import exclusive

FORGIVEN = 3600  # seconds without a refusal after which the next one counts as the first again


class WecomBucket(models.Model):
    """How many calls an endpoint of a corp may still get, shared by all workers."""
    _name = 'wecom.bucket'
    _description = "WeCom call allowance"
    _order = 'corp_id, path'
    _rec_name = 'path'

    corp_id = fields.Char("Corp ID", required=True, readonly=True)
    path = fields.Char("Endpoint", required=True, readonly=True)
    level = fields.Float("Calls left", readonly=True)
    measured_at = fields.Float("Measured at (s)", readonly=True, digits=(16, 3))
    closed_until = fields.Datetime(readonly=True)
    strikes = fields.Integer("Refusals in a row", readonly=True)
    last_code = fields.Integer("Last code", readonly=True)

    _path_uniq = models.UniqueIndex("(corp_id, path)", "An endpoint of a corp has one allowance.")

    @api.model
    def _limit(self, _path):
        """Return the `bucket.Limit` of an endpoint. To override."""
        return bucket.Limit()

    @api.model
    def _take(self, app, path):
        """Take one call, unless the app stands still: here that is seen at once, whatever snapshot the caller works on.

        :return: seconds to wait; 0 when it was taken
        :raise WeComError: the app stands still
        """
        with exclusive(self.env, f'bucket {app.corp_id} {path}') as env:
            env['wecom.app'].browse(app.id)._check_enabled()
            row, now = env[self._name]._row(app.corp_id, path), time.time()
            closed = row.closed_until and (row.closed_until - fields.Datetime.now()).total_seconds() or 0
            if closed > 0:
                return closed
            level, wait = bucket.take(row.level, row.measured_at, now, self._limit(path))
            row.write({'level': level, 'measured_at': now})
            return wait

    @api.model
    def _close(self, corp_id, path, code):
        """Keep the endpoint shut after WeCom refused for its limits: each refusal in a row takes the next longer time.

        :return: seconds
        """
        with exclusive(self.env, f'bucket {corp_id} {path}') as env:
            row, now = env[self._name]._row(corp_id, path), fields.Datetime.now()
            if row.closed_until and row.closed_until > now:  # another worker was refused by the same block
                return (row.closed_until - now).total_seconds()
            recent = row.closed_until and (now - row.closed_until).total_seconds() < FORGIVEN and row.last_code == code
            strikes = row.strikes + 1 if recent else 1
            steps = LIMIT_SECONDS[code]
            seconds = steps[min(strikes, len(steps)) - 1]
            row.write({'closed_until': fields.Datetime.add(now, seconds=seconds), 'strikes': strikes, 'last_code': code})
            return seconds

    @api.model
    def _row(self, corp_id, path):
        row = self.search([('corp_id', '=', corp_id), ('path', '=', path)])
        return row or self.create({'corp_id': corp_id, 'path': path, 'level': self._limit(path).size, 'measured_at': time.time()})
