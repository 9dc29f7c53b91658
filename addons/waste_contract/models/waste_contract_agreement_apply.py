from contextlib import suppress

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class _TriedOut(Exception):
    """Undoes a trial."""


class WasteContractAgreement(models.Model):
    """What an agreement does to its contract, once."""
    _inherit = 'waste.contract.agreement'

    applied_at = fields.Datetime("In Force since", copy=False, readonly=True)
    # While it is set the sealed terms of the contract are open; nobody but `_apply` sees or sets it.
    is_being_applied = fields.Boolean(copy=False, groups=fields.NO_ACCESS)

    # BUSINESS ------------------------------------------------------------------

    def _get_submit_error(self):
        """Return what the draft still lacks, or False. To override."""
        self.ensure_one()
        order = self.order_id
        if not (self.reason or '').strip():
            return self.env._("Agreement %(agreement)s needs its reason.", agreement=self.name)
        if self.kind == 'termination':
            return False  # what is open then decides on the day it takes effect
        if self.kind == 'void':
            return order._get_void_error()
        if not self._get_agreed_terms() and not self.line_ids and not self.tier_ids:
            return self.env._(
                "Agreement %(agreement)s changes nothing: choose a waste detail, or other terms.", agreement=self.name)
        for line in self.line_ids.filtered(lambda line: line.kind == 'change'):
            if not line._get_agreed_terms() and not line._get_agreed_steps():
                return self.env._(
                    "Agreement %(agreement)s: nothing changes for waste detail %(waste)s. Change it, or remove its row.",
                    agreement=self.name, waste=line.line_id.display_name)
        return self._get_trial_error()

    def _get_trial_error(self):
        """Apply the supplement and undo it: whatever would be refused when it takes effect is said now."""
        # Rolled back to the savepoint in any case, nothing of the trial stays.
        with suppress(_TriedOut):
            try:
                with self.env.cr.savepoint():
                    self._apply_supplement()
                    self.env.flush_all()
                    raise _TriedOut
            except UserError as error:
                return str(error)
        return False

    def _apply(self):
        """Bring agreements that came in force to their contracts."""
        for agreement in self:
            # All parties signed: whoever records it, or the job, needn't be allowed to edit the contract.
            agreement_sudo = agreement.sudo()
            if agreement.kind == 'supplement':
                agreement_sudo._apply_supplement()
            else:
                agreement_sudo.order_id._end_by_agreement(agreement_sudo)
            agreement_sudo.applied_at = fields.Datetime.now()

    def _apply_supplement(self):
        """Write the agreed terms to the contract and their former values to its history."""
        agreement_sudo = self.sudo()
        order = agreement_sudo.order_id
        if error := agreement_sudo._get_order_of_changes_error():
            raise UserError(error)
        agreement_sudo.is_being_applied = True
        changes = [agreement_sudo._apply_terms(order, agreement_sudo, False)]
        for change in agreement_sudo.line_ids:
            if change.kind == 'change':
                changes.append(agreement_sudo._apply_terms(change.line_id, change, change.line_id))
            elif change.kind == 'end':
                change.line_id.date_to = fields.Date.subtract(agreement_sudo.date_effective, days=1)
                changes.append(self.env['waste.contract.change']._prepare(self, change.line_id, change.line_id._get_terms(), 'end'))
            else:
                change.line_id = self.env['sale.order.line'].sudo().create(change._prepare_detail())
                changes.append(self.env['waste.contract.change']._prepare(self, change.line_id, None, 'add'))
        self.env['waste.contract.change'].sudo().create([vals for vals in changes if vals])
        agreement_sudo.is_being_applied = False
        if error := order._get_tiers_error():
            raise UserError(error)

    def _apply_terms(self, target, agreed, line):
        """Write what ``agreed`` changes to ``target``; return the values of its row in the history, or None."""
        former = target._get_terms()
        vals = agreed._get_agreed_terms()
        if steps := agreed._get_agreed_steps():
            order = self.order_id
            obsolete = order.tier_ids.filtered(lambda tier: tier.line_id == (line or tier.line_id.browse()))
            order.tier_ids = [
                *(Command.delete(tier.id) for tier in obsolete),
                *(Command.create({**step, 'line_id': line.id if line else False}) for step in steps)]
        if vals:
            target.write(vals)
        return self.env['waste.contract.change']._prepare(self, target, former)

    def _get_agreed_steps(self):
        return self.tier_ids.filtered(lambda tier: not tier.line_id)._get_steps()

    def _get_order_of_changes_error(self):
        """Changes follow each other: one dated before another in force would rewrite what that one started from."""
        touched = self.line_ids.line_id
        own = bool(self._get_agreed_terms() or self._get_agreed_steps())
        for change in self.order_id.change_ids:
            if change.date_from >= self.date_effective and (change.line_id in touched if change.line_id else own):
                return self.env._(
                    "Agreement %(other)s changed %(what)s of contract %(contract)s from %(day)s on. "
                    "Date agreement %(agreement)s later than that.",
                    other=change.agreement_id.name, contract=self.order_id.name, day=change.date_from, agreement=self.name,
                    what=change.line_id.display_name or self.env._("the terms"))
        return False
