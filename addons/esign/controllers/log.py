"""Links of signers are keys: the server's log shows that one was used, not which."""
import logging
import re

SECRET = re.compile(r'(/sign/)(?!(?:page|file|code|submit|seen|decline|delegate|review|verify|crl)\b)[\w-]{16,}')


class LinkFilter(logging.Filter):
    """Blank the token of a link in the message and in its arguments."""

    def filter(self, record):
        record.msg = _blank(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_blank(value) for value in record.args)
        return True


def _blank(value):
    return SECRET.sub(r'\1***', value) if isinstance(value, str) else value


# the access log, and the warning about a form without its token, which names the path
for name in ('werkzeug', 'odoo.http'):
    logging.getLogger(name).addFilter(LinkFilter())
