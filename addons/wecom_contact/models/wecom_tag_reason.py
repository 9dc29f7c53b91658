from odoo import api, fields, models


class WecomTagReason(models.Model):
    """Why a tag is on a customer, and until when it was: by which rule, for which fact. What people put on needs no reason."""
    _name = 'wecom.tag.reason'
    _description = "Reason of a WeCom tag"
    _order = 'ended_at desc, id desc'
    _rec_name = 'tag_id'

    relation_id = fields.Many2one('wecom.relation', "Relation", required=True, readonly=True, ondelete='cascade', index=True)
    contact_id = fields.Many2one(related='relation_id.contact_id', store=True, index=True)
    member_id = fields.Many2one(related='relation_id.member_id')
    company_id = fields.Many2one(related='relation_id.company_id', store=True)
    tag_id = fields.Many2one('wecom.tag', "Tag", required=True, readonly=True, ondelete='cascade', index=True)
    rule_id = fields.Many2one('wecom.tag.rule', "Rule", required=True, readonly=True, ondelete='restrict', index=True)
    kind = fields.Char(required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    fact = fields.Char(readonly=True)
    sentence = fields.Char("Why", compute='_compute_sentence')
    has_put_on = fields.Boolean("Put on by the rule", readonly=True, help="Not set where a person had put the tag on before: it stays.")
    ended_at = fields.Datetime("Until", readonly=True)
    end = fields.Selection([
        ('condition', "No longer so"),
        ('undone', "Rule taken back"),
        ('person', "Taken off by a person"),
        ('refused', "Refused by WeCom"),
    ], readonly=True)

    _running_uniq = models.UniqueIndex("(relation_id, tag_id, rule_id) WHERE ended_at IS NULL", "The rule put the tag on already.")

    @api.depends('kind', 'fact', 'rule_id.name')
    @api.depends_context('lang')
    def _compute_sentence(self):
        for reason in self:
            name = f'wecom.tag.kind.{reason.kind}'
            reason.sentence = self.env[name]._get_sentence(reason) if name in self.env else reason.rule_id.name

    @api.model
    def _begin(self, rule, facts):
        """Put a rule's tag on.

        :param facts: {relation: fact}
        """
        now = fields.Datetime.now()
        self.create([{
            'relation_id': relation.id, 'tag_id': rule.tag_id.id, 'rule_id': rule.id, 'kind': rule.kind, 'since': now, 'fact': fact,
            'has_put_on': rule.tag_id not in relation.tag_ids} for relation, fact in facts.items()])
        self.env['wecom.relation'].concat(*facts)._change_tags(rule.tag_id, self.env['wecom.tag'])

    def _end(self, how):
        """End the reasons; a tag that a rule put on goes with its last reason."""
        self.write({'ended_at': fields.Datetime.now(), 'end': how})
        for tag, reasons in self.filtered('has_put_on').grouped('tag_id').items():
            others = self.search([('relation_id', 'in', reasons.relation_id.ids), ('tag_id', '=', tag.id), ('ended_at', '=', False)])
            others.has_put_on = True
            (reasons.relation_id - others.relation_id).filtered(lambda relation: relation.state == 'active')._change_tags(
                self.env['wecom.tag'], tag)

    @api.model
    def _note_removals(self, removed, by_person):
        """Remember what was taken off otherwise than by the rules: a rule doesn't put on again what a person took off.

        :param removed: {relation: tags}
        :param by_person: {relation: tags} of these that a person took off
        """
        relations = self.env['wecom.relation'].concat(*removed)
        for reason in self.search([('relation_id', 'in', relations.ids), ('ended_at', '=', False)]):
            if reason.tag_id in removed[reason.relation_id]:
                is_persons = reason.tag_id in by_person[reason.relation_id]
                reason.write({'ended_at': fields.Datetime.now(), 'end': 'person' if is_persons else 'refused'})
