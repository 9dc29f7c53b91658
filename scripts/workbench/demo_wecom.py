"""The demo world on WeCom: a simulated WeCom with a small company, whose people and customers somebody plays on its page."""
import json
import urllib.request

from . import node_tools, odoo, postgres, python_env, simulators
from .machine import say, step

#: from the server's port to the simulator's
OFFSET = 251
#: members of the simulator whose account isn't their login
LINKED = {'ChenHao': 'chen', 'GuanLi': 'guanliyuan'}

#: run in `odoo shell`; the simulator is running, the server isn't
SCRIPT = r'''
AGENT, LINKED = "1000002", {linked!r}
env = env(context=dict(env.context, lang="zh_CN", tz="Asia/Shanghai"), su=True)
responsible = env["res.users"].search([("login", "=", "guanliyuan")], limit=1) or env.user
app = env["wecom.app"].with_context(active_test=False).search([("corp_id", "=", "wwfake0000000001"), ("agent_id", "=", AGENT)])
is_new = not app
if is_new:
    app = env["wecom.app"].create({{
        "name": "SCRM（模拟）", "corp_id": "wwfake0000000001", "agent_id": AGENT, "user_id": responsible.id,
        "company_id": False, "has_address_book": True}})
app.write({{"secret": "fake-app-secret-" + AGENT, "callback_token": "token" + AGENT, "api_base_url": {api!r},
           "callback_aes_key": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"}})
env["ir.config_parameter"].set_param("web.base.url", {url!r})
env.cr.commit()
app._sync_members()
for account, login in LINKED.items():
    member = env["wecom.member"].search([("app_id", "=", app.id), ("userid", "=", account), ("user_id", "=", False)])
    member.user_id = env["res.users"].search([("login", "=", login)], limit=1)
of_app = [("app_id", "=", app.id)]
if {forgot}:
    # A world without a past knows nothing of what the last one held for us.
    env["wecom.channel"].search(of_app).write({{
        "config_id": False, "url": False, "qr_code": False, "is_pictured": False, "to_send": "add"}})
    env["wecom.join.way"].search(of_app).write({{"config_id": False, "active": False, "to_send": False}})
    env["wecom.material"].search(of_app).write({{"media_id": False, "media_until": False}})
if is_new:
    members = {{member.userid: member for member in env["wecom.member"].search(of_app)}}
    sales, service = members["ZhangWei"] + members["LiNa"], members["XiaoZhou"]
    env["wecom.channel"].create([{{
        "app_id": app.id, "name": "环保展2026", "member_ids": sales.ids, "fallback_id": service.id, "daily_cap": 20,
        "welcome": "您好{{customer}}，我是东实环境的{{member}}。请问您需要处置哪类废物？", "window_ids": [(0, 0, {{
            "hour_from": 18, "hour_to": 8, "sat": True, "sun": True, "member_ids": service.ids,
            "welcome": "您好{{customer}}，现在是下班时间，明天上班后客户经理会联系您。"}})]}}, {{
        "app_id": app.id, "name": "官网", "kind": "link", "member_ids": sales.ids,
        "welcome": "您好{{customer}}，感谢您通过官网联系我们。"}}])
env.cr.commit()
env["wecom.resync"]._begin(app)
env["wecom.resync"]._cron_resync()
env["wecom.chat"]._cron_fetch()
env.cr.commit()
env["wecom.channel"]._cron_send()
if is_new:
    of_lead = env(user=env["res.users"].search([("login", "=", "chen")], limit=1) or responsible, su=False)
    key = env["wecom.tag"].search([*of_app, ("name", "=", "重点")], limit=1)
    of_lead["wecom.sop"].create({{
        "app_id": app.id, "name": "重点客户首周关怀", "kind": "personal", "tag_ids": key.ids, "tz": "Asia/Shanghai",
        "step_ids": [(0, 0, step) for step in (
            {{"day": 0, "hour": 9, "text": "您好，我是东实环境的客户经理。以后危废、餐厨的清运和联单问题都可以直接找我。"}},
            {{"day": 3, "hour": 10, "text": "提醒您：请提前两天预约清运，打包时贴好标签，我们的司机到场会一起核对重量。"}},
            {{"day": 7, "hour": 10, "text": "这一周的服务还满意吗？有需要改进的地方请告诉我。"}})]}}).action_switch_on()
    of_lead["wecom.send"].create({{
        "app_id": app.id, "name": "周五停运通知", "is_working_hours": False,
        "text": "各位客户：本周五厂区检修，停运一天。需要清运的请在周四中午前联系我们安排。"}}).action_launch()
    env.cr.commit()
    env["wecom.sop"]._cron_run()
    env["wecom.send"]._cron_send()
print("DOOR " + app.door)
'''

#: by which code ('': he looked for the member), who comes; a half-added one waits to be confirmed
COMING = (
    ('环保展2026', '何经理（东江电镀）', False), ('环保展2026', '罗女士', False), ('环保展2026', '黄先生', False),
    ('官网', '邓先生', False), ('官网', '叶小姐', False), ('环保展2026', '微信访客', True), ('', '梁老板', False))


class WecomSimulator:
    """`tests/fakes/wecom`, for as long as the server runs; it goes on where it was, unless the database knows nothing of it."""

    def __init__(self, port, folder):
        node_tools.ensure_wecom_crypto()
        folder.mkdir(parents=True, exist_ok=True)
        self.state = folder / 'wecom.state'
        self.fake = simulators.Fake('wecom', '--port', simulators.free(port + OFFSET), '--state', self.state, python=python_env.PYTHON)
        self.is_new = False

    def join(self, databases, name, url):
        """Start it, set up its app in the database, and tell it where callbacks go."""
        known = postgres.sql("SELECT count(*) FROM wecom_app WHERE corp_id = 'wwfake0000000001'", name, databases.cluster.env())
        self.is_new = known == '0'
        if self.is_new:
            self.state.unlink(missing_ok=True)
        forgot = not self.state.exists()
        self.fake.start()
        if forgot:
            self._ask('people')
        with step('WeCom, simulated'):
            code = SCRIPT.format(api=f'{self.fake.url}/cgi-bin/', url=url, linked=LINKED, forgot=forgot)
            said = odoo.run(['shell', '-d', name, '--no-http'], databases.env(), stdin=code)
            door = next(line for line in said.splitlines() if line.startswith('DOOR ')).removeprefix('DOOR ')
            self._ask('app', agentid='1000002', callback=f'{url}/wecom/callback/{door}')

    def play(self):
        """Let customers come by the codes, and two who were there part from a member, so that no screen is empty; the server runs."""
        if not self.is_new:
            return
        with step('Customers come on WeCom'):
            state = self._ask('state.json')
            codes = {way['remark']: {'way': number} for number, way in state['ways'].items()}
            for number, link in state['links'].items():
                name, key = link['link_name'].split()
                codes[name] = {'link': number, 'state': key}
            for code, name, half in COMING:
                self._ask('act', act='scan', name=name, half=half, **codes.get(code, {'userid': 'LiNa'}))
            self._ask('act', act='customer_deletes', userid='ChenHao', external_userid=f'wmdemo{4:026}')
            self._ask('act', act='member_deletes', userid='XiaoZhou', external_userid=f'wmdemo{5:026}')

    def _ask(self, action, **words):
        request = urllib.request.Request(f'{self.fake.url}/control/{action}', json.dumps(words).encode() if words else None)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def welcome(self):
        say(f'  {self.fake.url}/   WeCom: play its members and customers there')

    def stop(self):
        self.fake.stop()
