import base64
import csv
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.waste_code import CODE_PATTERN

REQUIRED_COLUMNS = (
    "category_code", "category_name", "industry_source", "waste_code", "description", "hazard_raw", "hazard_all")
FALLBACK_NAME = "经鉴别属于危险废物且无对应代码的%s"  # catalogue text: one spelling, as in data/generate.py
_COMPARED_FIELDS = ("name", "category_id", "industry", "hazard_text")


class WasteCatalogueImport(models.TransientModel):
    """Loads an official list in force from a day on; the codes it no longer names are closed, none is deleted.

    The file has the shape of data/reference/cn_hazardous_waste_catalogue_2021.csv; further columns are ignored.
    """

    _name = "waste.catalogue.import"
    _description = "Import an official waste catalogue"

    business_id = fields.Many2one(
        "waste.business", required=True, default=lambda self: self.env.ref("waste.business_hazardous", False))
    version_name = fields.Char(
        string="Name of the list", required=True, help="The year by which people call it, such as 2025.")
    order = fields.Char(string="Order", help="The order that published the list.")
    valid_from = fields.Date(string="In force from", required=True)
    file = fields.Binary(string="List file (CSV)", required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection([("choose", "Choose"), ("done", "Done")], default="choose")
    created_count = fields.Integer(string="New codes", readonly=True)
    kept_count = fields.Integer(string="Unchanged", readonly=True)
    changed_count = fields.Integer(string="New wording", readonly=True)
    closed_ids = fields.Many2many("waste.code", string="No longer listed", readonly=True)

    # === ONCHANGE METHODS === #

    @api.onchange("business_id", "version_name")
    def _onchange_version_name(self):
        version = self.env["waste.catalogue.version"].search(
            [("business_id", "=", self.business_id.id), ("name", "=", self.version_name)])
        if version:
            self.order = version.order
            self.valid_from = version.valid_from

    # === ACTION METHODS === #

    def action_import(self):
        """Load the file and show what it changed.

        :raise UserError: names the first bad line; nothing is written then
        """
        self.ensure_one()
        self.check_access("write")
        rows = self._read_rows()
        version = self._prepare_version()
        self._apply(version, self._prepare_codes(rows, version))
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form", "target": "new",
        }

    # === READING === #

    def _read_rows(self):
        """Return the checked rows of the file as dicts with their line number under ``line``."""
        reader = csv.DictReader(io.StringIO(self._decode(base64.b64decode(self.file)), newline=""))
        missing = [column for column in REQUIRED_COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise UserError(self.env._(
                "Line 1 of the file lacks the columns %(columns)s; use the columns of the list of 2021.",
                columns=", ".join(missing)))
        rows, seen = [], set()
        for row in reader:
            row = {column: (row[column] or "").strip() for column in REQUIRED_COLUMNS} | {"line": reader.line_num}
            self._check_row(row, seen)
            seen.add(row["waste_code"])
            rows.append(row)
        if not rows:
            raise UserError(self.env._("The file holds no waste code; choose another."))
        return rows

    def _decode(self, content):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise UserError(self.env._("The file is no text in UTF-8 or GB 18030; save it as CSV and choose it again."))

    def _check_row(self, row, seen):
        match = CODE_PATTERN.match(row["waste_code"])
        if not match:
            raise UserError(self.env._(
                "Line %(line)s: “%(code)s” is not a waste code such as 398-004-22.", line=row["line"], code=row["waste_code"]))
        if not row["category_name"] or match[1].lstrip("S") != row["category_code"][-2:]:
            raise UserError(self.env._(
                "Line %(line)s: waste code %(code)s does not belong to category “%(category)s”.",
                line=row["line"], code=row["waste_code"], category=row["category_code"]))
        if not row["description"]:
            raise UserError(self.env._(
                "Line %(line)s: waste code %(code)s has no description.", line=row["line"], code=row["waste_code"]))
        if row["waste_code"] in seen:
            raise UserError(self.env._(
                "Line %(line)s: waste code %(code)s is in the file twice.", line=row["line"], code=row["waste_code"]))

    # === PREPARING === #

    def _prepare_version(self):
        """Return the version of the list, made when it is new; a list older than the one in force is refused."""
        newest = self.env["waste.code"].search(
            [("business_id", "=", self.business_id.id), ("is_fallback", "=", False)],
            order="valid_from desc", limit=1).catalogue_version_id
        if newest and newest.name != self.version_name and newest.valid_from >= self.valid_from:
            raise UserError(self.env._(
                "The list %(newest)s is in force from %(date)s; a list from before that day can not follow it.",
                newest=newest.display_name, date=newest.valid_from))
        if newest.name == self.version_name and newest.valid_from != self.valid_from:
            raise UserError(self.env._(
                "The list %(newest)s is already in force from %(date)s; give that day.",
                newest=newest.display_name, date=newest.valid_from))
        versions = self.env["waste.catalogue.version"]
        version = versions.search([("business_id", "=", self.business_id.id), ("name", "=", self.version_name)])
        if version:
            version.write({"valid_from": self.valid_from, "order": self.order or version.order})
        else:
            version = versions.create({
                "business_id": self.business_id.id, "name": self.version_name, "order": self.order,
                "valid_from": self.valid_from})
        if newest and newest != version and (not newest.valid_to or newest.valid_to >= self.valid_from):
            newest.valid_to = self.valid_from - timedelta(days=1)
        return version

    def _prepare_codes(self, rows, version):
        """Return the values of `waste.code` for each row of the file."""
        categories = self._get_categories(rows, version)
        hazards = {hazard.code: hazard.id for hazard in self.env["waste.hazard"].search([])}
        vals_list = []
        for row in rows:
            marks = [mark for mark in row["hazard_all"].split("|") if mark]
            unknown = [mark for mark in marks if mark not in hazards]
            if unknown:
                raise UserError(self.env._(
                    "Line %(line)s: “%(mark)s” is no known hazard mark.", line=row["line"], mark=unknown[0]))
            vals_list.append({
                "code": row["waste_code"], "name": row["description"], "category_id": categories[row["category_code"]].id,
                "industry": row["industry_source"] or False, "hazard_text": row["hazard_raw"] or False,
                "hazard_ids": [hazards[mark] for mark in marks],
                "catalogue_version_id": version.id, "valid_from": self.valid_from,
            })
        return vals_list

    def _get_categories(self, rows, version):
        """Return the categories of the file by code; new ones are made, hazardous ones with their fallback code."""
        names = {row["category_code"]: row["category_name"] for row in rows}
        known = self.env["waste.category"].with_context(active_test=False).search([("code", "in", list(names))])
        for category in known:
            if category.business_id != self.business_id:
                raise UserError(self.env._(
                    "Category %(category)s belongs to %(business)s; choose that business for this list.",
                    category=category.display_name, business=category.business_id.name))
        new = [code for code in names if code not in known.mapped("code")]
        created = known.create([{
            "code": code, "name": names[code], "business_id": self.business_id.id,
            "fallback_code": f"900-000-{code[2:]}" if code.startswith("HW") else False,
        } for code in new])
        self.env["waste.code"].create([{
            "code": category.fallback_code, "name": FALLBACK_NAME % category.name,
            "category_id": category.id, "is_fallback": True, "catalogue_version_id": version.id,
            "valid_from": self.valid_from,
        } for category in created if category.fallback_code])
        return {category.code: category for category in known | created}

    # === APPLYING === #

    def _apply(self, version, vals_list):
        codes = self.env["waste.code"]
        current = {code.code: code for code in codes.search([
            ("business_id", "=", self.business_id.id), ("is_fallback", "=", False), ("valid_to", "=", False)])}
        listed = {vals["code"] for vals in vals_list}
        same = {vals["code"] for vals in vals_list if self._is_same(current.get(vals["code"]), vals)}
        changed = codes.union(*(current[code] for code in current if code in listed and code not in same))
        closed = codes.union(*(current[code] for code in current if code not in listed))
        self._close(changed | closed)
        codes.create([vals for vals in vals_list if vals["code"] not in same])
        self.write({
            "state": "done", "created_count": len(vals_list) - len(same) - len(changed), "kept_count": len(same),
            "changed_count": len(changed), "closed_ids": closed.ids,
        })

    def _is_same(self, code, vals):
        if not code:
            return False
        return all(
            code._fields[name].convert_to_write(code[name], code) == vals[name] for name in _COMPARED_FIELDS)

    def _close(self, codes):
        for code in codes:
            if code.valid_from >= self.valid_from:
                raise UserError(self.env._(
                    "Waste code %(code)s came with this list already and the file has it otherwise or no longer; correct "
                    "that code by hand.", code=code.code))
        codes.write({"valid_to": self.valid_from - timedelta(days=1)})
        # The database must know the old rows closed before the new ones of the same code arrive.
        codes.flush_recordset(["valid_to"])
