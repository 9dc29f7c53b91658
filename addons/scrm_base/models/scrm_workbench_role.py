from datetime import datetime, time, timedelta

import pytz
from babel.dates import format_skeleton

from odoo import fields, models
from odoo.tools.misc import babel_locale_parse, format_amount, get_lang

PANEL_LIMIT = 5


class ScrmWorkbenchRole(models.AbstractModel):
    """One role's part of the home page. A role inherits it, names its group and fills in the four hooks.

    Everything is read with the rights of the current user: what a record rule hides isn't counted either.
    An ``action`` is the xml id of a window action of the rooms; the page opens it with the ``domain`` beside it,
    so the list shows exactly the records that were counted.
    """

    _name = "scrm.workbench.role"
    _description = "One role's part of the home page"

    _group = None  # xml id of the group whose members have this role
    _icon = "fa-user-o"
    _rank = 100
    _approved_here = ()  # models whose approvals a tile of the role counts already

    # === HOOKS === #

    def _title(self):
        """Return the name of the role. To override."""
        raise NotImplementedError

    def _tiles(self):
        """Return the figures of the role, the most urgent first; see `_tile`. To override."""
        return []

    def _panels(self, tiles):
        """Return the short lists and tables of the role; see `_panel` and `_figures`. To override.

        :param dict tiles: key -> tile of the page, whose counts and domains a panel shares
        """
        return []

    def _shortcuts(self):
        """Return what the role often creates or opens; see `_shortcut`. To override."""
        return []

    # === BUILDING BLOCKS === #

    @classmethod
    def _key(cls):
        return cls._name.rpartition(".")[2]

    def _tile(self, key, title, model, domain, action, *, icon, tone="info", is_todo=False, hint="", amount=None, counted=None):
        """Return one figure: how many records wait, and the way to them.

        :param str tone: ``danger``, ``warning``, ``info`` or ``success``: how it looks as long as it isn't 0
        :param bool is_todo: the user is the one to act on these records
        :param str hint: a few words below the title
        :param str amount: monetary field to sum up in place of the hint, in the currency of the current company
        :param counted: (count, sum) of just these records, when a query that was made anyway knows it
        """
        count, *total = counted or self.env[model]._read_group(
            domain, aggregates=["__count", *([f"{amount}:sum"] if amount else [])])[0]
        return {
            "key": key,
            "title": title,
            "count": count,
            "hint": self._format_money(total[0]) if amount and count else hint,
            "icon": icon,
            "tone": tone,
            "is_todo": is_todo,
            "model": model,
            "action": action,
            "domain": domain,
        }

    def _get_tiles(self):
        """Return the tiles of the role, before them what waits for the user's own decision."""
        domain = [("can_review", "=", True), ("model", "not in", list(self._approved_here))]
        to_decide = self._tile(
            "to_decide", self.env._("For me to decide"), "tier.review", domain, "approval.tier_review_action_mine",
            icon="fa-gavel", tone="danger", is_todo=True, hint=self.env._("my approvals"))
        return [to_decide, *self._tiles()]

    def _count_by(self, field, model, domain, amount=None):
        """Count the records of several tiles in one query.

        :return: function of values of ``field`` -> (count, sum of ``amount``), for `_tile`
        """
        aggregates = ["__count", *([f"{amount}:sum"] if amount else [])]
        rows = {value: figures for value, *figures in self.env[model]._read_group(domain, [field], aggregates)}
        nothing = [0] * len(aggregates)
        return lambda *values: [sum(column) for column in zip(*(rows.get(value, nothing) for value in values), strict=True)]

    def _panel(self, key, title, rows, more, *, empty=""):
        """Return a short list of records.

        :param rows: list of `_row`
        :param more: tile that leads to all of them
        :param str empty: sentence in place of the rows: that all is well, or how to get some
        """
        return {"key": key, "kind": "records", "title": title, "rows": rows, "more": more, "empty": empty}

    def _row(self, record, title, *, lines=(), badge="", tone="info", phone=""):
        """Return one record of a panel.

        :param lines: short texts below the title; empty ones are left out
        :param str badge: what makes it urgent
        :param str phone: number to dial at once
        """
        return {
            "id": record.id,
            "model": record._name,
            "title": title or record.display_name,
            "lines": [line for line in lines if line],
            "badge": badge,
            "tone": tone,
            "phone": phone or "",
        }

    def _grid(self, key, title, columns, rows, *, empty=""):
        """Return a small table.

        :param columns: headings; the first is text, the others are figures
        :param rows: list of {cells: [text, …], action, domain, tone}
        """
        return {"key": key, "kind": "table", "title": title, "columns": columns, "rows": rows, "empty": empty}

    def _shortcut(self, key, label, action, *, icon, creates=None, context=None):
        """Return a button that opens an action, or with ``creates`` (a model) its empty form."""
        return {"key": key, "label": label, "action": action, "icon": icon, "creates": creates, "context": context or {}}

    def _get_shortcuts(self):
        """Return the shortcuts without those that create what the user may not create."""
        return [
            shortcut for shortcut in self._shortcuts()
            if not shortcut["creates"] or self.env[shortcut["creates"]].has_access("create")
        ]

    def _top(self, tile, order, fields_read):
        """Return the first records that a tile counts, with what the rows of a panel show, in one query."""
        return self.env[tile["model"]].search_fetch(tile["domain"], fields_read, order=order, limit=PANEL_LIMIT)

    @staticmethod
    def _in_states(*states):
        return [("state", "in", states)]

    # === TIME AND WORDS === #

    def _today(self):
        return fields.Date.context_today(self)

    def _midnight(self, days=0):
        """Return when the user's day, ``days`` from today, begins: UTC, as text for a domain."""
        local = self.env.tz.localize(datetime.combine(self._today() + timedelta(days=days), time.min))
        return fields.Datetime.to_string(local.astimezone(pytz.utc))

    def _format_money(self, amount):
        return format_amount(self.env, amount or 0.0, self.env.company.currency_id)

    def _format_day(self, day):
        skeleton = "MMMd" if day.year == self._today().year else "yMMMd"
        return format_skeleton(skeleton, day, locale=babel_locale_parse(get_lang(self.env).code))

    def _format_moment(self, moment):
        """Return a UTC datetime as the user says it: "Today 09:30", "23 Nov, 14:00"."""
        local = fields.Datetime.context_timestamp(self, moment)
        clock = local.strftime("%H:%M")
        days = (local.date() - self._today()).days
        near = {
            0: self.env._("Today %(time)s", time=clock),
            1: self.env._("Tomorrow %(time)s", time=clock),
            -1: self.env._("Yesterday %(time)s", time=clock),
        }
        return near.get(days) or f"{self._format_day(local.date())} {clock}"

    def _format_days_left(self, day):
        """Say how far a day is away: "in 12 days", "today", "3 days over"."""
        days = (day - self._today()).days
        if days > 0:
            return self.env._("%(days)s days left", days=days)
        return self.env._("%(days)s days over", days=-days) if days else self.env._("today")

    def _selection_label(self, record, name):
        """Return the label of a selection field's value in the user's language."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")
