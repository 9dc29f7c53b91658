from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from .wecom_way_mixin import WECOMS_FIELDS

MOST_CHATS = 5
LONGEST_ROOM_NAME = 40


class WecomJoinWay(models.Model):
    """A code by which customers join group chats (加入群聊, D:92229): up to five chats; when they are full WeCom may open another."""
    _name = 'wecom.join.way'
    _inherit = ['wecom.way.mixin']
    _description = "WeCom group-join code"

    _send_cron = 'wecom_channel.ir_cron_wecom_join_way'
    _wecoms_fields = WECOMS_FIELDS | {'known_chat_ids'}
    _sent_fields = {'name', 'active', 'chat_ids', 'is_growing', 'room_name', 'room_number'}

    chat_ids = fields.Many2many(
        'wecom.chat', string="Group chats", domain="[('company_id', '=', company_id)]", help="The first that has room is joined.")
    known_chat_ids = fields.Many2many(
        'wecom.chat', 'wecom_join_way_known_chat_rel', string="Group chats on WeCom", readonly=True, copy=False,
        context={'active_test': False})
    is_growing = fields.Boolean("Open new chats", default=True, help="When all are full, WeCom opens another with the same owner.")
    room_name = fields.Char("Name of new chats", help="Their number follows it.")
    room_number = fields.Integer("First number", default=1)
    joined_count = fields.Integer("People joined", compute='_compute_counts')
    left_count = fields.Integer("People left", compute='_compute_counts')

    def _compute_counts(self):
        joined, left = {}, {}
        for key, count, present in self.env['wecom.chat.participant']._read_group(
                [('channel', 'in', self.mapped('key'))], ['channel'], ['__count', 'is_present:sum']):
            joined[key], left[key] = count, count - present
        for way in self:
            way.joined_count, way.left_count = joined.get(way.key, 0), left.get(way.key, 0)

    @api.constrains('chat_ids', 'room_name', 'is_growing')
    def _check_chats(self):
        for way in self:
            if not 0 < len(way.chat_ids) <= MOST_CHATS:
                raise ValidationError(self.env._(
                    "“%(way)s”: choose between one and %(most)s group chats.", way=way.name, most=MOST_CHATS))
            if len(way.room_name or '') > LONGEST_ROOM_NAME:
                raise ValidationError(self.env._(
                    "“%(way)s”: the name of new chats has at most %(most)s letters.", way=way.name, most=LONGEST_ROOM_NAME))

    def action_open_participants(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.chat.participant', 'view_mode': 'list', 'name': self.name,
                'domain': [('channel', '=', self.key)]}

    # === WHAT WECOM IS TOLD === #

    def _call(self, action, body):
        return self.env['wecom.client']._call(self.app_id, f'externalcontact/groupchat/{action}_join_way', body)

    def _prepare(self):
        growing = {'room_base_name': self.room_name or self.name[:LONGEST_ROOM_NAME], 'room_base_id': self.room_number}
        return {'scene': 2, 'remark': self.name[:30], 'state': self.key, 'chat_id_list': self.chat_ids.sorted('id').mapped('number'),
                'auto_create_room': int(self.is_growing), **(growing if self.is_growing else {})}

    def _make_there(self):
        number = self._call('add', self._prepare())['config_id']
        # WeCom answers with the number alone. It is kept before the picture is asked for: nothing lists these ways.
        self.config_id = number
        self.env['ir.cron']._commit_progress(0)
        return {'qr_code': self._read_there(), 'known_chat_ids': [Command.set(self.chat_ids.ids)]}

    def _read_there(self):
        """Take over chats that WeCom opened since; return the address of the picture."""
        way = self._call('get', {'config_id': self.config_id})['join_way']
        chats = self.env['wecom.chat'].union(*self.env['wecom.chat']._ensure(self.app_id, way.get('chat_id_list') or []).values())
        grown = (chats - self.known_chat_ids - self.chat_ids) if self.known_chat_ids else self.env['wecom.chat']
        if grown:
            self.chat_ids = [Command.link(chat.id) for chat in grown]
        return way.get('qr_code')

    def _change_there(self):
        picture = self._read_there()
        self._call('update', {'config_id': self.config_id, **self._prepare()})
        self.write({'qr_code': picture, 'known_chat_ids': [Command.set(self.chat_ids.ids)]})

    def _delete_there(self, number):
        self._call('del', {'config_id': number})

    def _find_there(self):
        """Nothing lists the ways: one whose answer got lost stays on WeCom without anybody having its picture, and another is made."""
        return None
