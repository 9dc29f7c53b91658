import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, new_test_user

MODEL = 'exchange.test.message'


class ExchangeCase(TransactionCase):
    """Gives a concrete message model whose payload says what its handling does: ``{"do": "done"}``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415

        class ExchangeTestMessage(models.Model):
            _module = None
            _name = MODEL
            _inherit = ['exchange.message.mixin']
            _description = "Message of the tests"

            def _process_batch(self):
                cls.batches.append(len(self))
                for message in self:
                    what = json.loads(message.payload)['do']
                    if what == 'boom':
                        raise ValueError(f"secret of {message.key}")
                    if what == 'against a rule':
                        raise ValidationError(self.env._("The plate is missing."))
                    if what == 'against a constraint':
                        self.env['res.lang'].create({'name': "X", 'code': 'en_US', 'url_code': 'x'}).flush_recordset()
                    if what == 'busy' and cls.busy:
                        raise cls.busy.pop()
                    if what == 'bad sql':
                        self.env.cr.execute("SELECT 'secret in sql'::integer")
                    if what == 'reject':
                        message._finish('rejected', 'value', '$.x', "Refused.")
                    elif what == 'park':
                        message._finish('parked')
                    else:
                        message._finish('done')

        cls.batches, cls.busy = [], []
        add_to_registry(cls.registry, ExchangeTestMessage)
        cls.addClassCleanup(cls.registry.reset_changes)
        cls.addClassCleanup(cls.registry.__delitem__, MODEL)
        cls.registry._setup_models__(cls.env.cr, [MODEL])
        cls.registry.init_models(cls.env.cr, [MODEL], {'models_to_check': True})
        cls.Message = cls.env[MODEL]
        cls.env['ir.model.access'].create({
            'name': "messages of the tests", 'model_id': cls.env['ir.model']._get_id(MODEL),
            'group_id': cls.env.ref('base.group_system').id, 'perm_read': True,
        })
        cls.system_user = new_test_user(cls.env, 'exchange-system', groups='base.group_system')
        cls.plain_user = new_test_user(cls.env, 'exchange-user', groups='base.group_user')
        cls.env.ref('base.group_system').user_ids = cls.system_user

    def setUp(self):
        super().setUp()
        self.batches.clear()
        self.busy.clear()

    def create(self, *whats, **vals):
        return self.Message.create([
            {'key': f'k{number}', 'payload': json.dumps({'do': what}), **vals} for number, what in enumerate(whats)])

    @contextmanager
    def committing(self, time_left=float('inf')):
        """Count commits and rollbacks of the queue instead of doing them."""
        progress = []

        def commit_progress(_cron, processed=0, *, remaining=None, deactivate=False):
            progress.append((processed, remaining))
            return time_left

        with patch.object(self.registry['ir.cron'], '_commit_progress', commit_progress), \
                patch.object(self.env.cr, 'rollback', lambda: self.env.clear()):
            yield progress

    def process(self, **kwargs):
        with self.committing() as progress:
            self.Message._process_queue(**kwargs)
        self.env.invalidate_all()
        return progress
