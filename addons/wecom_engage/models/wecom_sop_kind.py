from datetime import timedelta

from odoo import api, fields, models


class WecomSopKind(models.AbstractModel):
    """When an SOP speaks, and to whom: a small model for each kind. To add one: inherit this, name it in the selection `kind`."""
    _name = 'wecom.sop.kind'
    _description = "Kind of WeCom SOP"

    @api.model
    def _begin(self, sop):
        """Plan from now on, as the SOP was just switched on. To override."""
        raise NotImplementedError

    @api.model
    def _run(self, sop):
        """Do what is due, in one transaction. To override."""
        raise NotImplementedError


class WecomSopKindCustomers(models.AbstractModel):
    """All customers of the members with the tags, on a date."""
    _name = 'wecom.sop.kind.customers'
    _inherit = ['wecom.sop.kind']
    _description = "WeCom SOP of customers on a date"

    @api.model
    def _get_next(self, step, after):
        """Return the next moment of a step, False where there is none."""
        moment = step.sop_id._get_moment(step.date, step.hour)
        return moment if moment >= after else False

    @api.model
    def _begin(self, sop):
        now = fields.Datetime.now()
        for step in sop.step_ids:
            step.next_at = self._get_next(step, now)
            if step.next_at:
                sop._trigger_run(step.next_at)

    @api.model
    def _run(self, sop):
        """Launch the sends of the steps that are due, each moment once: the step's next moment is written with them."""
        now = fields.Datetime.now()
        for step in sop.step_ids.filtered(lambda step: step.next_at and step.next_at <= now):
            step._make_send(state='planned', planned_at=step.next_at)
            step.next_at = self._get_next(step, now + timedelta(seconds=1))
            if step.next_at:
                sop._trigger_run(step.next_at)
            self.env['wecom.send']._trigger_send()


class WecomSopKindChats(models.AbstractModel):
    """All group chats of the members, on a date or every week."""
    _name = 'wecom.sop.kind.chats'
    _inherit = ['wecom.sop.kind.customers']
    _description = "WeCom SOP of group chats"

    @api.model
    def _get_next(self, step, after):
        if step.date:
            return super()._get_next(step, after)
        today = step.sop_id._get_day(after)
        first = today + timedelta(days=(int(step.weekday) - today.weekday()) % 7)
        moment = step.sop_id._get_moment(first, step.hour)
        return moment if moment >= after else step.sop_id._get_moment(first + timedelta(days=7), step.hour)
