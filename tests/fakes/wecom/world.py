"""The company as WeCom sees it: apps, departments, members, customers, who knows whom, tags, group chats, and a clock."""
import json
import secrets
import threading
import time

CORP = 'wwfake0000000001'
AES_KEY = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
#: friends of `add_people` are older than this, whenever it starts
PEOPLE_SINCE = 1_790_000_000
#: what tests may change by POST /control/settings
SETTINGS = {
    'trusted_ips': None,          # list of addresses; others get 60020
    'fail_next': {},              # {path: [code, …]}: the next answers, whatever is asked; '*' is every path
    'endless_40014': False,
    'delay': {},                  # {path: seconds} before it is done, or until this is taken back; '*' is every path
    'hang_up': {},                # {path: n}: the next n connections are cut without an answer
    'hang_up_after': {},          # the same, after what was asked was done
    'die_after': {},              # the same, and the process with it, as kill -9 does
    'per_window': 10000, 'window_seconds': 60,   # calls an endpoint may get, and how long it is blocked after
    'concurrency': {'externalcontact/mark_tag': 5},
    'token_seconds': 7200,
    'most_ways': 500000, 'most_links': 1000,
    'may_link': True, 'link_total': 100,         # whether the app is permitted 获客助手, and how many customers were bought
    'room_size': 200,
    'member_messages_per_minute': 30,
    'group_send_seconds': 0.0,    # how long after its making a group send isn't known yet (41063)
    'group_sends_per': 'month',   # a customer gets as many as the month has days; or 'week': 7, 'day': 1
    'callback': {'duplicates': 0, 'shuffle': False, 'drop': 0.0, 'parallel': 1, 'timeout': 5.0, 'retries': 3, 'seed': 1},
}


class Relations(dict):
    """(account in small letters, external id) → relation, and whose they are without looking at all of them."""

    def __init__(self):
        super().__init__()
        self.by_user = {}

    def __setitem__(self, key, row):
        super().__setitem__(key, row)
        self.by_user.setdefault(key[0], {})[key[1]] = row

    def __delitem__(self, key):
        super().__delitem__(key)
        del self.by_user[key[0]][key[1]]

    def pop(self, key, default=None):
        if key in self:
            del self.by_user[key[0]][key[1]]
        return super().pop(key, default)

    def __reduce__(self):
        return Relations, (), None, None, iter(self.items())

    def of(self, userid):
        return list(self.by_user.get(userid.lower(), {}).items())


