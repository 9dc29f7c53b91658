from odoo import fields, models
from odoo.tools import SQL


class WasteVolumeReport(models.Model):
    """What each producer delivered and what it came to, by business period (订量): one row for each received batch.

    The amount of a statement line is shared out among its batches by weight, evenly where it counts none, such as a fee's.
    Receivable and payable stay apart (I-35).
    """

    _name = "waste.volume.report"
    _description = "Volumes by Period"
    _auto = False
    _order = "date desc, id"

    _depends = {
        "waste.batch": ["contract_id", "producer_id", "business_id", "company_id", "inbound_at", "accepted_kg"],
        "waste.statement": ["state", "direction", "currency_id"],
        "waste.statement.line": ["statement_id", "batch_ids", "quantity_kg", "amount"],
        "waste.period": ["date_start", "date_end"],
        "sale.order": ["user_id", "currency_id"],
    }

    batch_id = fields.Many2one("waste.batch", "Batch", readonly=True)
    date = fields.Date("Stored on", readonly=True)
    period_id = fields.Many2one("waste.period", "Period", readonly=True)
    partner_id = fields.Many2one("res.partner", "Producer", readonly=True)
    contract_id = fields.Many2one("sale.order", "Contract", readonly=True)
    business_id = fields.Many2one("waste.business", "Business", readonly=True)
    company_id = fields.Many2one("res.company", "Operating Company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    quantity_t = fields.Float("Quantity (t)", digits=(16, 3), readonly=True)
    receivable_amount = fields.Monetary("Receivable", readonly=True)
    payable_amount = fields.Monetary("Payable", readonly=True)

    @property
    def _table_query(self):
        return SQL("""
            WITH charged AS (
                SELECT rel.batch_id, s.direction,
                       l.amount::numeric * CASE WHEN SUM(b.accepted_kg) OVER line > 0
                           THEN b.accepted_kg::numeric / (SUM(b.accepted_kg) OVER line)::numeric
                           ELSE 1.0 / COUNT(*) OVER line END AS part
                  FROM waste_statement_line l
                  JOIN waste_statement s ON s.id = l.statement_id AND s.state != 'cancelled'
                  JOIN waste_statement_line_batch_rel rel ON rel.line_id = l.id
                  JOIN waste_batch b ON b.id = rel.batch_id
                WINDOW line AS (PARTITION BY l.id)
            ), amounts AS (
                SELECT batch_id,
                       ROUND(SUM(part) FILTER (WHERE direction != 'payable'), 2) AS receivable_amount,
                       ROUND(SUM(part) FILTER (WHERE direction = 'payable'), 2) AS payable_amount
                  FROM charged
                 GROUP BY batch_id
            ), received AS (
                SELECT b.*, (b.inbound_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Shanghai')::date AS day
                  FROM waste_batch b
                 WHERE b.inbound_at IS NOT NULL
            )
            SELECT b.id, b.id AS batch_id, b.day AS date, p.id AS period_id, b.producer_id AS partner_id, b.contract_id,
                   b.business_id, b.company_id, o.user_id, o.currency_id, b.accepted_kg::numeric / 1000 AS quantity_t,
                   COALESCE(a.receivable_amount, 0) AS receivable_amount, COALESCE(a.payable_amount, 0) AS payable_amount
              FROM received b
              JOIN sale_order o ON o.id = b.contract_id
              LEFT JOIN amounts a ON a.batch_id = b.id
              LEFT JOIN waste_period p ON b.day BETWEEN p.date_start AND p.date_end
        """)
