import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.wecom.models.exclusive import run_step
from odoo.addons.wecom.models.wecom_client import WeComError
from odoo.addons.wecom.tools import envelope

CHANNEL_PREFIX = 'QR-'
ALLOTTED = '202'  # by an administrator: a handover
NOTED = {'remark', 'description', 'remark_corp_name'}


class WecomRelation(models.Model):
    """A member and a customer who have each other on WeCom; kept when it ends."""
    _name = 'wecom.relation'
    _description = "WeCom relation"
    _order = 'added_at desc, id desc'

    contact_id = fields.Many2one('wecom.contact', "Customer", required=True, readonly=True, ondelete='cascade', index=True)
    app_id = fields.Many2one(related='contact_id.app_id', store=True)
    company_id = fields.Many2one(related='contact_id.company_id', store=True)
    member_id = fields.Many2one('wecom.member', "Member", required=True, readonly=True, ondelete='restrict', index=True)
    user_id = fields.Many2one(related='member_id.user_id', store=True, index='btree_not_null', string="User")
    state = fields.Selection([
        ('active', "Friends"),
        ('lost', "Customer deleted us"),
        ('removed', "Member deleted the customer"),
        ('transferred', "Handed over"),
        ('unknown', "Ended unnoticed"),
        ('half', "To be confirmed"),
        ('lapsed', "Never confirmed"),
    ], required=True, readonly=True, default='active')
    added_at = fields.Datetime("Added", readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    remark = fields.Char("Member's name for him")
    description = fields.Char("Member's note")
    remark_corp_name = fields.Char("Company noted")
    mobiles = fields.Char("Mobile numbers noted", readonly=True, help="JSON list.")
    mobile_text = fields.Char("Mobile", compute='_compute_mobile_text')
    add_way = fields.Selection([  # D:92114
        ('0', "Unknown"),
        ('1', "QR code"),
        ('2', "Phone number"),
        ('3', "Card shared"),
        ('4', "Group chat"),
        ('5', "Contacts of the phone"),
        ('6', "WeChat contacts"),
        ('8', "Third-party app"),
        ('9', "E-mail"),
        ('10', "Video channel"),
        ('11', "Calendar"),
        ('12', "Meeting"),
        ('13', "Documents"),
        ('16', "Customer acquisition link"),
        ('17', "Customised link"),
        ('18', "Repair and warranty"),
        ('201', "Shared internally"),
        ('202', "Allotted by an administrator"),
    ], string="Added by", readonly=True)
    channel = fields.Char("Channel", readonly=True, index='btree_not_null', help="The state of the code by which he came.")
    oper_userid = fields.Char("Who added", readonly=True)
    tag_ids = fields.Many2many('wecom.tag', 'wecom_relation_tag_rel', 'relation_id', 'tag_id', "Tags")
    known_tag_ids = fields.Many2many('wecom.tag', 'wecom_relation_known_tag_rel', 'relation_id', 'tag_id', "Tags on WeCom", readonly=True)
    personal_tags = fields.Char("Member's own tags", readonly=True, help="Seen by this member only on WeCom.")
    is_unsent = fields.Boolean("On its way to WeCom", readonly=True, help="Was changed here; WeCom is being told.")
    has_unsent_notes = fields.Boolean(readonly=True)
    problem = fields.Char(readonly=True)
    seen_resync_id = fields.Many2one('wecom.resync', "Seen by comparison", readonly=True, ondelete='set null')

    _pair_uniq = models.UniqueIndex("(contact_id, member_id)", "The relation is known already.")
    _state_idx = models.Index("(member_id, state)")

    @api.depends('mobiles')
    def _compute_mobile_text(self):
        for relation in self:
            relation.mobile_text = ', '.join(json.loads(relation.mobiles or '[]'))

    @api.depends('contact_id.display_name', 'member_id.name')
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = f'{relation.contact_id.display_name} – {relation.member_id.name}'

    # === CRUD METHODS === #

    def write(self, vals):
        """People change what a member notes of a customer, and WeCom is told; the rest only WeCom changes."""
        if self.env.su:
            return super().write(vals)
        if vals.keys() - NOTED - {'tag_ids'}:
            raise AccessError(self.env._("Only what a member notes of a customer, and the tags, can be changed here."))
        self.env.ref('wecom_contact.ir_cron_wecom_relation_send').sudo()._trigger()
        notes = {'has_unsent_notes': True} if vals.keys() & NOTED else {}
        return super().write({**vals, **notes, 'is_unsent': True, 'problem': False})

    # === WHAT WECOM IS TOLD === #

    @api.model
    def _cron_send(self):
        """Tell WeCom what was noted here, one transaction each. It causes no event, and telling it twice changes nothing."""
        waiting = self.env['wecom.app']
        while unsent := self.search([('is_unsent', '=', True), ('app_id', 'not in', waiting.ids)], order='id', limit=1000):
            for left, relation in zip(reversed(range(len(unsent))), unsent):
                if relation.app_id in waiting:
                    continue
                try:
                    run_step(self.env, relation._send)
                except WeComError as error:
                    if error.policy != 'business':
                        at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60)
                        self.env.ref('wecom_contact.ir_cron_wecom_relation_send').sudo()._trigger(at)
                        self.env['ir.cron']._commit_progress(0, remaining=0)
                        waiting |= relation.app_id
                        continue
                    relation.write({'is_unsent': False, 'has_unsent_notes': False, 'problem': error.sentence})
                    relation.contact_id._mark_stale()  # back to what WeCom has
                if not self.env['ir.cron']._commit_progress(1, remaining=left):
                    return

    def _send(self):
        """Tell WeCom what the member notes, and the tags that differ from those it has."""
        call = self.env['wecom.client']._call
        pair = {'userid': self.member_id.userid, 'external_userid': self.contact_id.external_userid}
        if self.has_unsent_notes:
            call(self.app_id, 'externalcontact/remark', {
                **pair, 'remark': self.remark or '', 'description': self.description or '', 'remark_company': self.remark_corp_name or ''})
        usable = self.tag_ids.filtered('number')
        added, removed = usable - self.known_tag_ids, self.known_tag_ids - self.tag_ids
        if added or removed:
            call(self.app_id, 'externalcontact/mark_tag', {
                **pair, 'add_tag': added.mapped('number'), 'remove_tag': removed.mapped('number')})
        self.write({'is_unsent': False, 'has_unsent_notes': False, 'known_tag_ids': [Command.set(usable.ids)]})

    # === WHAT WECOM SAYS === #

    @api.model
    def _prepare(self, row, tags):
        """Return the values of a ``follow_user`` of get, or a ``follow_info`` of batch/get_by_user: those that the row has, no others.

        The second has neither names of tags nor the member's own.

        :param tags: {number: tag}, of `wecom.tag._ensure`
        """
        vals = {'state': 'active', 'ended_at': False, 'added_at': envelope.moment(row['createtime'])}
        for name, field in (('remark', 'remark'), ('description', 'description'), ('remark_corp_name', 'remark_corp_name'),
                            ('state', 'channel'), ('oper_userid', 'oper_userid')):
            if name in row:
                vals[field] = row[name] or False
        if 'remark_mobiles' in row:
            vals['mobiles'] = json.dumps(row['remark_mobiles']) if row['remark_mobiles'] else False
        if 'add_way' in row:
            known = dict(self._fields['add_way'].selection)
            vals['add_way'] = str(row['add_way']) if str(row['add_way']) in known else '0'
        if 'tags' in row:
            vals['personal_tags'] = ', '.join(tag['tag_name'] for tag in row['tags'] if tag['type'] == 2) or False
        if 'tags' in row or 'tag_id' in row:
            vals['tag_ids'] = vals['known_tag_ids'] = self.env['wecom.tag'].concat(
                *(tags[number] for number in self.env['wecom.tag']._read_numbers(row)))
        return vals

    @api.model
    def _keep(self, contact, rows):
        """Write what WeCom says of the relations of one customer.

        :return: the relations of these rows that exist now
        """
        members = self.env['wecom.member']._ensure(contact.app_id, [row['userid'] for row in rows])
        known = {relation.member_id: relation for relation in contact.relation_ids}
        tags = self.env['wecom.tag']._ensure(contact.app_id, rows)
        kept = self.browse()
        for row in rows:
            member, vals = members[row['userid'].lower()], self._prepare(row, tags)
            relation = known.get(member)
            if not relation:
                relation = known[member] = self.create({'contact_id': contact.id, 'member_id': member.id, **self._to_write(vals)})
            else:
                relation._write_seen(vals)
            kept |= relation
        return kept

    def _write_seen(self, vals):
        """Write what differs.

        A relation that the customer ended stays on WeCom's list, as the member still has him: it comes back only by being added anew.

        :return: what differed, [[field, here before, on WeCom], …] in words
        """
        if self.is_unsent:
            vals = {name: value for name, value in vals.items() if name not in NOTED | {'tag_ids'}}
        if self.state == 'lost' and vals['added_at'] < self.ended_at:
            vals = {name: value for name, value in vals.items() if name not in ('state', 'ended_at')}
        changed = {name: value for name, value in vals.items() if self[name] != value}
        told = [[name, self._in_words(self[name]), self._in_words(value)] for name, value in changed.items() if name != 'known_tag_ids']
        if changed:
            self.write(self._to_write(changed))
        return told

    @api.model
    def _in_words(self, value):
        return ', '.join(value.mapped('name')) if isinstance(value, models.BaseModel) else str(value or '')

    def _mark_seen(self, resync):
        """Note that a comparison saw them; in one statement, as each night it is all there are."""
        self.flush_recordset(['seen_resync_id'])
        self.env.execute_query(SQL(
            "UPDATE wecom_relation SET seen_resync_id = %s WHERE id = ANY(%s) RETURNING id", resync.id, list(self.ids)))
        self.invalidate_recordset(['seen_resync_id'], flush=False)

    @api.model
    def _to_write(self, vals):
        """Return values that hold records as ``write`` and ``create`` want them."""
        return {name: self._fields[name].convert_to_write(value, self) if isinstance(value, models.BaseModel) else value
                for name, value in vals.items()}

    def _end(self, state, moment=None, callback=None):
        """Note that the relations ended, and the loss with it.

        :param state: 'lost', 'removed', 'transferred' or 'unknown'
        """
        ended = self.filtered(lambda relation: relation.state == 'active')
        moment = moment or fields.Datetime.now()
        ended.write({'state': state, 'ended_at': moment})
        self.env['wecom.loss'].create([{
            'relation_id': relation.id, 'side': state, 'happened_at': moment, 'callback_id': callback.id if callback else False,
        } for relation in ended if state != 'transferred'])

    def _explain_end(self, state, moment, callback):
        """Put what an event says in the place of what a comparison could only guess."""
        guess = self.env['wecom.loss'].search([('relation_id', '=', self.id), ('side', '=', 'unknown')], limit=1)
        self.write({'state': state, 'ended_at': moment})
        if state == 'transferred':
            guess.unlink()
        else:
            guess.write({'side': state, 'happened_at': moment, 'callback_id': callback.id, 'alerted_at': False})

    # === LEADS === #

    def _find_or_create_leads(self):
        """Give each customer who came by these relations one lead: an open one of his number or contact, else a new one.

        Those who were friends before the app was set up here, or came by a handover, are customers already, no leads.
        """
        came = self.filtered(lambda relation: relation.state in ('active', 'half') and relation.add_way != ALLOTTED
                             and relation.added_at >= relation.app_id.create_date.replace(microsecond=0))
        for relation in came:
            contact = relation.contact_id
            known = contact.with_context(active_test=False).lead_ids
            if known:
                relation._name_leads(known)
                continue
            lead = relation._find_lead()
            if lead:
                lead.wecom_contact_id = contact
                lead.message_post(body=self.env._(
                    "%(customer)s added %(member)s on WeCom.", customer=contact.display_name, member=relation.member_id.name))
            else:
                relation._create_lead()

    def _create_lead(self):
        return self.env['crm.lead'].create(self._prepare_lead())

    def _find_lead(self):
        contact, lead = self.contact_id, self.env['crm.lead']
        domain = Domain('wecom_contact_id', '=', False) & Domain(contact._get_company_domain()) \
            & Domain('stage_id.is_won', '=', False)
        same = Domain('partner_id', '=', contact.partner_id.id) if contact.partner_id else Domain.FALSE
        numbers = [f'+86{number[-11:]}' for number in json.loads(self.mobiles or '[]')]
        found = lead.search(domain & (same | Domain('phone_sanitized', 'in', numbers)), limit=2)
        return found if len(found) == 1 else lead

    def _prepare_lead(self):
        """Return the values of a new lead. To override."""
        contact, mobiles = self.contact_id, json.loads(self.mobiles or '[]')
        user = self.user_id if self.user_id.active else self.env['res.users']
        # A corp of all companies knows contacts of each; a lead of none can't name them.
        partner = contact.partner_id.filtered(lambda partner: partner.company_id <= self.company_id)
        return {
            'name': contact.name, 'contact_name': self.remark or contact.name, 'type': 'lead' if self._uses_leads(user) else 'opportunity',
            'partner_id': partner.id, 'partner_name': self.remark_corp_name or contact.corp_name,
            'phone': mobiles[0] if mobiles else False, 'user_id': user.id, 'company_id': self.company_id.id,
            'wecom_contact_id': contact.id, 'source_id': self._find_source().id,
        }

    def _uses_leads(self, user):
        return (user or self.env.user).has_group('crm.group_use_lead')

    def _find_source(self):
        """Return where he came from: the channel's name without its mark; WeCom where there is none. To override."""
        name = re.sub(f'^{CHANNEL_PREFIX}', '', self.channel or '', flags=re.IGNORECASE).strip()
        if not name:
            return self.env.ref('wecom_contact.utm_source_wecom')
        return self.env['utm.source'].search([('name', '=', name)], limit=1) or self.env['utm.source'].create({'name': name})
