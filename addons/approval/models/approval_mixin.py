from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

OPEN = ("waiting", "pending")


class ApprovalMixin(models.AbstractModel):
    """A document that other people decide on, step by step.

    A model opts in with OCA's class attributes, asks with ``_request_approval()`` and says in two hooks what the end means::

        _inherit = ["approval.mixin"]
        _state_field, _state_from, _state_to, _cancel_state = "state", ["draft"], ["confirmed"], "cancelled"

    What its steps are is data: the flows in ``tier.definition``.
    """

    _name = "approval.mixin"
    _inherit = ["tier.validation"]
    _description = "A document that others approve in steps"

    # An approved round of before stays in the database, archived: it must not count, whatever context asks.
    review_ids = fields.One2many(context={"active_test": True}, groups="base.group_user")
    approver_id = fields.Many2one(
        "res.users", "Approver", copy=False, groups="base.group_user", domain=[("share", "=", False)],
        help="Decides where the flow leaves the choice to the applicant.")
    approval_state = fields.Selection(
        [("none", "No Approval"), ("pending", "To Approve"), ("in_progress", "In Approval"), ("approved", "Approved"),
         ("rejected", "Returned")],
        "Approval", compute="_compute_approval_state", store=True, default="none", copy=False, groups="base.group_user")
    # Counts signatures and is stored on purpose: two people who decide at the same time collide on the row of the
    # document, so the second one is run again and sees the first; else neither would see that the round is over.
    approval_progress = fields.Char(
        "Approval Progress", compute="_compute_approval_state", store=True, copy=False, groups="base.group_user")
    approval_label = fields.Char("Approval Step", compute="_compute_approval_label", groups="base.group_user")
    is_approval_open = fields.Boolean(
        compute="_compute_is_approval_open", search="_search_is_approval_open", groups="base.group_user")
    can_recall_approval = fields.Boolean(compute="_compute_is_approval_open", groups="base.group_user")
    needs_approver = fields.Boolean(compute="_compute_needs_approver", groups="base.group_user")
    approval_steps = fields.Html(
        "Approval Steps", compute="_compute_approval_steps", sanitize=False, groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends("review_ids.status", "review_ids.active")
    def _compute_approval_state(self):
        for document in self:
            counted = document.review_ids.filtered(lambda review: review.status != "forwarded")
            statuses = counted.mapped("status")
            decided = statuses.count("approved")
            if any(status in OPEN for status in statuses):
                document.approval_state = "in_progress" if decided else "pending"
            elif "rejected" in statuses:
                document.approval_state = "rejected"
            else:
                document.approval_state = "approved" if statuses and decided == len(statuses) else "none"
            document.approval_progress = f"{decided}/{len(statuses)}" if statuses else False

    @api.depends("approval_state", "approval_progress")
    @api.depends_context("lang")
    def _compute_approval_label(self):
        labels = dict(self._fields["approval_state"]._description_selection(self.env))
        for document in self:
            state = document.approval_state or "none"
            progress = document.approval_progress if state == "in_progress" else ""
            document.approval_label = "" if state == "none" else f"{labels[state]} {progress}".strip()

    @api.depends("approval_state")
    @api.depends_context("uid")
    def _compute_is_approval_open(self):
        for document in self:
            document.is_approval_open = document.approval_state in ("pending", "in_progress")
            document.can_recall_approval = document.is_approval_open and (
                self.env.user in document.sudo().review_ids.requested_by)

    @api.model
    def _search_is_approval_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("approval_state", "in", ("pending", "in_progress"))

    def _compute_needs_approver(self):
        steps = self._origin._get_approval_steps()
        for document in self:
            document.needs_approver = any(
                review.review_type == "applicant" for review in steps.get(document._origin.id, ()))

    def _compute_approval_steps(self):
        """The round, the earlier ones, and for a document that isn't submitted yet: the steps to come."""
        ahead = self._origin.filtered(lambda document: document._is_approval_ahead())._get_approval_steps()
        past = self.env["tier.review"].sudo().with_context(active_test=False).search(
            [("model", "=", self._name), ("res_id", "in", self._origin.ids)])
        for document in self:
            steps = past.filtered(lambda review, document=document: review.res_id == document._origin.id)
            values = {
                "ahead": ahead.get(document._origin.id, ()),
                "current": steps.filtered("active"),
                "earlier": steps.filtered(lambda review: not review.active).sorted("id"),
            }
            document.approval_steps = self.env["ir.qweb"]._render("approval.approval_steps", values) if any(
                values.values()) else False

    # === CRUD METHODS === #

    def unlink(self):
        # Nobody may delete reviews, OCA's unlink() does it as the user.
        self.env["tier.review"].sudo().with_context(active_test=False).search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]).unlink()
        return super().unlink()

    # === ACTION METHODS === #

    def action_approval(self):
        """Ask for the decision that the context names (``verb``) on the user's open steps of these documents."""
        self.check_access("read")
        return self.env["tier.review"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids), ("can_review", "=", True)]).action_ask_decision()

    def action_recall_approval(self):
        """Take the own request back."""
        self.check_access("read")
        for document in self:
            if not document.sudo().is_approval_open:
                raise UserError(self.env._("%(document)s is not waiting for approval.", document=document.display_name))
            if not document.can_recall_approval:
                raise AccessError(self.env._(
                    "%(document)s: only who asked for the approval can recall it.", document=document.display_name))
        documents = self.sudo()
        documents._cancel_approval()
        documents._approval_refused(self.env._("Recalled by the applicant."))
        return True

    # === BUSINESS METHODS === #

    def _request_approval(self):
        """Open a round of approval: the steps of the flows that match each document.

        Documents whose round is open already are left alone; an earlier round is kept as history.

        :return: the documents that now have steps; the others are decided by role
        :raise UserError: when nobody can decide a step
        """
        closed = self.sudo().filtered(lambda document: not document.is_approval_open)
        steps = closed._get_approval_steps()
        for document in closed:
            for review in steps.get(document.id, ()):
                if error := document._get_step_error(review):
                    raise UserError(error)
        closed.review_ids.active = False
        self.env["tier.review"].sudo().create([
            vals for document in closed for review in steps.get(document.id, ())
            for vals in review._prepare_signatures()])._promote()
        return self.filtered(lambda document: document.id in steps or document not in closed)

    def _get_approval_steps(self):
        """Return the steps that would apply to each document now, as unsaved reviews: ``{id: reviews}``."""
        Review = self.env["tier.review"].sudo()
        definitions = self.env["tier.definition"].sudo().with_context(active_test=True).search(
            [("model", "=", self._name)]) if self.ids else ()
        found = {}
        for definition in definitions:
            for document in self.sudo()._match_definition(definition):
                found.setdefault(document, []).append(definition)
        steps = {}
        for document, matching in found.items():
            # Who is asked for two reasons at once signs once.
            asked = {}
            for definition in matching:
                asked.setdefault((definition.sequence, definition._get_question()), []).append(definition)
            numbers = {sequence: number for number, sequence in enumerate(dict.fromkeys(key[0] for key in asked), 1)}
            steps[document.id] = Review.concat(*(
                Review.new({
                    **document._prepare_tier_review_vals(same[0], numbers[sequence]),
                    "also_definition_ids": [fields.Command.set([definition.id for definition in same[1:]])],
                }) for (sequence, _question), same in asked.items()))
        return steps

    def _match_definition(self, definition):
        """Return those of these documents to which a flow applies."""
        company = definition.company_id
        documents = self.filtered(lambda document: not company or document._get_company() == company)
        if definition.definition_type == "domain":
            return documents.evaluate_tier(definition)
        return documents.filtered(lambda document: document.evaluate_tier(definition))

    def _prepare_tier_review_vals(self, definition, sequence):
        return {
            **super()._prepare_tier_review_vals(definition, sequence),
            "company_id": self._get_company().id,
            "document_name": self.display_name,
            "excludes_applicant": definition.exclude_requester,
            **self._prepare_approval_values(),
        }

    def _get_step_error(self, review):
        """Return the sentence why a step can't be decided by anybody, or False."""
        self.ensure_one()
        values = {"document": self.display_name, "step": review.definition_id.name}
        if review.review_type == "applicant":
            pool = review.reviewer_group_id
            if not self.approver_id:
                return self.env._("%(document)s: choose the approver of step “%(step)s” first.", **values)
            if pool and self.approver_id not in pool.all_user_ids:
                return self.env._(
                    "%(document)s: the approver of step “%(step)s” must be one of “%(group)s”.", group=pool.name, **values)
        if not review.reviewer_ids:
            return self.env._(
                "%(document)s: nobody but yourself, or nobody at all, can decide step “%(step)s”. "
                "Ask an administrator to complete its approvers.", **values)
        return False

    def _get_stepwise(self):
        """Return those documents that steps decide on, not a role."""
        self.check_access("read")
        return self.filtered(lambda document: document.sudo().is_approval_open)

    def _get_my_reviews(self):
        """Return the current user's open steps of these documents.

        :raise UserError: when a document waits for others only
        """
        reviews = self.env["tier.review"].search([
            ("model", "=", self._name), ("res_id", "in", self.ids), ("can_review", "=", True)])
        for document in self:
            if document.id not in reviews.mapped("res_id"):
                raise UserError(document._get_open_step_error())
        return reviews

    def _get_open_step_error(self):
        """Return the sentence that names the step and the people this document waits for, or False."""
        self.ensure_one()
        # Steps hold whoever moves the document, also who may not read them.
        waiting = self.sudo().review_ids.filtered(lambda review: review.status == "pending")
        return bool(waiting) and self.env._(
            "%(document)s: step “%(step)s” is still to be decided by %(people)s.",
            document=self.display_name, step=waiting[0].name, people=", ".join(waiting.reviewer_ids.mapped("name")))

    def _cancel_approval(self):
        """Drop the open steps, for the document took another way."""
        reviews = self.sudo().review_ids.filtered(lambda review: review.status in OPEN)
        reviews.status = "cancel"
        reviews._sync_activities()

    def _archive_approval(self):
        """Make the round history: what it approved is no longer what the document says."""
        self._cancel_approval()
        self.sudo().review_ids.active = False

    def _tell_applicant(self, sentence):
        """Notify who asked for the approval, unless he decided it himself."""
        for document in self if hasattr(self, "message_notify") else ():
            applicants = document.sudo().review_ids.requested_by - self.env.user
            if applicants:
                document.message_notify(
                    partner_ids=applicants.partner_id.ids, subject=document.display_name, body=sentence)

    # === HOOKS === #

    def _is_approval_ahead(self):
        """Tell whether this document still has to ask for its approval. To override."""
        return self[self._state_field] in self._state_from and not self.is_approval_open

    def _approval_granted(self):
        """All steps are decided: move the documents on. Called once, in superuser mode. To override."""

    def _approval_refused(self, reason):
        """A step returned the documents, or the applicant recalled them. Called once, in superuser mode. To override.

        :param reason: what the author reads
        """

    def _prepare_approval_values(self):
        """Return what the workbench lists of this document: partner_id, amount, currency_id. To override."""
        self.ensure_one()
        values = {"partner_id": "partner_id", "amount": "amount_total", "currency_id": "currency_id"}
        return {key: self[name].id if self._fields[name].relational else self[name]
                for key, name in values.items() if name in self._fields}

    def _get_approval_essentials(self):
        """Return what an approver must know without opening the document: [(label, text)]. To override."""
        self.ensure_one()
        return []

    def _get_escalation_users(self):
        """Return who is asked when the approvers of a step don't answer and the flow names nobody. To override."""
        self.ensure_one()
        return self.env["res.users"]
