from odoo import fields, models
from odoo.tools import SQL


class WecomChannelReport(models.Model):
    """What came of the codes: one row for each customer of a member who came by a code.

    A customer who came several times has one lead, which counts where he came first. WeCom counts no scans of a code, only who adds.
    """
    _name = 'wecom.channel.report'
    _description = "WeCom channel report"
    _auto = False
    _order = 'added_at desc, id desc'
    _rec_name = 'channel_id'

    _depends = {
        'wecom.channel': ['key', 'source_id', 'campaign_id'],
        'wecom.relation': ['contact_id', 'member_id', 'user_id', 'company_id', 'channel', 'added_at', 'state'],
        'wecom.link.day': ['channel_id', 'company_id', 'date', 'click_count'],
        'crm.lead': ['wecom_contact_id', 'stage_id'],
    }

    channel_id = fields.Many2one('wecom.channel', "Channel code", readonly=True)
    contact_id = fields.Many2one('wecom.contact', "Customer", readonly=True)
    member_id = fields.Many2one('wecom.member', "Member", readonly=True)
    user_id = fields.Many2one('res.users', "User", readonly=True)
    source_id = fields.Many2one('utm.source', "Source", readonly=True)
    campaign_id = fields.Many2one('utm.campaign', "Campaign", readonly=True)
    company_id = fields.Many2one('res.company', "Company", readonly=True)
    added_at = fields.Datetime("Added on", readonly=True)
    half_count = fields.Integer(
        "Not confirmed", readonly=True, help="Added a member, who hasn't confirmed them (yet); who is confirmed counts as added instead.")
    added_count = fields.Integer("Added", readonly=True, help="Who scanned and added a member; WeCom doesn't tell who only scanned.")
    active_count = fields.Integer("Still friends", readonly=True)
    lost_count = fields.Integer("Lost", readonly=True)
    click_count = fields.Integer("Taps", readonly=True, help="Of links; nobody counts those of QR codes.")
    lead_count = fields.Integer("Leads", readonly=True)
    won_count = fields.Integer("Won", readonly=True)

    @property
    def _table_query(self):
        names = list(dict.fromkeys(name for columns, _tables in self._get_parts() for name in columns))
        return SQL(" UNION ALL ").join(
            SQL("SELECT %s FROM %s", SQL(", ").join(
                SQL("%s AS %s", columns.get(name) or self._get_nothing(name), SQL.identifier(name)) for name in names), tables)
            for columns, tables in self._get_parts())

    def _get_nothing(self, name):
        return SQL("NULL::%s", SQL(self._fields[name].column_type[1]))

    def _get_parts(self):
        """Return [({column: expression}, what follows FROM)] of the kinds of rows; columns that one lacks are empty. To extend."""
        return [
            (self._get_columns(), self._get_tables()),
            (self._get_day_columns(), SQL("wecom_link_day day JOIN wecom_channel channel ON channel.id = day.channel_id")),
        ]

    def _get_columns(self):
        """Return the columns of a customer who came."""
        return {
            'id': SQL("relation.id * 4"),
            'channel_id': SQL("channel.id"),
            'contact_id': SQL("relation.contact_id"),
            'member_id': SQL("relation.member_id"),
            'user_id': SQL("relation.user_id"),
            'source_id': SQL("channel.source_id"),
            'campaign_id': SQL("channel.campaign_id"),
            'company_id': SQL("relation.company_id"),
            'added_at': SQL("relation.added_at"),
            'half_count': SQL("(relation.state IN ('half', 'lapsed'))::int"),
            'added_count': SQL("(relation.state NOT IN ('half', 'lapsed'))::int"),
            'active_count': SQL("(relation.state = 'active')::int"),
            'lost_count': SQL("(relation.state IN ('lost', 'removed', 'unknown'))::int"),
            'lead_count': SQL("COALESCE(leads.lead_count, 0)"),
            'won_count': SQL("COALESCE(leads.won_count, 0)"),
        }

    def _get_day_columns(self):
        """Return the columns of a day of a link."""
        return {
            'id': SQL("day.id * 4 + 1"), 'channel_id': SQL("channel.id"), 'source_id': SQL("channel.source_id"),
            'campaign_id': SQL("channel.campaign_id"), 'company_id': SQL("day.company_id"),
            'added_at': SQL("day.date::timestamp"), 'click_count': SQL("day.click_count"),
        }

    def _get_relation_tables(self):
        """Return relations with their code; ``came.is_first`` tells whether what came of the customer counts for this one."""
        return SQL("""
            wecom_relation relation
            JOIN wecom_channel channel ON channel.key = relation.channel
            CROSS JOIN LATERAL (SELECT NOT EXISTS (
                SELECT FROM wecom_relation earlier JOIN wecom_channel code ON code.key = earlier.channel
                 WHERE earlier.contact_id = relation.contact_id
                   AND (earlier.added_at, earlier.id) < (relation.added_at, relation.id)) AS is_first) came""")

    def _get_tables(self):
        return SQL("""%s
            LEFT JOIN LATERAL (
                SELECT COUNT(*) AS lead_count, COUNT(*) FILTER (WHERE stage.is_won) AS won_count
                  FROM crm_lead lead LEFT JOIN crm_stage stage ON stage.id = lead.stage_id
                 WHERE came.is_first AND lead.wecom_contact_id = relation.contact_id) leads ON TRUE""", self._get_relation_tables())
