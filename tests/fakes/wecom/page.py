"""The page on which a person plays the customer."""
import html
import io

import qrcode

STYLE = '''body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#222}
section{border:1px solid #ddd;border-radius:.5rem;padding:.6rem 1rem;margin:.8rem 0}h2{font-size:1.05rem;margin:.3rem 0}
form{display:inline-block;margin:.2rem .4rem .2rem 0}input,select,button{font:inherit;padding:.2rem .5rem}small,.q{color:#666}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .5rem;border-bottom:1px solid #eee}
@media(max-width:600px){table,tbody,tr,td{display:block}thead{display:none}}'''


def page(world):
    members = ''.join(f'<option value="{_(m["userid"])}">{_(m["name"])}</option>' for m in world.members.values())
    ways = ''.join(f'<option value="{_(w["config_id"])}">{_(w.get("remark") or w["config_id"])} · {_(w.get("state") or "")}</option>'
                   for w in world.ways.values())
    joins = ''.join(f'<option value="{_(w["config_id"])}">{_(w["remark"])}</option>' for w in world.join_ways.values())
    friends = ''.join(
        f'<tr><td>{_(world.customers[external]["name"])}<td>{_(world.member(row["userid"])["name"]) if name in world.members else _(name)}'
        f'<td><small>{_(external)}</small><td>{_form("customer_deletes", "删除员工", userid=row["userid"], external_userid=external)}'
        f'{_form("member_deletes", "员工删除客户", userid=row["userid"], external_userid=external)}'
        for (name, external), row in list(world.relations.items())[-50:])
    halves = ''.join(
        f'<tr><td>{_(world.customers[external]["name"])}<td>{_(world.member(row["userid"])["name"]) if name in world.members else _(name)}'
        f'<td>{_form("confirms", "员工通过", userid=row["userid"], external_userid=external)}'
        f'{_form("customer_deletes", "客户放弃", userid=row["userid"], external_userid=external)}'
        for (name, external), row in list(world.halves.items())[-50:])
    codes = ''.join(
        f'<tr><td>{_(world.customers[code["external_userid"]]["name"])}<td>{_state(world, code)}'
        f'<td>{_(((code.get("content") or {}).get("text") or {}).get("content", ""))}' for code in list(world.welcome.values())[-10:])
    messages = ''.join(f'<tr><td>{_(row["to"])}<td>{_(row["type"])}{"（丢弃）" if row["dropped"] else ""}<td>{_(str(row["content"]))[:300]}'
                       for row in reversed(world.messages[-20:]))
    sends = ''.join(
        f'<tr><td>{_(userid)}<td>{_(send["text"].get("content", ""))[:80]}'
        f'<td>{_form("confirms_send", "确认发送", msgid=number, userid=userid)}'
        for number, send in world.group_sends.items() if not send['cancelled']
        for userid in dict.fromkeys(row['userid'] for row in send['rows'] if row['status'] == 0))
    return f'''<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>企业微信模拟器</title><style>{STYLE}</style><h1>企业微信模拟器</h1><p><small>在这里扮演客户和员工；一切只发生在本机。</small></p>
<section><h2>扫码或添加员工</h2>
<form method="post" action="/play"><input type="hidden" name="act" value="scan"><input name="name" placeholder="您的昵称" required>
<select name="way">{ways or '<option value="">没有渠道活码</option>'}</select><button>扫码添加</button>
<button name="half" value="1">扫码，待员工通过</button></form>
<form method="post" action="/play"><input type="hidden" name="act" value="scan"><input name="name" placeholder="您的昵称" required>
<select name="userid">{members}</select><button>添加员工</button></form>
<form method="post" action="/play"><input type="hidden" name="act" value="opens_url"><input name="name" placeholder="您的昵称" required>
<input name="url" type="url" placeholder="粘贴获客链接" required><button>点链接添加</button></form>
<form method="post" action="/play"><input type="hidden" name="act" value="joins_by_way"><input name="name" placeholder="您的昵称" required>
<select name="way">{joins or '<option value="">没有入群码</option>'}</select><button>扫码入群</button></form></section>
<section><h2>员工写给应用</h2><form method="post" action="/play"><input type="hidden" name="act" value="writes">
<select name="userid">{members}</select><input name="text" placeholder="内容" required><button>发送</button></form>
<form method="post" action="/play"><input type="hidden" name="act" value="leaves"><select name="userid">{members}</select>
<button>离职</button></form></section>
<section><h2>等员工通过的客户</h2><table><tbody>{halves or '<tr><td>还没有。'}</table></section>
<section><h2>好友关系</h2><table><tbody>{friends or '<tr><td>还没有。'}</table></section>
<section><h2>欢迎语</h2><table><tbody>{codes or '<tr><td>还没有。'}</table></section>
<section><h2>等员工确认的群发</h2><table><tbody>{sends or '<tr><td>还没有。'}</table></section>
<section><h2>员工收到的应用消息</h2><table><tbody>{messages or '<tr><td>还没有。'}</table></section></html>'''


def picture(path):
    """Return the PNG of a code."""
    file = io.BytesIO()
    qrcode.make(f'https://work.weixin.qq.com/kfid{path}', box_size=6, border=2).save(file)
    return file.getvalue()


def _state(world, code):
    if code['used']:
        return '已发送'
    return '等待' if world.now() - code['at'] <= 20 else '已过期'


def _(text):
    return html.escape(str(text), quote=True)


def _form(act, label, **values):
    hidden = ''.join(f'<input type="hidden" name="{name}" value="{_(value)}">' for name, value in {'act': act, **values}.items())
    return f'<form method="post" action="/play">{hidden}<button>{label}</button></form>'
