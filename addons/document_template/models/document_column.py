from odoo import fields, models


class DocumentColumn(models.Model):
    """A column that documents of a model can show of their lines. Code gives the value, so nobody adds one on screen."""
    _name = 'document.column'
    _description = "Column of a document's line table"
    _order = 'model, sequence, id'

    name = fields.Char(required=True, translate=True)
    model = fields.Char(required=True, index=True, help="Technical name of the document's model.")
    key = fields.Char(required=True, help="What `_get_document_cell` of the model knows it by.")
    sequence = fields.Integer(default=10)
    is_number = fields.Boolean("Number", help="Set to the right of its column.")

    _key_uniq = models.Constraint('UNIQUE(model, key)', "This model already has a column of this key.")
