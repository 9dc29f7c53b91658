import json

from odoo.http import Controller, request, route

LARGEST_BODY = 256 * 1024
MOST_REPORTS = 1000


class SmsCnReport(Controller):

    @route('/sms_cn/report/<string:token>', type='http', auth='public', methods=['POST'], csrf=False, save_session=False)
    def report(self, token):
        """A vendor's push of delivery reports.

        Neither vendor signs them. The address is secret, and what comes in is a hint only: which receipts to ask about now,
        through the signed API. So a forged report can cost one question and change nothing.
        """
        account_sudo = request.env['sms.cn.account'].sudo().search([('report_token', '=', token)], limit=1)
        if not account_sudo:
            raise request.not_found()
        if (request.httprequest.content_length or 0) > LARGEST_BODY:
            return request.make_json_response({'code': 1, 'result': 1, 'msg': "too large", 'errmsg': "too large"}, status=413)
        serials = self._serials(request.httprequest.get_data())
        if serials is None:
            return request.make_json_response({'code': 1, 'result': 1, 'msg': "not a list", 'errmsg': "not a list"}, status=400)
        request.env['sms.cn.message'].sudo().search(
            [('account_id', '=', account_sudo.id), ('serial', 'in', serials), ('state', '=', 'sent')])._hint()
        # the first two are what Aliyun waits for, the last two Tencent Cloud
        return request.make_json_response({'code': 0, 'msg': "OK", 'result': 0, 'errmsg': "OK"})

    @staticmethod
    def _serials(body):
        """The receipts named in a push, or None when it isn't one."""
        try:
            reports = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(reports, list) or not all(isinstance(report, dict) for report in reports):
            return None
        named = (report.get('biz_id') or report.get('sid') for report in reports[:MOST_REPORTS])
        return [serial for serial in named if isinstance(serial, str)]
