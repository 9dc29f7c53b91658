import json
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.waste_wim.tools import reading


class WimCase(TransactionCase):
    """Two companies, the integrator of both, one of the second only, and an administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a, cls.company_b = cls.env['res.company'].create([
            {'name': "Company A", 'company_code': 'T-A'}, {'name': "Company B", 'company_code': 'T-B'}])
        both = {'company_id': cls.company_a.id, 'company_ids': [(6, 0, (cls.company_a | cls.company_b).ids)]}
        only_b = {'company_id': cls.company_b.id, 'company_ids': [(6, 0, cls.company_b.ids)]}
        cls.integrator = new_test_user(cls.env, 'wim-ab', groups='waste.group_wim_integrator', **both)
        cls.integrator_b = new_test_user(cls.env, 'wim-b', groups='waste.group_wim_integrator', **only_b)
        cls.admin = new_test_user(cls.env, 'wim-admin', groups='waste.group_admin', **both)
        cls.Message = cls.env['wim.message']
        cls.Message.search([]).with_context(tracking_disable=True).unlink()
        cls.env['wim.field.mapping'].with_context(active_test=False).search([]).unlink()
        cls.last_number = 0

    @classmethod
    def message(cls, event='pickup.upsert', entity_key='P-1', payload=None, **envelope):
        """Return a message that the door takes."""
        cls.last_number += 1
        if payload is None:
            payload = {'producer_code': 'P00001', 'planned_at': '2026-07-01T10:41:00+08:00'}
        return {
            'msg_id': f'test-{cls.last_number}', 'event': event, 'entity_key': entity_key, 'version': 1,
            'occurred_at': '2026-07-01T10:41:00+08:00', 'sent_at': '2026-07-01T10:42:00+08:00', 'company_code': 'T-A',
            'business_type': 'hazardous', 'payload': payload, **envelope,
        }

    def push(self, *messages, user=None):
        return self.Message.with_user(user or self.integrator).push(list(messages))

    def receive(self, text, user=None):
        """Take a request body, as the door does."""
        items = reading.read_batch(text.encode(), 1000)
        return self.Message.with_user(user or self.integrator)._receive(items)

    def row(self, message):
        """Return the row of a message, by its number."""
        return self.Message.search([('msg_id', '=', message['msg_id'])])

    def handle(self, function, event='pickup.upsert'):
        """Let ``function(messages)`` stand for the handler of an event."""
        model = self.registry[f"wim.event.{event.replace('.', '_')}"]
        self.startPatcher(patch.object(model, '_apply', lambda _handler, messages: function(messages)))

    def accept_all(self):
        """Let the handlers of all events say done, and remember what they were given."""
        given = []

        def handler(messages):
            given.extend(messages)
            for message in messages:
                message.done()

        for name in [name for name in self.registry if name.startswith('wim.event.') and name != 'wim.event.document']:
            self.startPatcher(patch.object(self.registry[name], '_apply', lambda _self, messages: handler(messages)))
        return given

    def process(self, **kwargs):
        """Run the queue; commits are left out."""
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda *_args, **_kwargs: float('inf')):
            self.Message.with_user(self.env.ref('base.user_root'))._process_queue(**kwargs)
        self.env.invalidate_all()

    @staticmethod
    def text(*messages):
        return json.dumps(list(messages))
