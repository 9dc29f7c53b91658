import json

from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

MEMBERS_AT_ONCE = 100  # of one call, and customers of one page: WeCom's own limits (D:92994)
PAGE = 100
CHATS = 1000  # of one page (D:92120)
RETRY = 60
NO_MORE = (40003, 60111)  # a member left while we compared


class WecomResync(models.Model):
    """A comparison of all customers with WeCom: page by page, each committed, so that it resumes where it was cut.

    Nothing is ended before all pages were read: who is missing then is missing on WeCom.
    """
    _name = 'wecom.resync'
    _description = "Comparison of WeCom customers"
    _order = 'id desc'
    _rec_name = 'started_at'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    state = fields.Selection([
        ('running', "Running"),
        ('done', "Done"),
    ], required=True, readonly=True, default='running')
    started_at = fields.Datetime("Started", readonly=True)
    ended_at = fields.Datetime("Ended", readonly=True)
    members = fields.Text("Members left", readonly=True, help="JSON list; the first hundred are being read.")
    cursor = fields.Char("Page", readonly=True)
    page_count = fields.Integer("Pages", readonly=True)
    chats = fields.Text("Group chats seen", readonly=True, help="JSON list.")
    seen_count = fields.Integer("Relations seen", readonly=True)
    new_count = fields.Integer("New here", readonly=True)
    changed_count = fields.Integer("Changed", readonly=True)
    missing_count = fields.Integer("Ended on WeCom", readonly=True)
    problem = fields.Char(readonly=True)

    _running_uniq = models.UniqueIndex("(app_id) WHERE state = 'running'", "A comparison of this app is running already.")

    @api.model
    def _begin(self, app):
        """Start a comparison, or go on with the one that runs."""
        running = self.search([('app_id', '=', app.id), ('state', '=', 'running')])
        resync = running or self.create({'app_id': app.id, 'started_at': fields.Datetime.now()})
        self.env.ref('wecom_contact.ir_cron_wecom_resync').sudo()._trigger()
        return resync

    @api.model
    def _cron_begin(self):
        """Compare nightly: events get lost, and WeCom repeats none."""
        for app in self.env['wecom.contact']._read_group([], ['app_id']):
            self._begin(app[0])

    @api.model
    def _cron_resync(self):
        for resync in self.search([('state', '=', 'running')], order='id'):
            while resync.state == 'running':
                try:
                    resync._read_page()
                except WeComError as error:
                    resync.problem = error.sentence
                    at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or RETRY)
                    self.env.ref('wecom_contact.ir_cron_wecom_resync').sudo()._trigger(at)
                    self.env['ir.cron']._commit_progress(0, remaining=0)
                    break
                if not self.env['ir.cron']._commit_progress(1, remaining=int(resync.state == 'running')):
                    return

    def _read_page(self):
        """Read the next page and write it; the caller commits."""
        call = self.env['wecom.client']._call
        if not self.members:
            self.env['wecom.tag']._sync(self.app_id)  # the pages name tags by number only
            userids = call(self.app_id, 'externalcontact/get_follow_user_list')['follow_user']
            self.env['wecom.member']._note_followers(self.app_id, userids)
            self.members = json.dumps(userids)
        waiting = json.loads(self.members)
        if not waiting:
            if self._read_chats():
                self._finish()
            return
        body = {'userid_list': waiting[:MEMBERS_AT_ONCE], 'cursor': self.cursor or '', 'limit': PAGE}
        try:
            answer = call(self.app_id, 'externalcontact/batch/get_by_user', body)
        except WeComError as error:
            if error.code not in NO_MORE:
                raise
            present = set(call(self.app_id, 'externalcontact/get_follow_user_list')['follow_user'])
            self.write({'members': json.dumps([name for name in waiting if name in present]), 'cursor': False})
            return
        self._keep(answer.get('external_contact_list') or [])
        after = answer.get('next_cursor')
        self.write({'page_count': self.page_count + 1, 'cursor': after or False, 'problem': False,
                    **({} if after else {'members': json.dumps(waiting[MEMBERS_AT_ONCE:])})})

    def _keep(self, rows):
        """Write one page: customers and relations, each only where something differs."""
        contacts_of = self.env['wecom.contact']
        known = contacts_of._find(self.app_id, {row['external_contact']['external_userid'] for row in rows})
        new = {}
        for row in rows:
            profile = row['external_contact']
            if profile['external_userid'] not in known:
                new[profile['external_userid']] = {
                    'app_id': self.app_id.id, 'external_userid': profile['external_userid'], **contacts_of._prepare_profile(profile)}
        contacts = known | {contact.external_userid: contact for contact in contacts_of.with_context(tracking_disable=True).create(
            list(new.values())).with_env(self.env)}
        members = self.env['wecom.member']._ensure(self.app_id, list({row['follow_info']['userid'] for row in rows}))
        self.env['wecom.relation'].search([('contact_id', 'in', [contact.id for contact in contacts.values()])])
        tags = self.env['wecom.tag']._ensure(self.app_id, [row['follow_info'] for row in rows])
        added, changed = [], 0
        for row in rows:
            contact, profile = contacts[row['external_contact']['external_userid']], row['external_contact']
            if profile['external_userid'] not in new:
                contact._write_profile(profile)
            member = members[row['follow_info']['userid'].lower()]
            vals = self.env['wecom.relation']._prepare(row['follow_info'], tags) | {'seen_resync_id': self}
            relation = contact.relation_ids.filtered(lambda relation: relation.member_id == member)
            if not relation:
                added.append({'contact_id': contact.id, 'member_id': member.id, **self.env['wecom.relation']._to_write(vals)})
            else:
                changed += relation._write_seen(vals)
        created = self.env['wecom.relation'].create(added)
        for relation in created.filtered('channel'):
            relation._put_tags_of_channel()
        created.contact_id._link_partners()
        created._find_or_create_leads()
        self.write({'seen_count': self.seen_count + len(rows), 'new_count': self.new_count + len(created),
                    'changed_count': self.changed_count + changed})

    def _read_chats(self):
        """Read the next page of group chats; each is fetched by the job of the chats.

        :return: whether it was the last
        """
        answer = self.env['wecom.client']._call(
            self.app_id, 'externalcontact/groupchat/list', {'cursor': self.cursor or '', 'limit': CHATS})
        numbers = [row['chat_id'] for row in answer['group_chat_list']]
        for chat in self.env['wecom.chat']._ensure(self.app_id, numbers).values():
            chat._mark_stale()
        after = answer.get('next_cursor') or False
        self.write({'cursor': after, 'chats': json.dumps(json.loads(self.chats or '[]') + numbers), 'problem': False})
        return not after

    def _finish(self):
        """All pages were read: relations that none of them named ended on WeCom without our being told."""
        missing = self.env['wecom.relation'].search([
            ('app_id', '=', self.app_id.id), ('state', '=', 'active'), ('added_at', '<', self.started_at),
            ('member_id.active', '=', True),  # a leaver's customers wait to be handed over; his own list is WeCom's unassigned one
            '|', ('seen_resync_id', '=', False), ('seen_resync_id', '<', self.id)])
        missing._end('unknown')
        self.env['wecom.chat'].search([
            ('app_id', '=', self.app_id.id), ('number', 'not in', json.loads(self.chats)),
            ('create_date', '<', self.started_at)])._dismiss()
        self.write({'state': 'done', 'ended_at': fields.Datetime.now(), 'missing_count': len(missing), 'problem': False})
