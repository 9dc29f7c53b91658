import base64
import csv
import io
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.waste_code import CODE_PATTERN

REQUIRED_COLUMNS = ("category_code", "category_name", "waste_code", "description", "industry_source", "hazard_raw", "hazard_all")


class WasteCatalogueImport(models.TransientModel):
    """Loads a new official list: new rows are created, same rows left alone, vanished rows closed, none deleted."""

    _name = "waste.catalogue.import"
    _description = "Import an official waste catalogue"

    business_id = fields.Many2one(
        "waste.business", required=True, default=lambda self: self.env.ref("waste.business_hazardous", False))
    version_name = fields.Char(string="Name of the list", required=True, help="The year by which people call it, such as 2025.")
    order = fields.Char(help="The order that published the list.")
    valid_from = fields.Date(string="In force from", required=True)
    file = fields.Binary(string="List file (CSV)", required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection([("choose", "Choose"), ("done", "Done")], default="choose")
    created_count = fields.Integer(string="New codes", readonly=True)
    kept_count = fields.Integer(string="Unchanged", readonly=True)
    changed_count = fields.Integer(string="New wording", readonly=True)
    closed_count = fields.Integer(string="Closed", readonly=True)
    closed_ids = fields.Many2many("waste.code", string="Closed codes", readonly=True)
