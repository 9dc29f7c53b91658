from odoo import api, fields, models

from odoo.addons.wecom.models.exclusive import run_step
from odoo.addons.wecom.models.wecom_client import WeComError


class WecomFetchedMixin(models.AbstractModel):
    """What WeCom holds the truth of: an event marks the record, a job asks what is true now."""
    _name = 'wecom.fetched.mixin'
    _description = "Fetched from WeCom"

    _fetch_cron = None  # xml id of the cron that calls _cron_fetch

    is_stale = fields.Boolean("To be fetched", readonly=True, help="WeCom told of a change; what is true now is being asked.")
    fetched_at = fields.Datetime("Fetched", readonly=True)
    problem = fields.Char(readonly=True)

    _stale_idx = models.Index("(id) WHERE is_stale IS TRUE")

    def _mark_stale(self):
        self.filtered(lambda record: not record.is_stale or record.problem).write({'is_stale': True, 'problem': False})
        self._trigger_fetch()

    @api.model
    def _trigger_fetch(self, at=None):
        self.env.ref(self._fetch_cron).sudo()._trigger(at)

    @api.model
    def _cron_fetch(self, batch_size=100):
        """Fetch what is marked; one transaction each, so that one that fails holds back no other, nor an app that must wait."""
        waiting = self.env['wecom.app']
        while batch := self.search(
                [('is_stale', '=', True), ('problem', '=', False), ('app_id', 'not in', waiting.ids)], order='id', limit=batch_size):
            for number, record in enumerate(batch):
                if record.app_id in waiting:
                    continue
                try:
                    run_step(self.env, record._fetch_alone)
                except WeComError as error:
                    if error.policy != 'business':
                        seconds = error.seconds or (600 if error.policy == 'config' else 60)
                        self._trigger_fetch(fields.Datetime.add(fields.Datetime.now(), seconds=seconds))
                        self.env['ir.cron']._commit_progress(0, remaining=0)
                        waiting |= record.app_id
                        continue
                    record.problem = error.sentence
                if not self.env['ir.cron']._commit_progress(1, remaining=len(batch) - number - 1):
                    return

    def _fetch_alone(self):
        self.try_lock_for_update(allow_referencing=True)._fetch()

    def _fetch(self):
        """Ask WeCom and write down what it says; for one record, or none when another job has it. To override."""
        raise NotImplementedError
