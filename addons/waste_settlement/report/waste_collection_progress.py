from odoo import fields, models
from odoo.tools import SQL


class WasteCollectionProgress(models.Model):
    """What each salesperson collected: counted collections, split by the assignments of the day of the money.

    Each share is rounded to the cent; what rounding leaves goes to the largest share. Shares that nobody has,
    up to 100 %, are a row without salesperson, so that the rows of a collection always come to its amount.
    """

    _name = "waste.collection.progress"
    _description = "Collection Progress"
    _auto = False
    _order = "date desc, id"

    _depends = {
        "waste.collection": ["date", "contract_id", "company_id", "business_id", "currency_id", "counted_amount", "is_counted"],
        "waste.assignment": [
            "producer_id", "business_id", "category_id", "user_id", "team_id", "share_percent", "date_from", "date_to"],
        "sale.order": ["partner_id"],
    }

    collection_id = fields.Many2one("waste.collection", "Collection", readonly=True)
    date = fields.Date("Received on", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    contract_id = fields.Many2one("sale.order", "Contract", readonly=True)
    business_id = fields.Many2one("waste.business", "Business", readonly=True)
    company_id = fields.Many2one("res.company", "Operating Company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    share_percent = fields.Float("Share (%)", digits=(5, 2), readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Collected", readonly=True)

    @property
    def _table_query(self):
        # As `waste.assignment._share_on` without a category: rows of one category are not meant for money of a contract.
        return SQL("""
            WITH counted AS (
                SELECT c.id, c.date, c.contract_id, c.company_id, c.business_id, c.currency_id, c.counted_amount::numeric AS amount,
                       o.partner_id
                  FROM waste_collection c
                  JOIN sale_order o ON o.id = c.contract_id
                 WHERE c.is_counted
            ), assigned AS (
                SELECT counted.id AS collection_id, a.id AS assignment_id, a.user_id, a.team_id, a.share_percent::numeric AS share_percent
                  FROM counted
                  JOIN waste_assignment a ON a.producer_id = counted.partner_id AND a.business_id = counted.business_id
                   AND a.category_id IS NULL AND a.date_from <= counted.date
                   AND (a.date_to IS NULL OR a.date_to >= counted.date)
            ), rest AS (
                SELECT counted.id AS collection_id, 0 AS assignment_id, NULL::integer AS user_id, NULL::integer AS team_id,
                       100 - COALESCE(SUM(assigned.share_percent), 0) AS share_percent
                  FROM counted
                  LEFT JOIN assigned ON assigned.collection_id = counted.id
                 GROUP BY counted.id
                HAVING 100 - COALESCE(SUM(assigned.share_percent), 0) > 0
            ), shares AS (
                SELECT * FROM assigned
                UNION ALL
                SELECT * FROM rest
            ), rounded AS (
                SELECT shares.*, ROUND(counted.amount * shares.share_percent / 100, 2) AS part,
                       ROW_NUMBER() OVER (
                           PARTITION BY shares.collection_id ORDER BY shares.share_percent DESC, shares.assignment_id) AS rank
                  FROM shares
                  JOIN counted ON counted.id = shares.collection_id
            )
            SELECT (counted.id::bigint << 20) + rounded.rank AS id,
                   counted.id AS collection_id, counted.date, counted.partner_id, counted.contract_id, counted.business_id,
                   counted.company_id, counted.currency_id, rounded.user_id, rounded.team_id, rounded.share_percent,
                   rounded.part + CASE WHEN rounded.rank = 1
                       THEN counted.amount - SUM(rounded.part) OVER (PARTITION BY rounded.collection_id) ELSE 0 END AS amount
              FROM rounded
              JOIN counted ON counted.id = rounded.collection_id
        """)
