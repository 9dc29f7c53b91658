from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.wecom.models.exclusive import run_step
from odoo.addons.wecom.models.wecom_client import WeComError

EDITABLE = {'name', 'active'}
NOT_OURS = 60011
SAME_NAME = 40071
TOO_MANY, MOST = 40126, 3000  # tags of a corp, of all its apps together (D:92117)


class WecomTag(models.Model):
    """A tag of the corp for customers (企业标签), with its group; an app may change only those it made."""
    _name = 'wecom.tag'
    _description = "WeCom tag"
    _order = 'group_name, sequence, id'

    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='cascade', default=lambda self: self._default_app_id())
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    number = fields.Char("WeCom ID", readonly=True)
    name = fields.Char(required=True)
    group_number = fields.Char("WeCom ID of the group", readonly=True)
    group_name = fields.Char("Group", required=True)
    sequence = fields.Integer(readonly=True)
    active = fields.Boolean(default=True)
    is_foreign = fields.Boolean("Of another app", readonly=True, help="WeCom lets only the app change it that made it.")
    to_send = fields.Selection([
        ('add', "Add"),
        ('edit', "Rename"),
        ('delete', "Delete"),
    ], "On its way to WeCom", readonly=True)
    problem = fields.Char(readonly=True)
    relation_ids = fields.Many2many('wecom.relation', 'wecom_relation_tag_rel', 'tag_id', 'relation_id', readonly=True)

    _number_uniq = models.UniqueIndex("(app_id, number)", "The tag is known already.")

    @api.model
    def _default_app_id(self):
        # sudo: who makes tags need not see the apps
        return self.env['wecom.contact'].sudo().search([('company_id', 'in', [*self.env.companies.ids, False])], limit=1).app_id

    @api.depends('name', 'group_name')
    def _compute_display_name(self):
        for tag in self:
            tag.display_name = f'{tag.group_name}: {tag.name}'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """What people make is sent to WeCom; what WeCom has comes with its number."""
        if not self.env.su:
            if any(vals.keys() - EDITABLE - {'group_name', 'app_id'} for vals in vals_list):
                raise AccessError(self.env._("A new tag has a name and a group; the rest comes from WeCom."))
            vals_list = [{**vals, 'to_send': 'add'} for vals in vals_list]
            self._trigger_send()
        tags = super().create(vals_list)
        if not self.env.su:
            for app in tags.app_id:
                if self.sudo().search_count([('app_id', '=', app.id)]) > MOST:
                    raise UserError(self._get_limit_sentence())
        return tags

    def _get_limit_sentence(self):
        return self.env._("WeCom keeps at most %(most)s tags of a corp. Merge or delete some before you add another.", most=MOST)

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if vals.keys() - EDITABLE:
            raise AccessError(self.env._("Only the name of a tag can be changed, and whether it is used."))
        for tag in self:
            if tag.is_foreign:
                raise UserError(self.env._(
                    "“%(tag)s” was made by another app or in the admin console; change it there.", tag=tag.display_name))
        self._trigger_send()
        for tag in self:
            how = 'add' if not tag.number else 'delete' if vals.get('active', tag.active) is False else 'edit'
            super(WecomTag, tag).write({**vals, 'to_send': how, 'problem': False})
        return True

    # === WHAT WECOM IS TOLD === #

    @api.model
    def _trigger_send(self):
        self.env.ref('wecom_contact.ir_cron_wecom_tag').sudo()._trigger()

    @api.model
    def _cron_tags(self):
        """Tell WeCom of the changes made here, then read the lists of which an event told."""
        todo = self.with_context(active_test=False).search([('to_send', '!=', False)], order='id', limit=1000)
        waiting = self.env['wecom.app']
        for tag in todo:
            if tag.app_id in waiting:
                continue
            try:
                run_step(self.env, tag._send)
            except WeComError as error:
                if error.policy != 'business':
                    at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60)
                    self.env.ref('wecom_contact.ir_cron_wecom_tag').sudo()._trigger(at)
                    waiting |= tag.app_id
                    continue
                tag._take_back(error)
            self.env['ir.cron']._commit_progress(1)
        for app in self.env['wecom.app'].search([('has_stale_tags', '=', True), ('state', '=', 'enabled')]):
            try:
                run_step(self.env, partial(self._sync, app))
            except WeComError as error:
                at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60)
                self.env.ref('wecom_contact.ir_cron_wecom_tag').sudo()._trigger(at)
            self.env['ir.cron']._commit_progress(1)

    def _send(self):
        call = self.env['wecom.client']._call
        if self.to_send == 'add':
            body = {'group_name': self.group_name, 'tag': [{'name': self.name}]}
            group = call(self.app_id, 'externalcontact/add_corp_tag', body)['tag_group']
            self.write({'number': group['tag'][0]['id'], 'group_number': group['group_id']})
            self.relation_ids._tell_wecom()
        elif self.to_send == 'edit':
            call(self.app_id, 'externalcontact/edit_corp_tag', {'id': self.number, 'name': self.name}, expected=[NOT_OURS])
        else:
            call(self.app_id, 'externalcontact/del_corp_tag', {'tag_id': [self.number]}, expected=[NOT_OURS])
        self.write({'to_send': False, 'problem': False})

    def _take_back(self, error):
        """WeCom refused: its list is read again. A tag that was added, but whose answer got lost, is found there."""
        sentence = self._get_limit_sentence() if error.code == TOO_MANY else error.sentence
        self.write({'to_send': False, 'problem': sentence, 'is_foreign': error.code == NOT_OURS})
        self.app_id.has_stale_tags = True
        if not self.number and error.code != SAME_NAME:
            self.active = False

    # === WHAT WECOM SAYS === #

    @api.model
    def _sync(self, app):
        """Bring the tags up to WeCom's complete list.

        :raise WeComError: when it can't be had
        """
        groups = self.env['wecom.client']._call(app, 'externalcontact/get_corp_tag_list', {})['tag_group']
        rows = [{'number': tag['id'], 'name': tag['name'], 'group_number': group['group_id'], 'group_name': group['group_name'],
                 'sequence': -(tag.get('order') or 0)} for group in groups for tag in group['tag'] if not tag.get('deleted')]
        tags = self.with_context(active_test=False).search([('app_id', '=', app.id)])
        by_number = {tag.number: tag for tag in tags if tag.number}
        nameless = {(tag.group_name, tag.name): tag for tag in tags if not tag.number}
        new = []
        for row in rows:
            tag = by_number.get(row['number']) or nameless.get((row['group_name'], row['name']))
            if not tag:
                new.append({'app_id': app.id, **row})
            elif not tag.to_send:
                row = {**row, 'active': True, **({'problem': False} if not tag.number else {})}
                changed = {name: value for name, value in row.items() if tag[name] != value}
                if changed:
                    tag.write(changed)
        self.create(new)
        present = {row['number'] for row in rows}
        tags.filtered(lambda tag: tag.active and tag.number and tag.number not in present and not tag.to_send).active = False
        app.has_stale_tags = False

    @api.model
    def _ensure(self, app, rows):
        """Return {number: tag} of the tags that rows of relations name; unknown ones are kept and their names asked soon."""
        numbers = {number for row in rows for number in self._read_numbers(row)}
        if not numbers:
            return {}
        known = self.with_context(active_test=False).search([('app_id', '=', app.id), ('number', 'in', list(numbers))])
        missing = numbers - set(known.mapped('number'))
        if missing:
            known += self.create([{'app_id': app.id, 'number': number, 'name': number, 'group_name': '…'} for number in missing])
            app.has_stale_tags = True
            self._trigger_send()
        return {tag.number: tag for tag in known}

    @api.model
    def _read_numbers(self, row):
        """Return the numbers of the corp's tags in a ``follow_user``, or in a ``follow_info`` of batch/get_by_user."""
        return row['tag_id'] if 'tag_id' in row else [tag['tag_id'] for tag in row.get('tags', ()) if tag['type'] == 1]
