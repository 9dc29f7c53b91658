from odoo import api, fields, models


class WecomDepartment(models.Model):
    """A department of the corp as its address book has it."""
    _name = 'wecom.department'
    _description = "WeCom department"
    _order = 'app_id, sequence, number'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    number = fields.Integer("WeCom ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    parent_id = fields.Many2one('wecom.department', "Above", readonly=True, index=True)
    sequence = fields.Integer(readonly=True)
    active = fields.Boolean(default=True, readonly=True)

    _number_uniq = models.UniqueIndex("(app_id, number)", "The department is known already.")

    @api.model
    def _keep(self, app, rows):
        """Bring the departments of ``app`` up to WeCom's complete list.

        :param rows: dicts with id, name, parentid, order
        :return: {number: department}
        """
        known = {department.number: department
                 for department in self.with_context(active_test=False).search([('app_id', '=', app.id)])}
        new = self.create([{'app_id': app.id, 'number': row['id'], 'name': row['name']} for row in rows if row['id'] not in known])
        known |= {department.number: department for department in new}
        for row in rows:
            department = known[row['id']]
            vals = {'name': row['name'], 'parent_id': known[row['parentid']].id if row.get('parentid') in known else False,
                    'sequence': -(row.get('order') or 0), 'active': True}
            department.write({name: value for name, value in vals.items() if department._fields[name].convert_to_write(
                department[name], department) != value})
        self.browse([known[number].id for number in known.keys() - {row['id'] for row in rows}]).active = False
        return known
