from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .waste_statement_make import SETTLED_CONTRACT_STATES, Period

STATES = [
    ("draft", "Draft"),
    ("queued", "Running"),
    ("done", "Done"),
    ("cancelled", "Stopped"),
]
REASONS = [
    ("covered", "Has its statement already"),
    ("nothing", "Nothing moved"),
    ("no_period", "No period of its cycle ends then"),
    ("external", "Kept by another system"),
    ("state", "Not in force"),
    ("error", "Refused"),
]

# Contracts settled in one transaction: large enough for few queries, small enough to lose little by an interruption.
SLICE = 1000

# So many contracts are settled while the clerk waits; more go to the queue.
AT_ONCE = 200


class WasteStatementRun(models.Model):
    """One batch run: the statements of all contracts whose periods end in some days, made slice by slice.

    It goes on where it stopped, and run again it makes only what is missing.
    """

    _name = "waste.statement.run"
    _description = "Statement Run"
    _inherit = ["waste.state.mixin"]
    _order = "id desc"

    _transitions = {
        "start": (("draft",), "queued"),
        "finish": (("queued",), "done"),
        "stop": (("draft", "queued"), "cancelled"),
        "restart": (("done", "cancelled"), "queued"),
    }
    _sealed_from = dict.fromkeys(
        ("period_start", "period_end", "is_by_cycle", "company_ids", "business_ids", "contract_ids"), "queued")

    name = fields.Char(compute="_compute_name")
    period_start = fields.Date("From", required=True)
    period_end = fields.Date("To", required=True)
    is_by_cycle = fields.Boolean(
        "By the Cycle of Each Contract", default=True,
        help="On: the periods of each contract's cycle that end in these days. Off: these days, whatever the cycle.")
    company_ids = fields.Many2many(
        "res.company", string="Operating Companies", required=True, default=lambda self: self.env.companies)
    business_ids = fields.Many2many("waste.business", string="Businesses", help="Empty: all.")
    contract_ids = fields.Many2many("sale.order", string="Contracts", help="Empty: all of the companies and businesses.")
    user_id = fields.Many2one("res.users", "Started by", required=True, readonly=True)

    total_count = fields.Integer("Contracts in All", readonly=True)
    done_count = fields.Integer("Looked at", readonly=True)
    last_contract_id = fields.Integer(readonly=True, help="Contracts up to this id are done.")
    progress_percent = fields.Float("Progress", compute="_compute_progress_percent")
    statement_ids = fields.One2many("waste.statement", "run_id", "Statements", readonly=True)
    statement_count = fields.Integer("Statements Made", compute="_compute_statement_count")
    skip_ids = fields.One2many("waste.statement.run.skip", "run_id", "Left Out", readonly=True)
    skip_count = fields.Integer("Contracts Left Out", compute="_compute_skip_count")
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True)
    finished_at = fields.Datetime(readonly=True)

    _period_order = models.Constraint(
        "CHECK(period_start <= period_end)", "The period of a run must not end before it starts.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("period_start", "period_end")
    def _compute_name(self):
        for run in self:
            run.name = f"{run.period_start} – {run.period_end}"

    @api.depends("total_count", "done_count", "state")
    def _compute_progress_percent(self):
        for run in self:
            run.progress_percent = 100.0 if run.state == "done" else (
                100.0 * run.done_count / run.total_count if run.total_count else 0.0)

    @api.depends("statement_ids")
    def _compute_statement_count(self):
        counts = dict(self.env["waste.statement"]._read_group([("run_id", "in", self.ids)], ["run_id"], ["__count"]))
        for run in self:
            run.statement_count = counts.get(run, 0)

    @api.depends("skip_ids")
    def _compute_skip_count(self):
        counts = dict(self.env["waste.statement.run.skip"]._read_group([("run_id", "in", self.ids)], ["run_id"], ["__count"]))
        for run in self:
            run.skip_count = counts.get(run, 0)

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """The queue works in the rights of who started the run: nobody starts one in another's name."""
        return super().create([{**vals, "user_id": self.env.uid} for vals in vals_list])

    def write(self, vals):
        if "user_id" in vals and not self.env.su:
            raise AccessError(self.env._("A run stays in the name of who started it."))
        return super().write(vals)

    # ACTION --------------------------------------------------------------------

    def action_start(self):
        """Make the statements: a few at once, many by the queue."""
        self.check_access("write")
        self._transition("start")
        self._begin()
        return True

    def action_restart(self):
        """Go over all contracts again; only what is missing is made."""
        self.check_access("write")
        self._transition("restart", last_contract_id=0, finished_at=False)
        self.skip_ids.sudo().unlink()
        self._begin()
        return True

    def action_stop(self):
        """Leave the rest; what was made stays."""
        self.check_access("write")
        self._transition("stop")
        return True

    def action_view_statements(self):
        """Open the statements that the run made."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_settlement.waste_statement_action")
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    # BUSINESS ------------------------------------------------------------------

    def _begin(self):
        for run in self:
            run.write({"total_count": run._in_scope().search_count(run._get_contract_domain()), "done_count": 0})
            if run.total_count <= AT_ONCE:
                run._process_slice(AT_ONCE)
        if self.filtered(lambda run: run.state == "queued"):
            self.env.ref("waste_settlement.ir_cron_statement_run")._trigger()

    @api.model
    def _cron_process(self):
        """Go on with the runs that wait, the oldest first, one slice a transaction."""
        while run := self.search([("state", "=", "queued")], order="id", limit=1).try_lock_for_update():
            processed = run._process_slice(SLICE)
            remaining = sum(queued.total_count - queued.done_count for queued in self.search([("state", "=", "queued")]))
            if not self.env["ir.cron"]._commit_progress(processed, remaining=max(remaining, 0)):
                return

    def _process_slice(self, size):
        """Settle the next contracts, in the rights of who started the run.

        :return: how many contracts were looked at
        """
        self.ensure_one()
        contracts = self._in_scope().search(
            Domain(self._get_contract_domain()) & Domain("id", ">", self.last_contract_id), order="id", limit=size)
        self._settle(contracts)
        self.write({
            "done_count": self.done_count + len(contracts),
            "last_contract_id": contracts[-1:].id or self.last_contract_id,
        })
        if len(contracts) < size:
            self._transition("finish", finished_at=fields.Datetime.now())
        return len(contracts)

    def _settle(self, contracts):
        """Make the statements of contracts; where that fails, halve until the culprits alone are left out."""
        if not contracts:
            return
        statements = contracts.env["waste.statement"]
        try:
            with self.env.cr.savepoint():
                if self.is_by_cycle:
                    wanted = statements._get_cycle_periods(contracts, self.period_start, self.period_end)
                else:
                    period = Period("regular", self.period_start, self.period_end)
                    wanted = {contract: [period] for contract in contracts}
                skipped = statements._make_periods(wanted, run_id=self.id)[1]
                statements.env.flush_all()
        except UserError as error:
            if len(contracts) == 1:
                self._note_skipped({contracts: "error"}, str(error))
                return
            half = len(contracts) // 2
            self._settle(contracts[:half])
            self._settle(contracts[half:])
            return
        self._note_skipped(skipped)

    def _note_skipped(self, skipped, explanation=False):
        # Facts of the run, written whatever the rights of who started it.
        self.env["waste.statement.run.skip"].sudo().create([
            {"run_id": self.id, "contract_id": contract.id, "reason": reason, "explanation": explanation}
            for contract, reason in skipped.items()])

    def _in_scope(self):
        """Return `sale.order` as who started the run sees it, in the companies of the run."""
        return self.env["sale.order"].with_user(self.user_id).with_context(
            allowed_company_ids=self.company_ids.ids,
            # What a statement is made of is on its lines; its number, run and date say the rest.
            tracking_disable=True)

    def _get_contract_domain(self):
        self.ensure_one()
        if self.contract_ids:
            return [("id", "in", self.contract_ids.ids)]
        domain = [
            ("business_id", "!=", False),
            ("contract_state", "in", SETTLED_CONTRACT_STATES),
            ("company_id", "in", self.company_ids.ids),
            ("date_start", "<=", self.period_end),
        ]
        if self.business_ids:
            domain.append(("business_id", "in", self.business_ids.ids))
        return domain


class WasteStatementRunSkip(models.Model):
    _name = "waste.statement.run.skip"
    _description = "Contract Left out by a Statement Run"
    _order = "run_id desc, id"

    run_id = fields.Many2one("waste.statement.run", required=True, index=True, ondelete="cascade")
    contract_id = fields.Many2one("sale.order", "Contract", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    reason = fields.Selection(REASONS, required=True)
    explanation = fields.Char()
