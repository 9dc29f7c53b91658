from odoo import api, fields, models
from odoo.exceptions import UserError


class WecomMember(models.Model):
    """A member of the corp: who he is in WeCom, and which user that is here."""
    _name = 'wecom.member'
    _description = "WeCom member"
    _order = 'name, id'
    _rec_names_search = ['name', 'userid']

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    userid = fields.Char("WeCom account", required=True, readonly=True)
    userid_key = fields.Char(
        compute='_compute_userid_key', store=True, help="The account in small letters: WeCom doesn't tell them apart, and answers so.")
    name = fields.Char(required=True, readonly=True)
    department_ids = fields.Many2many('wecom.department', string="Departments", readonly=True)
    user_id = fields.Many2one(
        'res.users', "User", domain=[('share', '=', False)], index='btree_not_null',
        help="Logs in with WeCom as this user and is reached in WeCom. Found by an equal login; else choose it here.")
    active = fields.Boolean(default=True, readonly=True)
    left_at = fields.Datetime("Left", readonly=True)

    _userid_uniq = models.UniqueIndex("(app_id, userid_key)", "The member is known already.")
    _user_uniq = models.UniqueIndex("(app_id, user_id) WHERE user_id IS NOT NULL AND active", "This user is another member already.")

    @api.depends('userid')
    def _compute_userid_key(self):
        for member in self:
            member.userid_key = member.userid.lower()

    # === ADDRESS BOOK === #

    @api.model
    def _find(self, app, userids):
        """Return {account in small letters: member} of these accounts; leavers too."""
        keys = [userid.lower() for userid in userids]
        return {member.userid_key: member for member in self.with_context(active_test=False).search(
            [('app_id', '=', app.id), ('userid_key', 'in', keys)])}

    @api.model
    def _keep(self, app, people, departments):
        """Bring the members of ``app`` up to WeCom's complete list; who isn't on it has left.

        :param people: {account: {'name', 'department': [numbers]}}
        :param departments: {number: department}
        """
        if not people:
            raise UserError(self.env._(
                "WeCom shows no member to the app “%(app)s”; nothing was changed. Widen the app's visible range in the admin console.",
                app=app.name))
        known = self._find(app, people)
        new = [userid for userid in people if userid.lower() not in known]
        known |= {member.userid_key: member for member in self.create(
            [{'app_id': app.id, 'userid': userid, 'name': people[userid]['name']} for userid in new])}
        for userid, person in people.items():
            member = known[userid.lower()]
            ids = sorted(departments[number].id for number in person['department'] if number in departments)
            if (member.name, sorted(member.department_ids.ids), member.active) != (person['name'], ids, True):
                member.write({'name': person['name'], 'department_ids': ids, 'active': True, 'left_at': False})
        present = self.browse([known[userid.lower()].id for userid in people])
        present._link_users()
        (self.search([('app_id', '=', app.id)]) - present)._leave()

    def _link_users(self):
        """Link members to the users whose login is their account. Names don't count: who is linked can log in as that user."""
        free = self.filtered(lambda member: not member.user_id)
        if not free:
            return
        taken = self.search([('app_id', 'in', free.app_id.ids), ('user_id', '!=', False)]).user_id
        # sudo: the job of an administrator's settings; users of other companies are no candidates
        users = self.env['res.users'].sudo().search([('share', '=', False)])
        by_login = (users - taken).grouped(lambda user: user.login.lower())
        for member in free:
            found = by_login.get(member.userid_key, self.env['res.users']).filtered(
                lambda user: not member.company_id or member.company_id in user.company_ids)
            if len(found) == 1:
                member.user_id = found

    def _leave(self):
        """Note that the members left the corp; whose user can still log in is told to the app's responsible. To extend."""
        leaving = self.filtered('active')
        leaving.write({'active': False, 'left_at': fields.Datetime.now()})
        for member in leaving.filtered(lambda member: member.user_id.active):
            member.app_id.activity_schedule(
                'wecom.mail_activity_type_problem', user_id=member.app_id.user_id.id,
                summary=self.env._("%(member)s left WeCom: hand over the work of user %(user)s, then archive it.",
                                   member=member.name, user=member.user_id.login))

    @api.model
    def _of_users(self, users):
        """Return {user: member by whom he is reached in WeCom}."""
        # sudo: whoever writes a message may cause a notice, only administrators see members
        members_sudo = self.sudo().search(
            [('user_id', 'in', users.ids), ('app_id.state', '=', 'enabled'), ('app_id.active', '=', True)], order='id desc')
        return {member_sudo.user_id.with_env(users.env): member_sudo for member_sudo in members_sudo}
