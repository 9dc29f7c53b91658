import json

from odoo import api, fields, models

from odoo.addons.wecom.models.exclusive import run_step
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
    difference_count = fields.Integer("Differences", readonly=True)
    difference_ids = fields.One2many('wecom.resync.difference', 'resync_id', "What differed", readonly=True)
    is_first = fields.Boolean(readonly=True, help="Nothing was known before: all that is new isn't listed one by one.")
    problem = fields.Char(readonly=True)

    _running_uniq = models.UniqueIndex("(app_id) WHERE state = 'running'", "A comparison of this app is running already.")

    @api.model
    def _begin(self, app):
        """Start a comparison, or go on with the one that runs."""
        running = self.search([('app_id', '=', app.id), ('state', '=', 'running')])
        resync = running or self.create({
            'app_id': app.id, 'started_at': fields.Datetime.now(), 'is_first': not self.search_count([('app_id', '=', app.id)], limit=1)})
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
                    run_step(self.env, resync._read_page)  # tags, events and notes go on meanwhile
                except WeComError as error:
                    resync.problem = error.sentence
                    at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or RETRY)
                    self.env.ref('wecom_contact.ir_cron_wecom_resync').sudo()._trigger(at)
                    self.env['ir.cron']._commit_progress(0, remaining=0)
                    break
                if not self.env['ir.cron']._commit_progress(1, remaining=int(resync.state == 'running')):
                    return
                self.env.invalidate_all()  # a thousand pages later the first is of no use

    def _read_page(self):
        """Read the next page and write it; the caller commits."""
        call = self.env['wecom.client']._call
        if not self.members:
            self.env['wecom.tag']._sync(self.app_id)  # the pages name tags by number only
            userids = call(self.app_id, 'externalcontact/get_follow_user_list')['follow_user']
            self.env['wecom.member']._note_followers(self.app_id, userids)
            self._note_without_access()
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

    def _note_without_access(self):
        """List the members of the address book whose customers can't be compared."""
        self.env['wecom.resync.difference']._note(self, [{'kind': 'no_access', 'member_id': member.id} for member in self.env[
            'wecom.member'].search([('app_id', '=', self.app_id._get_address_book().id), ('has_customers', '=', False)])])

    def _keep(self, rows):
        """Write one page: customers and relations, each only where something differs."""
        relations, differences = self.env['wecom.relation'], []
        contacts, new = self._keep_contacts([row['external_contact'] for row in rows])
        members = self.env['wecom.member']._ensure(self.app_id, list({row['follow_info']['userid'] for row in rows}))
        tags = self.env['wecom.tag']._ensure(self.app_id, [row['follow_info'] for row in rows])
        known = {(relation.contact_id, relation.member_id): relation for relation in relations.search(
            [('contact_id', 'in', [contact.id for contact in contacts.values()])])}
        added, seen = [], relations
        for row in rows:
            contact = contacts[row['external_contact']['external_userid']]
            member = members[row['follow_info']['userid'].lower()]
            vals = relations._prepare(row['follow_info'], tags)
            relation = known.get((contact, member))
            if not relation:
                added.append({'contact_id': contact.id, 'member_id': member.id, 'seen_resync_id': self.id, **relations._to_write(vals)})
            else:
                seen |= relation
                changed = relation._write_seen(vals)
                if changed:
                    differences.append({'kind': 'changed', 'contact_id': contact.id, 'member_id': member.id, 'values': json.dumps(
                        changed, ensure_ascii=False)})
        seen._mark_seen(self)
        created = relations.create(added)
        (self.env['wecom.contact'].union(*contacts.values()) - new)._link_partners(seek_similar=False)
        new._link_partners()
        created._find_or_create_leads()
        self.write({'seen_count': self.seen_count + len(rows), 'new_count': self.new_count + len(created),
                    'changed_count': self.changed_count + len(differences)})
        if not self.is_first:
            differences += [
                {'kind': 'new', 'contact_id': relation.contact_id.id, 'member_id': relation.member_id.id} for relation in created]
        self.env['wecom.resync.difference']._note(self, differences)

    def _keep_contacts(self, profiles):
        """Write the profiles of one page.

        :return: {external id: customer}, those that are new
        """
        contacts_of = self.env['wecom.contact']
        by_number = {profile['external_userid']: profile for profile in profiles}
        known = contacts_of._find(self.app_id, by_number)
        for number, contact in known.items():
            contact._write_profile(by_number[number])
        new = contacts_of.with_context(tracking_disable=True).create([
            {'app_id': self.app_id.id, 'external_userid': number, **contacts_of._prepare_profile(profile)}
            for number, profile in by_number.items() if number not in known]).with_env(self.env)
        return known | {contact.external_userid: contact for contact in new}, new

    def _read_chats(self):
        """Read the next page of group chats; each is fetched by the job of the chats.

        :return: whether it was the last
        """
        answer = self.env['wecom.client']._call(
            self.app_id, 'externalcontact/groupchat/list', {'cursor': self.cursor or '', 'limit': CHATS})
        numbers = [row['chat_id'] for row in answer['group_chat_list']]
        chats = self.env['wecom.chat']
        known = set(chats.with_context(active_test=False).search(
            [('app_id', '=', self.app_id.id), ('number', 'in', numbers)]).mapped('number'))
        seen = chats.concat(*chats._ensure(self.app_id, numbers).values())
        seen._mark_stale()
        if not self.is_first:
            self.env['wecom.resync.difference']._note(
                self, [{'kind': 'chat_new', 'chat_id': chat.id} for chat in seen if chat.number not in known])
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
        gone = self.env['wecom.chat'].search([
            ('app_id', '=', self.app_id.id), ('number', 'not in', json.loads(self.chats)), ('create_date', '<', self.started_at)])
        gone._dismiss()
        self.env['wecom.resync.difference']._note(self, [
            *({'kind': 'ended', 'contact_id': relation.contact_id.id, 'member_id': relation.member_id.id} for relation in missing),
            *({'kind': 'chat_gone', 'chat_id': chat.id} for chat in gone)])
        self.write({'state': 'done', 'ended_at': fields.Datetime.now(), 'missing_count': len(missing), 'problem': False})
