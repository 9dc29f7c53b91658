"""The demo world signs: keys, gateways, seals, four contracts on their way, one of each kind that people want to see, and a pickup."""
from . import odoo, product
from .machine import step

#: ir.config_parameter that tells it was done
MARKER = 'waste_scrm.demo_signing'

#: run in `odoo shell`; the simulators are running, the server isn't
SCRIPT = r'''
import base64, io, json, re, time, urllib.request
from datetime import date, datetime
from dateutil.relativedelta import relativedelta
from PIL import Image, ImageDraw, ImageFont

TSA, SMS, URL, ROOT, TEMPLATES = {tsa!r}, {sms!r}, {url!r}, {folder!r} + "/tsa_root.pem", {folder!r} + "/templates.json"
FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
META = {{"ip": "127.0.0.1", "user_agent": "demo"}}
env = env(context=dict(env.context, lang="zh_CN", tz="Asia/Shanghai"), su=True)


def fetch(address):
    return urllib.request.urlopen(address, timeout=10).read()


def set_up():
    env["ir.config_parameter"].set_param("web.base.url", URL)
    files = {{"root.pem": open(ROOT, "rb").read(), "root.crl": fetch(TSA + "/crl")}}
    env["esign.keystore"]._setup(tsa_url=TSA + "/", tsa_files=files)
    for login, group in (("xiaochen", "custodian"), ("zongjingli", "approver"), ("guanliyuan", "administrator")):
        user(login).write({{"group_ids": [(4, env.ref("esign.group_" + group).id)]}})


def user(login):
    return env["res.users"].search([("login", "=", login)], limit=1)


def companies():
    return env["res.company"].search([("company_code", "!=", False)]) or env["res.company"].search([])


def gateway(company):
    """What the gateway approved is the wording that Odoo uses."""
    words = env["esign.signer"].with_context(lang="zh_CN")
    texts = {{
        "SMS_100001": ("code", "签署验证码", words._get_code_text("${{code}}", "${{document}}")),
        "SMS_100002": ("notice", "签署邀请", words._get_invitation_text("${{company}}", "${{document}}") + " ${{link}}"),
        "SMS_100003": ("notice", "签署提醒", words._get_invitation_text("${{company}}", "${{document}}", True) + " ${{link}}"),
    }}
    for rule in env["waste.notice.rule"].with_context(lang="zh_CN", active_test=False).search([]):
        texts["SMS_2000%02d" % rule.id] = ("notice", rule.name, re.sub(r"\{{\{{ *(\w+) *\}}\}}", r"${{\1}}", rule.body))
    with open(TEMPLATES, "w", encoding="utf-8") as file:
        json.dump({{code: wording for code, (_kind, _name, wording) in texts.items()}}, file, ensure_ascii=False)
    env["sms.cn.account"].create({{
        "company_id": company.id, "provider": "aliyun", "sign_name": "东实环境", "key_id": "fake-aliyun-id",
        "key_secret": "fake-aliyun-secret", "endpoint": SMS, "user_id": user("guanliyuan").id or env.uid,
        "template_ids": [(0, 0, {{"code": code, "kind": kind, "name": name, "wording": wording}})
                         for code, (kind, name, wording) in texts.items()]}})


def seal(company):
    name = company.partner_id.name
    picture = Image.new("RGB", (400, 400), "white")
    pen, red = ImageDraw.Draw(picture), (214, 30, 30)
    pen.ellipse((12, 12, 388, 388), outline=red, width=12)
    rows = [name[start:start + 7] for start in range(0, len(name), 7)][:3] + ["★", "合同专用章"]
    for number, row in enumerate(rows):
        size = 52 if row == "★" else 40 if len(row) < 7 else 36
        font = ImageFont.truetype(FONT, size)
        pen.text((200, 200 + (number - (len(rows) - 1) / 2) * 56), row, font=font, fill=red, anchor="mm")
    file = io.BytesIO()
    picture.save(file, "PNG")
    made = env["esign.seal"].create({{
        "name": name + "合同专用章", "company_id": company.id, "organisation": name, "image": base64.b64encode(file.getvalue()),
        "custodian_ids": [(6, 0, (user("xiaochen") | user("guanliyuan") | env.ref("base.user_admin")).ids)]}})
    made.action_activate()


def contract(business, login, line, **values):
    """A contract of 宏达 from today on, approved elsewhere, which all agreed to; it goes to its first signer."""
    company = env.ref("waste_scrm.company_" + business)
    order = env["sale.order"].with_company(company).create({{
        "business_id": env.ref("waste.business_" + business).id, "company_id": company.id, "contract_state": "customer_review",
        "partner_id": env.ref("waste_scrm.partner_hongda").id,
        "disposer_id": company.partner_id.id, "user_id": user(login).id, "date_start": date.today(),
        "date_end": date.today() + relativedelta(years=1, days=-1), "order_line": [(0, 0, line)], **values}})
    if order.needs_government_review:
        order.contract_state = "gov_review"
    order.contract_state = "signing"
    order.signing_contact_id = env.ref("waste_scrm.contact_hongda_wang")
    order.with_user(user(login)).with_context(allowed_company_ids=company.ids).sudo(False).action_start_signing()
    return env["esign.envelope"].search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)], limit=1)


def hazardous(waste, code, tonnes, price):
    return contract("hazardous", "zhangwei", {{
        "waste_name": waste, "waste_code_id": env["waste.code"].search([("code", "=", code)], limit=1).id, "pricing_mode": "unit_t",
        "planned_quantity_t": tonnes, "price_unit": price, "physical_form_id": env.ref("waste.physical_form_s").id,
        "packaging_id": env.ref("waste.packaging_bag_ton").id, "disposal_method_id": env.ref("waste.disposal_method_d10").id,
    }}, transport_mode_id=env.ref("waste.transport_mode_road_dg").id)


def kitchen():
    """Three parties: the canteen signs, we seal, the city's administration reviews."""
    return contract("kitchen", "lina", {{
        "waste_name": "厂区第二食堂餐厨垃圾", "pricing_mode": "tier_excess", "planned_quantity_t": 36, "price_unit": 320,
        "physical_form_id": env.ref("waste.physical_form_ss").id, "packaging_id": env.ref("waste.packaging_bin_120").id,
        "disposal_method_id": env.ref("waste.disposal_method_r3").id,
    }}, transport_mode_id=env.ref("waste.transport_mode_road_kitchen").id, government_id=env.ref("waste_scrm.partner_cityadmin").id)


def sign(envelope):
    """Sign as the producer does on the phone: read, code, handwriting."""
    signer = envelope.signer_ids.filtered(lambda signer: signer.action == "sign")
    signer._open(META)
    for number, _width, _height in signer._pages():
        signer._seen(number)
    time.sleep(signer.reading_seconds + 1)
    signer._read_complete()
    signer._send_code(META)
    sent = json.loads(fetch(SMS + "/messages.json"))
    signer._check_code(re.search(r"\d{{6}}", sent[-1]["text"].partition("】")[2])[0], META)
    strokes = [{{"t0": start, "points": [[100 + start / 6 + 10 * i, 150 + 60 * (i % 5) + start / 30, 0.5, 20 * i] for i in range(30)]}}
               for start in (0, 900, 1800)]
    signer._sign(json.dumps(strokes), base_sha256=envelope.current_sha256, nonce="demo-nonce-%s" % envelope.id,
                 consents={{"statement": True, "strokes": True}}, meta=META)


def put_seal(envelope):
    envelope.seal_request_ids.with_user(user("zongjingli")).sudo(False).action_approve()
    env["esign.envelope"].with_user(user("xiaochen")).sudo(False)._put_seals(
        envelope.seal_request_ids.with_user(user("xiaochen")).sudo(False))


def pickup(order):
    """A transport of tomorrow morning, given to its carrier: the parties are told."""
    planned = datetime.combine(date.today() + relativedelta(days=1), datetime.min.time()) + relativedelta(hours=1)  # 09:00 in Dongguan
    env["waste.pickup"].with_company(order.company_id).create({{
        "contract_id": order.id, "producer_id": order.partner_id.id, "business_id": order.business_id.id,
        "company_id": order.company_id.id, "planned_at": planned, "carrier_id": env.ref("waste_scrm.partner_yueyun").id,
        "vehicle_plate": "粤S12345", "driver_name": "张师傅"}}).with_user(user("diaodu")).with_context(
            allowed_company_ids=order.company_id.ids).sudo(False).action_dispatch()


set_up()
for company in companies():
    if not company._get_sms_cn_account():
        gateway(company)
    if not env["esign.seal"].search([("company_id", "=", company.id)]):
        seal(company)
env.cr.commit()
hazardous("废活性炭", "900-039-49", 12, 2800)
kitchen()
sign(hazardous("含铜蚀刻废液", "398-004-22", 30, 1350))
completed = hazardous("酸洗废液", "398-005-34", 8, 900)
sign(completed)
put_seal(completed)
env.cr.commit()
pickup(env["sale.order"].browse(completed.res_id))
env.cr.commit()
print("SIGNED", completed.state)
'''


def ensure(databases, name, simulators, url):
    """Do it once; the simulators must be running."""
    if product.parameter(databases, name, MARKER):
        return
    with step('Demo world: keys, seals and contracts being signed'):
        script = SCRIPT.format(tsa=simulators.tsa.url, sms=simulators.sms.url, folder=str(simulators.folder), url=url)
        odoo.run(['shell', '-d', name, '--no-http'], databases.env(), stdin=script)
        product.set_parameter(databases, name, MARKER, 'complete')