class World:

    def __init__(self):
        self.lock = threading.RLock()
        self.origin = 'http://127.0.0.1'
        self.reset()

    def reset(self):
        with self.lock:
            self.settings = json.loads(json.dumps(SETTINGS))
            self.offset = 0.0
            self.apps, self.tokens, self.tickets, self.codes = {}, {}, {}, {}
            self.departments, self.members, self.left = {}, {}, {}
            self.customers, self.relations, self.gone = {}, Relations(), []
            self.halves = {}  # who added a member and waits to be confirmed
            self.links, self.join_ways = {}, {}
            self.tags, self.chats, self.ways, self.transfers, self.welcome = {}, {}, {}, [], {}
            self.media_at = {}
            self.messages, self.media, self.calls, self.cursors = [], {}, [], {}
            self.deliveries = []
            self.group_sends = {}
            self.serial = 0

    def picture(self, number):
        """Return the address of a code's picture, which WeCom serves from another host."""
        return f'{self.origin}/picture/{number}.png'

    def now(self):
        """Seconds since 1970 by a clock that tests can move."""
        return time.time() + self.offset

    def number(self, prefix):
        self.serial += 1
        return f'{prefix}{self.serial:06d}'

    def small_company(self):
        """A company to play with: three departments, five members, one app, tags of ours and of another app."""
        with self.lock:
            self.reset()
            self.apps = {
                '1000002': _app('1000002', 'fake-app-secret-1000002', 'SCRM'),
                '1000003': _app('1000003', 'fake-app-secret-1000003', 'Other'),
            }
            self.departments = {number: {'id': number, 'name': name, 'parentid': parent, 'order': 100 - number}
                                for number, name, parent in ((1, '东实环境', 0), (2, '市场部', 1), (3, '客服部', 1))}
            for userid, name, department in (('ZhangWei', '张伟', 2), ('LiNa', '李娜', 2), ('ChenHao', '陈浩', 2), ('XiaoZhou', '小周', 3),
                                             ('GuanLi', '管理员', 1)):
                self.add_member(userid, name, [department])
            self.add_tag_group('客户等级', ['重点', '普通', '潜在'], '1000002')
            self.add_tag_group('别的应用', ['外部标签'], '1000003')

    def add_people(self):
        """Customers who have been friends for a while, so that a person finds somebody to play with; the same ones at each start."""
        tags = {tag['name']: number for group in self.tags.values() for number, tag in group['tag'].items()}
        before = self.offset
        for number, (name, userid, company, mobile, tag, days) in enumerate((
                ('王经理', 'ZhangWei', '宏达电路板厂', '13800138001', '重点', 200), ('刘工', 'ZhangWei', '恒达塑胶', '', '普通', 150),
                ('陈女士', 'LiNa', '南城第一食堂', '13800138003', '重点', 120),
                ('赵厂长', 'LiNa', '东莞市鸿运五金有限公司', '', '潜在', 60),
                ('周小姐', 'ChenHao', '', '13800138005', '潜在', 20), ('吴先生', 'XiaoZhou', '', '', '', 5))):
            self.offset = PEOPLE_SINCE - days * 86400 - time.time()
            external = self.add_customer(name, external_userid=f'wmdemo{number:026}', unionid=f'odemo{number:023}')
            self.relate(userid, external, remark=f'{company} {name}'.strip(), remark_corp_name=company,
                        remark_mobiles=[mobile] if mobile else [], tags=[tags[tag]] if tag else [])
        self.relate('LiNa', 'wmdemo' + f'{0:026}', remark='宏达王经理')
        self.offset = before
        customers = list(self.customers)
        self.add_chat('危废服务群', 'ZhangWei', ['ZhangWei', 'LiNa', *customers[:2]], f'wrdemo{1:026}')
        self.add_chat('餐厨客户群', 'LiNa', ['LiNa', *customers[2:4]], f'wrdemo{2:026}')

    # MEMBERS -------------------------------------------------------------------

    def add_member(self, userid, name, departments, **more):
        self.members[userid.lower()] = {
            'userid': userid, 'name': name, 'department': departments, 'status': 1, 'main_department': departments[0], **more}

    def member(self, userid, code=60111):
        """Return a member whatever the case of the letters; WeCom's ids don't tell them apart."""
        from errors import Refused
        found = self.members.get(str(userid).lower())
        if not found:
            raise Refused(code, f'userid {userid}')
        return found

    # CUSTOMERS -----------------------------------------------------------------

    def add_customer(self, name, **more):
        external = more.pop('external_userid', None) or f'wm{secrets.token_hex(14)}'
        self.customers[external] = {
            'external_userid': external, 'name': name, 'type': 1, 'gender': 0, 'avatar': '', 'unionid': f'o{secrets.token_hex(13)}', **more}
        return external

    def relate(self, userid, external, **more):
        """Make a member and a customer friends."""
        self.relations[userid.lower(), external] = {
            'userid': self.member(userid)['userid'], 'remark': self.customers[external]['name'], 'description': '',
            'createtime': int(self.now()), 'tags': [], 'personal_tags': [], 'remark_mobiles': [], 'add_way': 1, 'oper_userid': userid,
            'state': '', 'deleted_by_customer': False, **more}

    def part(self, userid, external):
        self.halves.pop((userid.lower(), external), None)
        return self.relations.pop((userid.lower(), external), None)

    # TAGS ----------------------------------------------------------------------

    def add_tag_group(self, name, tags, agent):
        group = self.number('etg')
        self.tags[group] = {'group_id': group, 'group_name': name, 'create_time': int(self.now()), 'order': 0, 'agent': agent, 'tag': {}}
        for tag in tags:
            self.add_tag(group, tag)
        return group

    def add_tag(self, group, name):
        tag = self.number('et')
        self.tags[group]['tag'][tag] = {'id': tag, 'name': name, 'create_time': int(self.now()), 'order': 0}
        return tag

    def find_tag(self, tag):
        """Return (group, tag) or None."""
        return next(((group, group['tag'][tag]) for group in self.tags.values() if tag in group['tag']), None)

    # CHATS ---------------------------------------------------------------------

    def add_chat(self, name, owner, members, chat=None):
        chat = chat or f'wr{secrets.token_hex(14)}'
        self.chats[chat] = {'chat_id': chat, 'name': name, 'owner': owner, 'create_time': int(self.now()), 'notice': '', 'status': 0,
                            'members': {}, 'version': ''}
        for member in members:
            self.join_chat(chat, member)
        return chat

    def join_chat(self, chat, member, state='', scene=3):
        """:return: (version before, version after)"""
        content = self.chats[chat]
        content['members'][member] = {'userid': member, 'type': 1 if member.lower() in self.members else 2, 'join_time': int(self.now()),
                                      'join_scene': scene, **({'state': state} if state else {})}
        return self._next_version(content)

    def leave_chat(self, chat, member):
        self.chats[chat]['members'].pop(member, None)
        return self._next_version(self.chats[chat])

    def _next_version(self, chat):
        before, chat['version'] = chat['version'], secrets.token_hex(16)
        return before, chat['version']


def _app(agent, secret, name, **more):
    return {'agentid': agent, 'secret': secret, 'name': name, 'token': f'token{agent}', 'aes_key': AES_KEY, 'callback': '', **more}
