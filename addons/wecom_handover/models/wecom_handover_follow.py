import logging

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_logger = logging.getLogger(__name__)
QUIET = {'mail_auto_subscribe_no_notify': True, 'mail_activity_quick_update': True}


class WecomHandover(models.Model):
    """What follows a customer: leads, contacts, whatever rooms above add, and the open to-dos."""
    _inherit = 'wecom.handover'

    def _move_rest(self):
        """Give the taker those records of the giver behind which no customer of his on WeCom stands."""
        contacts = self.env['wecom.relation'].search([('member_id', '=', self.giver_id.id), ('state', '=', 'active')]).contact_id
        partners = self._get_partners(contacts)
        self._move(lambda kind: ~kind._get_behind(contacts, partners), lambda activity: not self._is_about(activity, contacts, partners))

    def _move_of(self, line):
        """Give the taker the records of one customer."""
        partners = self._get_partners(line.contact_id)
        self._move(lambda kind: kind._get_behind(line.contact_id, partners),
                   lambda activity: self._is_about(activity, line.contact_id, partners), line)

    def _get_partners(self, contacts):
        """Return the companies of the customers with all their people."""
        return self.env['res.partner'].with_context(active_test=False).search(
            [('id', 'child_of', contacts.partner_id.commercial_partner_id.ids)])

    def _move(self, get_behind, is_to_follow, line=None):
        if not self.giver_user_id or self.giver_user_id == self.taker_user_id:
            return
        self = self.with_context(**QUIET)
        moved = []
        for name in self.env['wecom.handover.kind']._get_kinds():
            kind = self.env[name]
            records = kind._find(self, get_behind(kind))
            if records:
                moved.append((records, dict(zip(records.ids, records.mapped('display_name')))))
                kind._give(records, self)
        given = {(records._name, record_id) for records, names in moved for record_id in names}
        activities = self.env['mail.activity'].search([('user_id', '=', self.giver_user_id.id)]).filtered(
            lambda activity: (activity.res_model, activity.res_id) in given or is_to_follow(activity))
        if activities:
            moved.append((activities, {activity.id: f'{activity.summary or activity.activity_type_id.name}: {activity.res_name}'
                                       for activity in activities}))
            activities.write({'user_id': self.taker_user_id.id})
        self.env['wecom.handover.record'].create([{
            'handover_id': self.id, 'line_id': line and line.id, 'kind_id': self.env['ir.model']._get_id(records._name),
            'number': record_id, 'name': name,
        } for records, names in moved for record_id, name in names.items()])

    def _is_about(self, activity, contacts, partners):
        """Whether a to-do is about one of these customers: on himself, his company, or a record that names it."""
        if activity.res_model not in self.env or not activity.res_id:
            return False
        record = self.env[activity.res_model].browse(activity.res_id).exists()
        if record._name == 'res.partner':
            return record in partners
        if record._name == 'wecom.contact':
            return record in contacts
        if record._name == 'crm.lead' and record.wecom_contact_id:
            return record.wecom_contact_id in contacts
        return bool(record and record._mail_get_partners(introspect_fields=True)[record.id] & partners)


class WecomHandoverLine(models.Model):
    _inherit = 'wecom.handover.line'

    def _move_records(self):
        """Let the records of the customer follow; what forbids it is shown, and undoes neither his passing over nor other customers'."""
        try:
            with self.env.cr.savepoint():
                self.handover_id._move_of(self)
        except (UserError, ValidationError, AccessError) as error:
            _logger.warning("WeCom handover line %s: its records didn't follow: %s", self.id, type(error).__name__)
            self.records_problem = str(error)
        else:
            self.write({'records_moved_at': fields.Datetime.now(), 'records_problem': False})
