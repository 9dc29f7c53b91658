from odoo import models


class WecomChannelKind(models.AbstractModel):
    """How WeCom holds a kind of channel; one small model each, `wecom.channel.kind.<kind>`."""
    _name = 'wecom.channel.kind'
    _description = "Kind of WeCom channel"

    def _make(self, channel):
        """Make it on WeCom and return what to write: 'config_id', and 'qr_code' or 'url'."""
        raise NotImplementedError

    def _change(self, channel):
        """Tell WeCom how it is now."""
        raise NotImplementedError

    def _delete(self, channel, number):
        """Take it from WeCom."""
        raise NotImplementedError

    def _search_there(self, channel):
        """Return what `_make` would of the one that an attempt without an answer made, or None."""
        raise NotImplementedError
