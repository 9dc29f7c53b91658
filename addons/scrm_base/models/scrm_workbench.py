from bisect import bisect_right
from datetime import datetime

from babel.dates import format_date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import babel_locale_parse, get_lang

# Hour from which each greeting holds.
GREETING_HOURS = (5, 12, 14, 18)


class ScrmWorkbench(models.AbstractModel):
    """The home page of a member of staff: what waits for him, in the words of his role.

    Each role is a model of its own that inherits `scrm.workbench.role`; the rooms above add roles, tiles and
    panels by inheriting, nothing here knows them.
    """

    _name = "scrm.workbench"
    _description = "Home page of the staff"

    @api.model
    @api.readonly
    def get_home(self, role=None):
        """Return everything that the home page of the current user shows.

        :param str role: key of the role to show; one that the user doesn't have counts as none, and the first
            of his roles is shown
        :return: dict with ``greeting``, ``date``, ``roles`` [{key, name, icon}], ``role``, ``todo_count``,
            ``shortcuts``, ``tiles`` and ``panels``; see `scrm.workbench.role`
        :raise AccessError: when the user is no member of staff
        """
        if not self.env.user.has_group("waste.group_user"):
            raise AccessError(self.env._("The home page is for the staff of the waste business; ask your administrator for a role."))
        roles = self._get_roles()
        current = [candidate for candidate in roles if candidate._key() == role][:1] or roles[:1]
        tiles = [tile for candidate in current for tile in candidate._get_tiles()]
        return {
            "greeting": self._get_greeting(),
            "date": self._format_today(),
            "roles": [{"key": each._key(), "name": each._title(), "icon": each._icon} for each in roles],
            "role": current[0]._key() if current else False,
            "todo_count": sum(tile["count"] for tile in tiles if tile["is_todo"]),
            "shortcuts": [shortcut for candidate in current for shortcut in candidate._get_shortcuts()],
            "tiles": tiles,
            "panels": [panel for candidate in current for panel in candidate._panels({tile["key"]: tile for tile in tiles})],
        }

    def _get_roles(self):
        """Return the role models of the current user; those that another one of his includes come last."""
        names = self.env.registry.descendants(["scrm.workbench.role"], "_inherit") - {"scrm.workbench.role"}
        mine = [self.env[name] for name in names if self.env.user.has_group(self.env[name]._group)]
        definitions = self.env["res.groups"]._get_group_definitions()
        included = set(definitions.get_superset_ids([definitions.get_id(role._group) for role in mine]))
        return sorted(mine, key=lambda role: (definitions.get_id(role._group) in included, role._rank))

    def _get_greeting(self):
        hour = datetime.now(self.env.tz).hour
        name = self.env.user.name
        return (
            self.env._("Good night, %(name)s", name=name),
            self.env._("Good morning, %(name)s", name=name),
            self.env._("Good day, %(name)s", name=name),
            self.env._("Good afternoon, %(name)s", name=name),
            self.env._("Good evening, %(name)s", name=name),
        )[bisect_right(GREETING_HOURS, hour)]

    def _format_today(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_date(fields.Date.context_today(self), format="full", locale=locale)
