from odoo import api, fields, models
from odoo.fields import Domain

PAGE_SIZE = 40


class WasteAssignment(models.Model):
    """The responsibility matrix: producers down, businesses across, salespeople in the cells."""

    _inherit = "waste.assignment"

    @api.model
    @api.readonly
    def get_matrix(self, search="", business_id=False, user_id=False, only_gaps=False, offset=0, limit=PAGE_SIZE):
        """Return one page of the matrix, with what is in force today and what is yet to start.

        :param search: part of a producer's name, credit code or number in WIM
        :param business_id: only this column, and only producers served in it
        :param user_id: only producers whom this salesperson serves today
        :param only_gaps: only producers whom nobody serves today (in that business, if one is given)
        :return: dict with ``total`` producers, ``businesses`` (columns), ``users`` (for the filter), ``can_edit`` and
            ``producers``: id, name, uscc and ``cells``, a dict business id (as text) -> list of assignments
        """
        self.check_access("read")
        today = fields.Date.context_today(self)
        partners = self.env["res.partner"]
        domain = self._domain_matrix_producers(search, business_id, user_id, only_gaps, today)
        producers = partners.search_fetch(domain, ["name", "uscc"], offset=offset, limit=limit, order="complete_name, id")
        everything = not offset and len(producers) < limit
        businesses = self.env["waste.business"].search_fetch(
            [("id", "=", business_id)] if business_id else [], ["name", "color"])
        rows = self.search_fetch(
            Domain("producer_id", "in", producers.ids) & Domain("business_id", "in", businesses.ids)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today)),
            ["producer_id", "business_id", "category_code", "user_id", "share_percent", "date_from", "date_to"],
            order="category_code NULLS FIRST, date_from, share_percent desc, id")
        names = self._get_salespeople()
        return {
            "total": len(producers) if everything else partners.search_count(domain),
            "can_edit": self.has_access("create"),
            "businesses": [{"id": business.id, "name": business.name, "color": business.color} for business in businesses],
            "users": [{"id": user_id, "name": name} for user_id, name in names.items()],
            "producers": self._prepare_matrix_rows(producers, rows, names, today),
        }

    def _get_salespeople(self):
        """Return user id -> name of everybody who serves anybody, by name: for the filter, and for the cells.

        A user's name is his partner's; reading it through the ORM would be two queries.
        """
        users = self.env["res.users"].with_context(active_test=False)
        query = users._search([("assignment_ids", "!=", False)], order="name, id")
        return dict(self.env.execute_query(query.select(
            users._field_to_sql(query.table, "id", query), users._field_to_sql(query.table, "name", query))))

    def _domain_matrix_producers(self, search, business_id, user_id, only_gaps, today):
        domain = Domain("party_role_ids.code", "=", "producer")
        if search:
            domain &= Domain.OR(Domain(name, "ilike", search) for name in ("name", "uscc", "external_key"))
        served = self._domain_valid_on(today)
        if business_id:
            served &= Domain("business_id", "=", business_id)
        if only_gaps:
            return domain & ~Domain("assignment_ids", "any", served)
        if user_id:
            served &= Domain("user_id", "=", user_id)
        return domain & Domain("assignment_ids", "any", served) if business_id or user_id else domain

    def _prepare_matrix_rows(self, producers, rows, names, today):
        cells = {producer.id: {} for producer in producers}
        for row in rows:
            cells[row.producer_id.id].setdefault(str(row.business_id.id), []).append({
                "id": row.id,
                "user_id": row.user_id.id,
                "name": names[row.user_id.id],
                "category": row.category_code or "",
                "share": row.share_percent,
                "date_from": fields.Date.to_string(row.date_from),
                "date_to": fields.Date.to_string(row.date_to) or "",
                "is_upcoming": row.date_from > today,
            })
        return [
            {"id": producer.id, "name": producer.name, "uscc": producer.uscc or "", "cells": cells[producer.id]}
            for producer in producers
        ]
