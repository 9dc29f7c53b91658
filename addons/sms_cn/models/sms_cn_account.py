import logging
import secrets
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import split_every

from ..const import FAILURES
from ..tools import phone
from .sms_cn_provider import GatewayError, Outcome

_logger = logging.getLogger(__name__)

LOOPBACK = ('127.0.0.1', 'localhost')


class SmsCnAccount(models.Model):
    """A company's account at a gateway: with it every SMS of the company goes this way."""
    _name = 'sms.cn.account'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "SMS gateway account"
    _order = 'company_id, id'
    _rec_name = 'sign_name'

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company, index=True, ondelete='cascade')
    active = fields.Boolean(default=True)
    provider = fields.Selection([('aliyun', "Aliyun"), ('tencent', "Tencent Cloud")], required=True, default='aliyun', tracking=True)
    sign_name = fields.Char("Signature", required=True, tracking=True, help="Approved by the vendor, without brackets: 东实环境.")
    key_id = fields.Char("Key ID", required=True, groups='base.group_system', copy=False)
    key_secret = fields.Char("Key secret", required=True, groups='base.group_system', copy=False)
    app_id = fields.Char("SDK AppID", help="Tencent Cloud only, e.g. 1400006666.")
    endpoint = fields.Char(
        "Address of the API", groups='base.group_system',
        help="Only when the vendor gave you another one than its usual public address.")
    template_ids = fields.One2many('sms.cn.template', 'account_id', "Approved texts")

    report_token = fields.Char(
        required=True, readonly=True, copy=False, groups='base.group_system', default=lambda self: secrets.token_urlsafe(32))
    report_url = fields.Char("Address for delivery reports", compute='_compute_report_url', groups='base.group_system')
    user_id = fields.Many2one('res.users', "Responsible", required=True, default=lambda self: self.env.user, tracking=True,
                              help="Is told when messages can't be sent.")
    problem = fields.Char(readonly=True, copy=False)
    problem_since = fields.Datetime("Failing since", readonly=True, copy=False)
    last_success_at = fields.Datetime("Last message sent", compute='_compute_last_success_at')

    _company_uniq = models.UniqueIndex(
        '(company_id) WHERE active IS TRUE', "A company sends through one gateway. Archive the other one first.")
    _token_uniq = models.UniqueIndex('(report_token)', "The address for reports must be this account's own.")

    # === COMPUTE METHODS === #

    @api.depends('report_token')
    def _compute_report_url(self):
        for account in self:
            account.report_url = f'{account.get_base_url()}/sms_cn/report/{account.report_token}'

    def _compute_last_success_at(self):
        latest = dict(self.env['sms.cn.message']._read_group([('account_id', 'in', self.ids)], ['account_id'], ['sent_at:max']))
        for account in self:
            account.last_success_at = latest.get(account, False)

    # === CONSTRAINT METHODS === #

    @api.constrains('provider', 'app_id')
    def _check_app_id(self):
        for account in self.filtered(lambda account: account.provider == 'tencent' and not account.app_id):
            raise ValidationError(self.env._("%(sign)s: Tencent Cloud needs the SDK AppID of the application.", sign=account.sign_name))

    @api.constrains('sign_name')
    def _check_sign_name(self):
        for account in self.filtered(lambda account: set('【】[]') & set(account.sign_name)):
            raise ValidationError(self.env._(
                "%(sign)s: write the signature without brackets, the gateway adds them.", sign=account.sign_name))

    @api.constrains('endpoint')
    def _check_endpoint(self):
        """Keys and numbers don't travel in the clear; a simulator on the machine itself may."""
        for account in self.filtered('endpoint'):
            address = urlsplit(account.endpoint)
            if address.scheme != 'https' and not (address.scheme == 'http' and address.hostname in LOOPBACK):
                raise ValidationError(self.env._("%(address)s: the address must begin with https://.", address=account.endpoint))

    # === ACTION METHODS === #

    def action_test(self):
        """Open the window that sends one message to a number of your own."""
        self.ensure_one()
        self.check_access('write')
        return {
            'type': 'ir.actions.act_window', 'res_model': 'sms.cn.test', 'view_mode': 'form', 'target': 'new',
            'name': self.env._("Send a Test Message"), 'context': {'default_account_id': self.id},
        }

    def action_open_messages(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'sms.cn.message', 'view_mode': 'list,form', 'name': self.env._("Messages"),
            'domain': [('account_id', '=', self.id)],
        }

    # === BUSINESS METHODS === #

    def _provider(self):
        return self.env[f'sms.cn.provider.{self.provider}']

    def _get_endpoint(self):
        return (self.endpoint or self._provider()._endpoint).rstrip('/')

    def _deliver(self, text, recipients):
        """Hand one text for many people to the gateway.

        :param recipients: [(uuid of the SMS, number as people wrote it)]
        :return: results as `SmsApiBase._send_sms_batch` gives them
        """
        self.ensure_one()
        template, values = self.template_ids._match(text)
        if not template:
            return [self._result(uuid, 'template') for uuid, _number in recipients]
        results, uuids = [], {}
        for uuid, number in recipients:
            if national := phone.mainland(number):
                uuids.setdefault(national, []).append(uuid)
            else:
                results.append(self._result(uuid, 'country' if phone.is_foreign(number) else 'number'))
        for numbers in split_every(self._provider()._largest_batch, uuids):
            results += self._deliver_batch(template, values, {number: uuids[number] for number in numbers})
        return results

    def _deliver_batch(self, template, values, uuids):
        provider = self._provider()
        try:
            outcomes = provider._send(self, list(uuids), template, values)
        except GatewayError as error:
            outcomes = dict.fromkeys(uuids, Outcome(code=error.code, message=error.message))
        missing = Outcome(code='Unreadable', message="no answer for this number")
        results, sent, problems = [], [], {}
        for number, number_uuids in uuids.items():
            outcome = outcomes.get(number, missing)
            failure = None if outcome.serial else provider._codes.get(outcome.code, 'server')
            results += [self._result(uuid, failure, outcome.code) for uuid in number_uuids]
            if not failure:
                sent.append({'account_id': self.id, 'template_id': template.id, 'number': number, 'serial': outcome.serial,
                             'sms_uuids': number_uuids})
            elif failure in FAILURES:
                problems[failure] = outcome
                _logger.warning("SMS gateway of company %s: %s %s", self.company_id.id, outcome.code, outcome.message)
        self._note_health(problems, worked=bool(sent))
        self.env['sms.cn.message'].create(sent)
        return results

    def _result(self, uuid, failure, code=None):
        if not failure:
            return {'uuid': uuid, 'state': 'success', 'failure_reason': False}
        return {'uuid': uuid, 'state': FAILURES[failure].sms_state, 'failure_reason': self._explain(failure, code)}

    def _explain(self, failure, code=None):
        """One sentence for people: what is wrong and what to do. The vendor's code ends it, for the vendor's hotline."""
        sentence = {
            'credit': self.env._("The SMS account has no credit left: nothing was sent. Top it up at the vendor, then send again."),
            'account': self.env._("The SMS gateway doesn't accept our account: nothing was sent. Check key, secret and rights."),
            'registration': self.env._(
                "The vendor has not approved the signature or the template: nothing was sent. Compare both with its console."),
            'template': self.env._(
                "No approved template covers this text: nothing was sent. Have it approved and enter it under Approved Texts."),
            'content': self.env._(
                "The gateway rejects a value in the text: nothing was sent. Look for links, forbidden words or too long values."),
            'number': self.env._("This is no mobile number of mainland China: nothing was sent. Correct the number."),
            'country': self.env._("The gateway sends to mainland China only: nothing was sent. Use another channel for this number."),
            'throttled': self.env._("Too many messages in a short time: nothing was sent. Wait a little, then send again."),
            'server': self.env._("The SMS gateway doesn't answer as it should. Whether the message was sent is unknown; try again later."),
        }[failure]
        return f'{sentence} ({code})' if code else sentence

    def _note_health(self, problems, worked):
        """Call the responsible once when sending begins to fail, and again only after it has worked in between.

        In a transaction of its own: who wanted the message may roll back, a code not sent for instance, the alarm must stay.
        """
        alarming = next((failure for failure in problems if FAILURES[failure].alarming), None)
        if bool(self.problem) == bool(alarming) or not (alarming or worked):
            return
        sentence = self._explain(alarming, problems[alarming].code) if alarming else False
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr)).exists()._write_health(sentence)
        self.invalidate_recordset()

    def _write_health(self, sentence):
        for account in self:
            account.write({'problem': sentence, 'problem_since': sentence and fields.Datetime.now()})
            if sentence:
                account.activity_schedule('sms_cn.mail_activity_type_failure', summary=sentence, user_id=account.user_id.id)
            else:
                account.activity_feedback(['sms_cn.mail_activity_type_failure'], feedback=self.env._("Messages are sent again."))
