import base64
import io
import warnings

from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import UserError

#: a seal of 42 mm printed with 600 dpi
LARGEST = 1200
SMALLEST = 120
KEPT = 400
MOST_BYTES = 2 * 1024 * 1024


class EsignSeal(models.Model):
    """A company's seal: its picture, its certificate, who keeps it. The key is in the key folder, never here."""

    _name = 'esign.seal'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Seal"
    _order = 'company_id, sequence, name'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one('res.company', "Company", required=True, index=True, default=lambda self: self.env.company)
    organisation = fields.Char(
        required=True, help="Name on the seal, as the company is registered.", default=lambda self: self.env.company.name
    )
    # In its own column: a file could be replaced past `write`. Who has the picture could paste it elsewhere.
    image = fields.Binary(
        "Picture",
        attachment=False,
        required=True,
        groups='esign.group_custodian',
        help="PNG or JPEG of the seal; white becomes transparent.",
    )
    custodian_ids = fields.Many2many('res.users', string="Custodians", check_company=False, tracking=True)
    certificate_id = fields.Many2one(
        'esign.certificate', "Certificate", readonly=True, copy=False, ondelete='restrict', index='btree_not_null'
    )
    certificate_state = fields.Selection(related='certificate_id.state', string="Certificate State")
    not_after = fields.Datetime(related='certificate_id.not_after')
    state = fields.Selection(
        [('draft', "In preparation"), ('active', "In use"), ('suspended', "Suspended"), ('revoked', "Revoked")],
        default='draft',
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    request_ids = fields.One2many('esign.seal.request', 'seal_id', "Requests")
    use_ids = fields.One2many('esign.seal.use', 'seal_id', "Use log")
    use_count = fields.Integer(compute='_compute_use_count', compute_sudo=True)

    # COMPUTE -------------------------------------------------------------------

    @api.depends('use_ids')
    def _compute_use_count(self):
        counts = dict(self.env['esign.seal.use']._read_group([('seal_id', 'in', self.ids)], ['seal_id'], ['__count']))
        for seal in self:
            seal.use_count = counts.get(seal, 0)

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('image'):
                vals['image'] = self._draw(vals['image'])
            # Context can carry defaults; a seal is born without powers.
            vals.update(state='draft', certificate_id=False)
        return super().create(vals_list)

    def write(self, vals):
        if {'state', 'certificate_id'} & vals.keys():
            raise UserError(self.env._("A seal is put into use, suspended and revoked with its buttons."))
        if {'image', 'company_id', 'organisation'} & vals.keys() and any(seal.state != 'draft' for seal in self):
            raise UserError(
                self.env._(
                    "%(seals)s: the picture and the owner of a seal in use stay as they are. Register a new seal.",
                    seals=', '.join(self.mapped('name')),
                )
            )
        if vals.get('image'):
            vals = {**vals, 'image': self._draw(vals['image'])}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for seal in self:
            if seal.state != 'draft':
                raise UserError(self.env._("%(seal)s was in use and stays in the register.", seal=seal.name))

    # ACTION --------------------------------------------------------------------

    def action_activate(self):
        """Put the seal into use: its key is made in the key folder, its certificate entered in the register."""
        self._check_administrator()
        for seal in self:
            if seal.state == 'draft':
                certificate = self.env['esign.certificate'].sudo()._issue_seal(seal)
                seal._change('active', certificate_id=certificate.id)
            elif seal.state == 'suspended':
                seal._change('active')
            elif seal.state == 'revoked':
                raise UserError(self.env._("%(seal)s is revoked for good. Register a new seal.", seal=seal.name))
        return True

    def action_suspend(self):
        """Stop the seal for a time; what was sealed before stays valid."""
        self._check_administrator()
        for seal in self.filtered(lambda seal: seal.state == 'active'):
            seal._change('suspended')
        return True

    def action_revoke(self):
        """Stop the seal for good and put its certificate on the revocation list."""
        self._check_administrator()
        for seal in self.filtered(lambda seal: seal.state in ('active', 'suspended')):
            seal.sudo().certificate_id._revoke('keyCompromise')
            seal._change('revoked')
        return True

    def action_open_uses(self):
        """Show where the seal was put."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'esign.seal.use',
            'view_mode': 'list,form',
            'domain': [('seal_id', '=', self.id)],
            'name': self.env._("Uses of %(seal)s", seal=self.name),
        }

    # BUSINESS ------------------------------------------------------------------

    def _check_administrator(self):
        self.check_access('write')
        if not self.env.user.has_group('esign.group_administrator'):
            raise UserError(self.env._("Only an administrator of signing puts seals into use, suspends or revokes them."))

    def _change(self, state, **vals):
        self.ensure_one()
        # Past the guard in `write`: this is the button it speaks of.
        super().write({**vals, 'state': state})  # pylint: disable=super-method-mismatch
        self.env['esign.event']._append_system(
            'seal_changed',
            actor=self.env.user.login,
            payload={'seal': self.name, 'seal_id': self.id, 'state': state},
            subject_model=self._name,
            subject_id=self.id,
        )

    def _get_blocking(self, user):
        """Return the sentence why ``user`` can't put this seal now, or False."""
        self.ensure_one()
        seal = self.sudo()
        if seal.state != 'active':
            labels = dict(self._fields['state']._description_selection(self.env))
            return self.env._("%(seal)s is “%(state)s” and can't be put.", seal=seal.name, state=labels[seal.state])
        if seal.certificate_id.state != 'valid' or seal.certificate_id.not_after <= fields.Datetime.now():
            return self.env._("The certificate of %(seal)s is no longer valid. Ask the administrator.", seal=seal.name)
        if user not in seal.custodian_ids:
            return self.env._("%(seal)s isn't in your keeping.", seal=seal.name)
        return False

    def _get_png(self):
        """Return the picture as drawn by us."""
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).image)

    @api.model
    def _draw(self, value):
        """Check a picture and draw it anew: red ink on nothing, at most 400 pixels wide.

        What comes out was made here, whatever was hidden in what came in.
        """
        try:
            content = base64.b64decode(value)
            if len(content) > MOST_BYTES:
                raise UserError(self.env._("The picture of the seal is larger than 2 MB. Use a smaller one."))
            with warnings.catch_warnings():
                warnings.simplefilter('error', Image.DecompressionBombWarning)
                picture = Image.open(io.BytesIO(content), formats=('PNG', 'JPEG'))
                if not SMALLEST <= min(picture.size) <= max(picture.size) <= LARGEST:
                    raise UserError(
                        self.env._(
                            "The picture of the seal must be between %(least)s and %(most)s pixels wide and high.",
                            least=SMALLEST,
                            most=LARGEST,
                        )
                    )
                picture = picture.convert('RGBA')
        except UserError:
            raise
        except Exception:  # noqa: BLE001 (Pillow raises many kinds for broken pictures)
            raise UserError(self.env._("The picture of the seal can't be read. Use a PNG or JPEG file.")) from None
        picture.thumbnail((KEPT, KEPT), Image.Resampling.LANCZOS)
        # Ink is what is dark or coloured: the least of the three colours tells how much light the paper lost.
        alpha = Image.new('L', picture.size)
        alpha.putdata([min(a, 255 - min(r, g, b)) // 16 * 17 for r, g, b, a in picture.getdata()])
        drawn = Image.new('RGBA', picture.size, (200, 16, 16, 255))
        drawn.putalpha(alpha)
        file = io.BytesIO()
        drawn.save(file, 'PNG', optimize=True)
        return base64.b64encode(file.getvalue())
