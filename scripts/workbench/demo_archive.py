"""Some conversations for the demo world on WeCom: an archive whose library is `tests/fakes/wecom_archive.py`, which says them."""
import json
import os
import shlex
import time

from . import odoo, python_env
from .machine import CHECKOUT, step

DAY = 86_400
HONGDA, CANTEEN = 'wmdemo' + f'{0:026}', 'wmdemo' + f'{2:026}'  # 王经理, 陈女士
GROUP = 'wrdemo' + f'{1:026}'
#: (days ago, clock, who, to whom, what)
SAID = [
    (3, 9.10, HONGDA, 'LiNa', '李娜你好，我们这批废酸大概 12 吨，下周能安排收运吗？'),
    (3, 9.14, 'LiNa', HONGDA, '王经理您好，可以的。请先发一下废物成分检测报告，我安排化验和排期。'),
    (3, 9.32, HONGDA, 'LiNa', '好的，报告今天下午发你。另外请给个报价。'),
    (2, 14.05, 'LiNa', HONGDA, '报告收到，报价单已经发起审批，明天给您。'),
    (1, 10.20, 'LiNa', HONGDA, '底价三千二'),
    (1, 10.21, 'LiNa', HONGDA, 'RECALL'),
    (1, 10.22, 'LiNa', HONGDA, '王经理，正式报价单已发到您的客户门户，请查看。'),
    (1, 15.40, CANTEEN, 'LiNa', '这个月的餐厨收运费还是打到公司账户吗？'),
    (1, 15.46, 'LiNa', CANTEEN, '这次货款转我卡上吧，我帮你们处理得快一些。'),
    (0, 8.30, 'ZhangWei', [HONGDA, 'LiNa'], '各位好，危废转移联单今天已在省平台提交。'),
    (0, 8.36, HONGDA, ['ZhangWei', 'LiNa'], '收到，谢谢。'),
]

#: run in `odoo shell` after the app was set up; the server isn't running
SCRIPT = r'''
import json
env = env(context=dict(env.context, lang="zh_CN", tz="Asia/Shanghai"), su=True)
app = env["wecom.app"].search([("corp_id", "=", "wwfake0000000001"), ("agent_id", "=", "1000002")])
archive = env["wecom.archive"].search([("app_id", "=", app.id)])
if not archive:
    archive = env["wecom.archive"].create({
        "app_id": app.id, "user_id": app.user_id.id, "lets_members_read": True, "key_ids": [(0, 0, {"version": 1})]})
    manager = env["res.users"].search([("login", "=", "zongjingli")])
    for group in ("wecom_archive.group_auditor", "wecom_contact.group_compliance"):
        manager.group_ids += env.ref(group)
archive.write({"secret": "fake-archive-secret"})
env["wecom.archive"]._trigger_pull()
env.cr.commit()
print("KEYS " + json.dumps({key.version: key.public_pem for key in archive.key_ids}))
'''


def join(databases, name, folder):
    """Set the archive up in the database and write down what was said; the server started afterwards reads it."""
    world = folder / 'wecom_archive.json'
    os.environ['WECOM_ARCHIVE_CHILD'] = shlex.join(
        map(str, (python_env.PYTHON, CHECKOUT / 'tests/fakes/wecom_archive.py', world)))
    with step('WeCom conversations, simulated'):
        said = odoo.run(['shell', '-d', name, '--no-http'], databases.env(), stdin=SCRIPT)
        keys = next(line for line in said.splitlines() if line.startswith('KEYS ')).removeprefix('KEYS ')
        world.write_text(json.dumps({'secret': 'fake-archive-secret', 'keys': json.loads(keys), 'records': list(records())}))


def records():
    today = time.time() // DAY * DAY
    for number, (days, clock, sender, receivers, text) in enumerate(SAID, 1):
        hour, minute = divmod(round(clock * 100), 100)
        is_group = isinstance(receivers, list)
        said = {'action': 'recall', 'msgtype': 'revoke', 'revoke': {'pre_msgid': f'demo{number - 1}'}} if text == 'RECALL' else {
            'action': 'send', 'msgtype': 'text', 'text': {'content': text}}
        yield {'seq': number, 'version': 1, 'content': {
            'msgid': f'demo{number}', 'from': sender, 'tolist': receivers if is_group else [receivers], 'roomid': GROUP if is_group else '',
            'msgtime': int((today - (days + 1) * DAY + (hour - 8) * 3600 + minute * 60) * 1000), **said}}
