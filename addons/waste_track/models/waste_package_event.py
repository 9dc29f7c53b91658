import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import EVENT_KINDS


class WastePackageEvent(models.Model):
    _name = "waste.package.event"
    _description = "Package Event"
    _order = "occurred_at, id"
    _rec_name = "kind"

    package_id = fields.Many2one("waste.package", "Package", required=True, index=True, ondelete="restrict")
    producer_id = fields.Many2one(related="package_id.producer_id")
    company_id = fields.Many2one("res.company", "Operating Company", required=True)
    kind = fields.Selection(EVENT_KINDS, "Node", required=True)
    occurred_at = fields.Datetime("Happened", required=True, help="When it happened in the world.")
    recorded_at = fields.Datetime(
        "Recorded", required=True, default=fields.Datetime.now, help="When the reporting system told us.",
    )
    is_late = fields.Boolean("Late Report", help="Told after a later node of the same package was due.")
    unit_id = fields.Many2one("res.partner", "By", index="btree_not_null")
    place = fields.Char()
    plate = fields.Char()
    qty_kg = fields.Float("Quantity (kg)", digits=(16, 3))
    method_id = fields.Many2one("waste.disposal.method", "Disposal Method")
    reason = fields.Char()
    op_no = fields.Char("Conversion No.")
    void_of_id = fields.Many2one(
        "waste.package.event", "Reverses", index="btree_not_null",
        help="Events are never changed: a wrong one is reversed by this one.",
    )
    external_key = fields.Char(index="btree_not_null", help="The key of this event in the system that told us.")
    external_extra = fields.Json("Other Fields")

    _package_idx = models.Index("(package_id, occurred_at, id)")

    # === CRUD METHODS === #

    @api.model
    def _record(self, vals_list):
        """Keep many events in one statement; an integration tells a million of them a year.

        Measured in batches of 1,000: 20 µs a row here, 100 µs through ``create``. No field of an event is computed
        and stored, and nothing reacts to its creation but `waste.package._refresh`, which the caller calls. Jobs
        record, never people: the user says nothing, and the look-up of each of two would be 5 µs a row.

        :param vals_list: dicts with the same keys, columns of the table; JSON-able values, datetimes in UTC
        """
        if not vals_list:
            return
        self.check_access("create")
        self.env["waste.package"].flush_model()
        self.env.execute_query(SQL(
            "INSERT INTO %(table)s (create_date, write_date, %(columns)s) SELECT %(now)s, %(now)s, %(columns)s "
            "FROM json_populate_recordset(NULL::%(table)s, %(rows)s) RETURNING id",
            table=SQL.identifier(self._table), columns=SQL(", ").join(map(SQL.identifier, vals_list[0])),
            now=self.env.cr.now(), rows=json.dumps(vals_list, default=str),
        ))
        self.env["waste.package"].invalidate_model(["event_ids"])

    def write(self, vals):
        raise UserError(self.env._(
            "Package events are evidence and are never changed; record a reversing event instead.",
        ))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._(
            "Package events are evidence and are never deleted; record a reversing event instead.",
        ))
