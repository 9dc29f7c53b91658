"""What the vendors' codes mean to us. Read 22 Nov 2026:

Aliyun   https://help.aliyun.com/document_detail/101346.html (API), https://help.aliyun.com/document_detail/101347.html (reports)
Tencent  https://cloud.tencent.com/document/product/382/55981 (SendSms), https://cloud.tencent.com/document/product/382/59177
"""
from typing import NamedTuple


class Meaning(NamedTuple):
    """What a failure is to Odoo (`sms_state`, see `SmsApiBase`), and whether somebody has to be called."""
    sms_state: str
    alarming: bool


#: the end a message can come to at our side or the gateway's; the sentences are in `sms.cn.account._explain`
FAILURES = {
    'credit': Meaning('insufficient_credit', True),
    'account': Meaning('unregistered', True),
    'registration': Meaning('registration_needed', True),
    'template': Meaning('registration_needed', False),
    'content': Meaning('registration_needed', False),
    'number': Meaning('wrong_number_format', False),
    'country': Meaning('country_not_supported', False),
    'throttled': Meaning('server_error', False),
    'server': Meaning('server_error', True),
}

ALIYUN_CODES = {
    'isv.AMOUNT_NOT_ENOUGH': 'credit',
    'isv.OUT_OF_SERVICE': 'credit',
    'isv.ACCOUNT_NOT_EXISTS': 'account',
    'isv.ACCOUNT_ABNORMAL': 'account',
    'isv.PRODUCT_UN_SUBSCRIPT': 'account',
    'isv.PRODUCT_UNSUBSCRIBE': 'account',
    'isp.RAM_PERMISSION_DENY': 'account',
    'isv.DENY_IP_RANGE': 'account',
    'InvalidAccessKeyId.NotFound': 'account',
    'InvalidAccessKeyId.Inactive': 'account',
    'SignatureDoesNotMatch': 'account',
    'IncompleteSignature': 'account',
    'InvalidTimeStamp.Expired': 'account',
    'Forbidden.RAM': 'account',
    'isv.SMS_SIGNATURE_ILLEGAL': 'registration',
    'isv.SMS_SIGN_ILLEGAL': 'registration',
    'isv.SIGN_STATE_ILLEGAL': 'registration',
    'isv.SMS_SIGNATURE_SCENE_ILLEGAL': 'registration',
    'isv.SMS_TEMPLATE_ILLEGAL': 'registration',
    'isv.TEMPLATE_MISSING_PARAMETERS': 'registration',
    'isv.TEMPLATE_PARAMS_ILLEGAL': 'content',
    'isv.PARAM_LENGTH_LIMIT': 'content',
    'isv.PARAM_NOT_SUPPORT_URL': 'content',
    'isv.SMS_CONTENT_ILLEGAL': 'content',
    'isv.BLACK_KEY_CONTROL_LIMIT': 'content',
    'isv.MOBILE_NUMBER_ILLEGAL': 'number',
    'isv.DOMESTIC_NUMBER_NOT_SUPPORTED': 'country',
    'isv.BUSINESS_LIMIT_CONTROL': 'throttled',
    'isv.DAY_LIMIT_CONTROL': 'throttled',
    'isv.MONTH_LIMIT_CONTROL': 'throttled',
    'Throttling': 'throttled',
    'Throttling.User': 'throttled',
    'Throttling.Api': 'throttled',
}

TENCENT_CODES = {
    'FailedOperation.InsufficientBalanceInSmsPackage': 'credit',
    'AuthFailure.SecretIdNotFound': 'account',
    'AuthFailure.SignatureFailure': 'account',
    'AuthFailure.SignatureExpire': 'account',
    'AuthFailure.UnauthorizedOperation': 'account',
    'AuthFailure.InvalidAuthorization': 'account',
    'UnauthorizedOperation.SmsSdkAppIdVerifyFail': 'account',
    'UnauthorizedOperation.ServiceSuspendDueToArrears': 'credit',
    'FailedOperation.SignatureIncorrectOrUnapproved': 'registration',
    'FailedOperation.TemplateIncorrectOrUnapproved': 'registration',
    'FailedOperation.TemplateParamSetNotMatchApprovedTemplate': 'registration',
    'InvalidParameterValue.TemplateParameterFormatError': 'registration',
    'InvalidParameterValue.TemplateParameterLengthLimit': 'content',
    'FailedOperation.ContainSensitiveWord': 'content',
    'FailedOperation.PhoneNumberInBlacklist': 'number',
    'InvalidParameterValue.IncorrectPhoneNumber': 'number',
    'UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber': 'country',
    'LimitExceeded': 'throttled',
    'LimitExceeded.DailyLimit': 'throttled',
    'LimitExceeded.AppDailyLimit': 'throttled',
    'LimitExceeded.PhoneNumberDailyLimit': 'throttled',
    'LimitExceeded.PhoneNumberOneHourLimit': 'throttled',
    'LimitExceeded.PhoneNumberThirtySecondLimit': 'throttled',
    'LimitExceeded.PhoneNumberSameContentDailyLimit': 'throttled',
    'LimitExceeded.DeliveryFrequencyLimit': 'throttled',
    'RequestLimitExceeded': 'throttled',
}

#: carriers' codes of a message not delivered -> Odoo's delivery errors (`sms.sms.DELIVERY_ERRORS` without `sms_`)
CARRIER_CODES = {
    'MK:0000': 'invalid_destination',
    'MK:0001': 'invalid_destination',
    'MI:0001': 'invalid_destination',
    'MOBILE_NOT_ON_SERVICE': 'invalid_destination',
    'UNDELIVERABLE': 'invalid_destination',
    'UNKNOWN': 'not_delivered',
    'REJECTD': 'rejected',
    'MOBILE_IN_BLACK': 'rejected',
    'MBBLACK': 'rejected',
    'EXPIRED': 'expired',
}
