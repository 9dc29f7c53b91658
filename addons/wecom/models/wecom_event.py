from odoo import api, models


class WecomEvent(models.AbstractModel):
    """What an event of WeCom does. A room adds `wecom.event.<event>` or `wecom.event.<event>.<change type>` and inherits this."""
    _name = 'wecom.event'
    _description = "Handler of a WeCom event"

    @api.model
    def _apply(self, callbacks):
        """Apply the events, oldest first; what is not given another end is done. To override.

        They come more than once, late, in any order and with gaps, so the handler asks what is true now rather than adding up.

        :param callbacks: `wecom.callback`, locked; each tells its fields by ``_read_fields()``
        """
        raise NotImplementedError
