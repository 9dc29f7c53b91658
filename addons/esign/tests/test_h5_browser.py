import io
import json
import re
import tempfile
from pathlib import Path

from pypdf import PdfReader

from odoo.tests import tagged

from .h5_common import H5BrowserCase


@tagged('post_install', '-at_install')
class TestPhone(H5BrowserCase):
    """Real pages, real fingers: from the link in the message to the verified file."""

    # THE WHOLE WAY -------------------------------------------------------------

    def test_s0_3_1_2_l_from_the_link_to_the_verified_file(self):
        envelope = self._start()
        signer = self._signer(envelope)

        with self.phone() as phone:
            self.to_the_canvas(phone, signer)
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done')
            self.assertIn("您已签署", phone.text())
            self.assertIn("王经理（您）", phone.text())

        self.assertEqual((signer.state, envelope.state), ('signed', 'signing'))
        self.assertEqual(envelope.revision_ids.mapped('kind'), ['rendered', 'frozen', 'signed'])
        kept = self.env['esign.handwriting'].search([('signer_id', '=', signer.id)])
        self.assertEqual((kept.state, kept.is_strokes_kept), ('done', True))
        for event in ('link_opened', 'viewed', 'read_complete', 'otp_sent', 'otp_ok', 'signed', 'key_destroyed'):
            self.assertIn(event, self._types(envelope))

        self._approve(envelope)
        self._put(envelope)
        self.assertEqual(envelope.state, 'completed')
        address, pdf = self.env['esign.evidence.report']._get_verify_url(envelope), envelope.revision_id._get_pdf()
        with self.phone() as phone:
            phone.open(self.path(signer))
            phone.tap('form button.primary')
            phone.see('.mark.done')
            self.assertIn("已完成", phone.text())
            self.assertOpensInPdfJs(phone, ['freeze', 'party_a', 'party_b', 'archive_001'], {'party_a', 'party_b'}, address)

            self.assertEqual(self.upload(phone, pdf), ['good', 'good'])
            self.assertEqual(phone.js('document.querySelectorAll(".signatures li.good").length'),
                             phone.js('document.querySelectorAll(".signatures li").length'))
            self.assertRegex(phone.text(), r'文件与登记一致\s*是')
            self.assertRegex(phone.text(), r'密码学有效\s*是')

    def assertOpensInPdfJs(self, phone, signatures, drawn, address):
        """The viewer of Odoo and of Firefox opens the signer's copy, lists its signatures and draws those of the parties; a reader of
        codes finds on each page where it is verified."""
        found = phone.js("""(async () => {
            const pdfjs = await import("/web/static/lib/pdfjs/build/pdf.js");
            pdfjs.GlobalWorkerOptions.workerSrc = "/web/static/lib/pdfjs/build/pdf.worker.js";
            const data = await (await fetch("/sign/file.pdf")).arrayBuffer();
            const file = await pdfjs.getDocument({ data, isEvalSupported: false, verbosity: 0 }).promise;
            const reader = document.createElement("script");
            reader.src = "/web/static/lib/zxing-library/zxing-library.js";
            await new Promise((loaded) => { reader.onload = loaded; document.head.append(reader); });
            const shown = {}, codes = [];
            // as a person does: hold the phone nearer when it can't be read
            const readCode = async (page) => {
                for (const scale of [3, 4, 5, 3.5]) {
                    const viewport = page.getViewport({ scale });
                    const canvas = Object.assign(document.createElement("canvas"), { width: viewport.width, height: viewport.height });
                    await page.render({ canvasContext: canvas.getContext("2d"), viewport }).promise;
                    const side = Math.round(80 * scale);
                    const corner = Object.assign(document.createElement("canvas"), { width: side, height: side });
                    corner.getContext("2d").drawImage(canvas, 0, side - canvas.height);
                    const image = new ZXing.HybridBinarizer(new ZXing.HTMLCanvasElementLuminanceSource(corner));
                    try {
                        return new ZXing.QRCodeReader().decode(new ZXing.BinaryBitmap(image)).getText();
                    } catch (error) {
                        console.debug(scale, error);
                    }
                }
                return "";
            };
            for (let number = 1; number <= file.numPages; number++) {
                const page = await file.getPage(number);
                for (const item of await page.getAnnotations()) {
                    if (item.fieldType === "Sig") {
                        shown[item.fieldName] = item.hasAppearance;
                    }
                }
                codes.push(await readCode(page));
            }
            const fields = Object.entries(await file.getFieldObjects()).filter(([, places]) => places[0].type === "signature");
            return { shown, codes, fields: fields.map(([name]) => name) };
        })()""")
        self.assertEqual(found['codes'], [address] * 2)
        self.assertEqual(sorted(found['fields']), sorted(signatures))
        self.assertEqual({name for name, has_appearance in found['shown'].items() if has_appearance}, drawn)

    def test_without_consent_speed_and_pressure_are_not_kept(self):
        signer = self._signer(self._start())

        with self.phone() as phone:
            self.open_link(phone, signer)
            self.read_through(phone)
            self.agree(phone, keep_strokes=False)
            self.type_code(phone)
            phone.see('#handwriting canvas')
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done')

        kept = self.env['esign.handwriting'].search([('signer_id', '=', signer.id)])
        self.assertEqual((kept.state, kept.is_strokes_kept, kept.strokes), ('done', False, False))

    # READING -------------------------------------------------------------------

    def test_the_way_on_opens_after_the_last_page_and_the_time(self):
        template = self._template(name="Slow")
        template.party_ids.reading_seconds = 3
        signer = self._signer(self._start(template=template))

        with self.phone() as phone:
            self.open_link(phone, signer)
            phone.tap('[data-step=intro] [data-next]')
            phone.see('.sheet img')
            self.assertTrue(phone.js('document.querySelector("[data-go=next]").disabled'))
            self.assertIn("请读到最后", phone.text())
            phone.js('window.scrollTo(0, document.body.scrollHeight)')
            for number in (1, 2):
                phone.js(f'document.querySelector(".sheet[data-page=\\"{number}\\"]").scrollIntoView()')
                phone.wait(f'document.querySelector(".sheet[data-page=\\"{number}\\"] img").naturalWidth > 0')
            phone.js('window.scrollTo(0, document.body.scrollHeight)')
            phone.wait('document.querySelector("[data-hint]").textContent.includes("还需")')
            phone.wait('!document.querySelector("[data-go=next]").disabled')
            phone.tap('[data-go=next]')
            phone.see('[data-step=confirm]')

        self.assertTrue(signer.read_at)
        self.assertEqual(sorted(signer.pages_seen), ['1', '2'])

    def test_a_tick_is_needed_and_the_back_key_goes_one_step_back(self):
        signer = self._signer(self._start())

        with self.phone() as phone:
            self.open_link(phone, signer)
            self.read_through(phone)
            phone.tap('[data-step=confirm] > [data-next]')
            phone.see('[data-step=confirm] .notice.error')
            self.assertIn("请先勾选确认内容", phone.text())
            phone.js('history.back()')
            phone.see('[data-step=read]')

    def test_a_wrong_code_is_told_and_can_be_typed_again(self):
        signer = self._signer(self._start())

        with self.phone() as phone:
            self.open_link(phone, signer)
            self.read_through(phone)
            self.agree(phone)
            phone.tap('[data-step=code] [data-do=code]')
            phone.see('[data-sent]')
            wrong = '000000' if self.code() != '000000' else '111111'
            phone.type('[data-step=code] [name=code]', wrong)
            phone.see('[data-step=code] .notice.error')
            self.assertIn("4", phone.js('document.querySelector("[data-step=code] .notice.error").textContent'))
            self.assertRegex(phone.js('document.querySelector("[data-step=code] [data-do=code]").textContent'), r'重新发送（\d+ 秒）')
            phone.type('[data-step=code] [name=code]', self.code())
            phone.see('#handwriting canvas')

    # HANDWRITING ---------------------------------------------------------------

    def test_ink_stays_under_the_finger_through_turns_at_every_width(self):
        """esign.md §5: after turning the phone Odoo's widget is 335 px off; here 1 px."""
        signer = self._signer(self._start())

        with self.phone() as phone:
            self.to_the_canvas(phone, signer)
            for width, height in ((360, 740), (390, 844), (430, 932)):
                phone.hold(width, height)
                phone.see('#handwriting.turned')
                self.wipe(phone)
                phone.draw([(width / 2, 200 + 4 * step) for step in range(30)])
                self.assertInk(phone, (width / 2, 260))

                phone.draw([(width / 2 - 60 + 2 * step, 200) for step in range(20)], lift=False)
                phone.turn()  # the finger is still down
                phone.see('#handwriting:not(.turned)')
                phone.touch('touchEnd')
                self.assertEqual(self.strokes_on(phone), 2)
                phone.draw([(height / 2 + 3 * step, width / 2) for step in range(30)])
                self.assertInk(phone, (height / 2 + 45, width / 2))
                self.assertEqual(self.strokes_on(phone), 3)

                phone.hold(width, height)
                phone.see('#handwriting.turned')
                phone.draw([(width / 2 - 40, 300 + 4 * step) for step in range(30)])
                self.assertInk(phone, (width / 2 - 40, 360))
                self.assertEqual(self.strokes_on(phone), 4)
                sizes = self.points(phone)
                self.assertEqual(sizes['bitmap'], sizes['width'] * 3)

    def points(self, phone):
        return phone.js('''(() => {
            const box = document.querySelector("#handwriting canvas");
            return { box: box.getBoundingClientRect().toJSON(), width: box.clientWidth, height: box.clientHeight, bitmap: box.width };
        })()''')

    def wipe(self, phone):
        if self.strokes_on(phone):
            phone.tap('#handwriting [data-do=clear]')

    def strokes_on(self, phone):
        return int(phone.js('document.querySelector("#handwriting").dataset.strokes'))

    def assertInk(self, phone, point):
        """There is ink within one pixel of where the finger was."""
        x, y = point
        self.assertTrue(phone.js(f'''(() => {{
            const canvas = document.querySelector("#handwriting canvas");
            const box = canvas.getBoundingClientRect();
            const turned = document.querySelector("#handwriting").classList.contains("turned");
            const [left, top] = turned ? [{y} - box.top, box.right - {x}] : [{x} - box.left, {y} - box.top];
            const ratio = canvas.width / canvas.clientWidth;
            const pixels = canvas.getContext("2d").getImageData((left - 1) * ratio, (top - 1) * ratio, 2 * ratio, 2 * ratio).data;
            return pixels.some((value, index) => index % 4 === 3 && value > 0);
        }})()'''), f'no ink at {point}')

    def test_s0_3_2_1_c_empty_canvas_is_refused_and_what_is_drawn_again_is_signed_with_its_evidence(self):
        envelope = self._start()
        signer = self._signer(envelope)

        with self.phone() as phone:
            self.to_the_canvas(phone, signer)
            phone.tap('#handwriting [data-do=finish]')
            self.assertIn("还没有写字", phone.text())
            self.write_name(phone)
            self.assertEqual(self.strokes_on(phone), 2)
            phone.tap('#handwriting [data-do=undo]')
            self.assertEqual(self.strokes_on(phone), 1)
            phone.tap('#handwriting [data-do=clear]')
            self.assertEqual(self.strokes_on(phone), 0)
            phone.draw([(200, 300), (205, 304)])
            phone.tap('#handwriting [data-do=finish]')
            phone.see('#handwriting .notice.error')
            phone.tap('#handwriting [data-do=clear]')
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            phone.see('[data-step=write] [data-written]')
            phone.tap('[data-step=write] [data-written] [data-do=write]')
            phone.see('#handwriting canvas')
            self.assertEqual(self.strokes_on(phone), 0)
            with self.alone():
                self.assertEqual(signer.state, 'invited')
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done')

        self.assertEqual(self.drawn_fields(envelope.revision_id._get_pdf()), {'party_a'})
        evidence = json.loads(self.env['esign.handwriting'].search([('signer_id', '=', signer.id)]).evidence)
        facts = {event.type: event for event in envelope.event_ids}
        self.assertEqual((evidence['ip'], facts['signed'].ip), ('127.0.0.1', '127.0.0.1'))
        self.assertIn('MicroMessenger', evidence['user_agent'])
        self.assertEqual((evidence['phone'], evidence['code_event']), ('138****0001', facts['otp_ok'].hash))
        self.assertTrue(evidence['server_time'] and facts['otp_ok'].at <= facts['signed'].at)

    def drawn_fields(self, pdf):
        """The signature places in which something is drawn."""
        fields = PdfReader(io.BytesIO(pdf)).get_fields().items()
        return {name for name, field in fields if field.get('/FT') == '/Sig' and field.get('/V') and name != 'freeze'}

    def test_one_character_to_a_square(self):
        template = self._template(name="By character")
        template.party_ids.per_character = True
        envelope = self._start(template=template)
        signer = self._signer(envelope)

        with self.phone(360, 740) as phone:
            self.to_the_canvas(phone, signer)
            phone.see('#handwriting.by-character')
            self.write_by_character(phone, "王经理")
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done')

        self.assertEqual(signer.state, 'signed')

    # WEAK NETWORK ----------------------------------------------------------------

    def test_an_answer_lost_on_the_way_never_signs_twice(self):
        envelope = self._start()
        signer = self._signer(envelope)

        with self.phone() as phone:
            self.to_the_canvas(phone, signer)
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            lost = phone.lose_answers('/sign/submit', 2)
            phone.hurry()
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done', 40)

        self.assertEqual(len(lost), 2, "The network did not fail.")
        self.assertEqual(signer.state, 'signed')
        self.assertEqual(self._types(envelope).count('signed'), 1)
        self.assertEqual(envelope.revision_ids.mapped('kind').count('signed'), 1)

    def test_a_dead_network_keeps_the_handwriting(self):
        envelope = self._start()
        signer = self._signer(envelope)

        with self.phone() as phone:
            self.to_the_canvas(phone, signer)
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            phone.hurry()
            phone.offline(True)
            phone.see('#offline')
            phone.tap('[data-step=write] [data-do=submit]')
            phone.wait('document.querySelector("[data-step=write] .notice.error").textContent.includes("绝不会重复签署")', 30)
            phone.offline(False)
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done')

        self.assertEqual(self._types(envelope).count('signed'), 1)

    # OTHER ANSWERS -----------------------------------------------------------------

    def test_refusing_with_a_reason(self):
        envelope = self._start()
        signer = self._signer(envelope)

        with self.phone() as phone:
            self.open_link(phone, signer)
            phone.tap('[data-open=decline]')
            phone.type('#decline [name=reason]', "价格与约定不符")
            phone.tap('#decline [type=submit]')
            phone.see('.mark.bad')
            self.assertIn("已拒签", phone.text())

        self.assertEqual((signer.state, signer.reason, envelope.state), ('declined', "价格与约定不符", 'declined'))

    def test_passing_it_on_with_a_code(self):
        envelope = self._start()
        signer = self._signer(envelope)
        link = self.path(signer)

        with self.phone() as phone:
            self.open_link(phone, signer)
            phone.tap('[data-open=delegate]')
            phone.type('#delegate [name=name]', "刘会计")
            phone.type('#delegate [name=phone]', "13900000002")
            phone.type('#delegate [name=reason]', "负责签约")
            phone.tap('#delegate [data-do=code]')
            phone.see('#delegate [data-sent]')
            phone.type('#delegate [name=code]', self.code())
            phone.tap('#delegate [type=submit]')
            phone.see('#delegate .notice.large')
            phone.open('/sign/page')
            self.assertIn("链接无效", phone.text())
            phone.open(link)
            self.assertIn("链接无效", phone.text())

        self.assertEqual(signer.state, 'delegated')
        heir = self._signer(envelope)
        self.assertEqual((heir.name, heir.state), ("刘会计", 'invited'))
        with self.phone() as phone:
            self.open_link(phone, heir)
            self.assertIn("刘会计", phone.text())

    def test_a_regulator_approves_with_opinion_attachment_and_handwriting(self):
        template = self._template(name="Two")
        envelope = self._start(
            self._row('party_g', "赵科长", phone='13700000003', order=1), {'key': 'party_b', 'company_name': self.company.name},
            template=template)
        signer = self._signer(envelope, 'party_g')

        with self.phone() as phone, tempfile.NamedTemporaryFile(suffix='.pdf', prefix='审核') as file:
            file.write(b'%PDF-1.4 stamped\n%%EOF')
            file.flush()
            self.open_link(phone, signer)
            self.read_through(phone)
            phone.tap('[name=verdict][value=pass]')
            phone.type('[name=opinion]', "同意备案")
            phone.choose('[name=files]', file.name)
            self.agree(phone)
            self.type_code(phone)
            phone.see('#handwriting canvas')
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.done')
            self.assertIn("审核意见已提交", phone.text())
            self.assertEqual(phone.js('document.querySelector("#esign")'), None)
            name = Path(file.name).name

        self.assertEqual((signer.state, signer.opinion), ('signed', "同意备案"))
        self.assertIn('reviewed', self._types(envelope))
        files = self.env['ir.attachment'].search([('res_model', '=', 'esign.signer'), ('res_id', '=', signer.id)])
        self.assertEqual(files.mapped('name'), [name])

    def test_a_regulator_returns_it_without_handwriting(self):
        envelope = self._start(
            self._row('party_g', "赵科长", phone='13700000003', order=1), {'key': 'party_b', 'company_name': self.company.name})
        signer = self._signer(envelope, 'party_g')

        with self.phone() as phone:
            self.open_link(phone, signer)
            self.read_through(phone)
            phone.tap('[name=verdict][value=return]')
            phone.tap('[name=statement]')
            phone.tap('[data-step=review] > [data-next]')
            self.assertIn("请写明需要修改的内容", phone.text())
            phone.type('[name=opinion]', "第 3 条请补充危废代码")
            phone.tap('[data-step=review] > [data-next]')
            self.type_code(phone)
            phone.see('[data-returned]')
            phone.tap('[data-step=write] [data-do=submit]')
            phone.see('.mark.bad')

        self.assertEqual((signer.state, envelope.state, envelope.reason), ('declined', 'declined', "第 3 条请补充危废代码"))

    # EVERY PAGE, EVERY WIDTH -------------------------------------------------------

    def test_no_page_is_wider_than_its_screen(self):
        envelope = self._start()
        signer = self._signer(envelope)

        with self.phone() as phone:
            for width, height in ((360, 740), (390, 844), (430, 932), (844, 390), (1400, 900)):
                phone.hold(width, height)
                phone.open(self.path(signer))
                self.assertFits(phone, 'link')
                phone.tap('form button.primary')
                phone.see('[data-step=intro]')
                for step in phone.js('[...document.querySelectorAll("[data-step]")].map((step) => step.dataset.step)'):
                    phone.js(f'document.querySelectorAll("[data-step]").forEach((step) => step.hidden = step.dataset.step !== "{step}")')
                    self.assertFits(phone, step)
                phone.open('/sign/verify')
                self.assertFits(phone, 'verify')

    def assertFits(self, phone, page):
        too_wide = phone.js('''[...document.querySelectorAll("body *")].filter((element) => element.checkVisibility()
            && element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map((element) => element.outerHTML.slice(0, 80))''')
        self.assertFalse(too_wide, f'{page} at {phone.size}')
        small = phone.js('''[...document.querySelectorAll("main button, main input")].filter((element) => element.checkVisibility()
            && element.getBoundingClientRect().height < 28 && element.type !== "file").map((element) => element.outerHTML.slice(0, 80))''')
        self.assertFalse(small, f'{page} at {phone.size}: too small for a finger')

    def test_the_page_speaks_chinese(self):
        self.company.partner_id.lang = 'zh_CN'
        signer = self._signer(self._start())

        with self.phone() as phone:
            phone.open(self.path(signer))
            texts = [phone.text()]
            phone.tap('form button.primary')
            phone.see('[data-step=intro]')
            phone.js('document.querySelectorAll("[hidden]").forEach((element) => element.hidden = false)')
            texts.append(phone.text())
            phone.open('/sign/verify')
            texts.append(phone.text())

        for text in texts:
            words = re.findall(r'[A-Za-z]{3,}', re.sub(r'\{\w+\}', '', text.replace(self.env.company.name, '')))
            foreign = set(words) - {'PDF', 'OFD', 'PAdES', 'JavaScript', 'SHA'}
            self.assertFalse(foreign, text)
