from odoo.exceptions import UserError, ValidationError
from odoo.http import Controller, request, route

TEXTS = {'waste_name': 128, 'waste_code': 32, 'process': 2000, 'hazards': 256, 'note': 1000, 'contact_name': 64, 'contact_phone': 24}
REQUIRED = ('waste_name', 'process', 'contact_name', 'contact_phone')
CHOICES = {'business_id': 'waste.business', 'physical_form_id': 'waste.physical.form', 'packaging_id': 'waste.packaging'}
MOST_PHOTOS, LARGEST_PHOTO = 6, 6 * 1024 * 1024
#: a photo is what its first bytes say, whatever its name
PHOTO_KINDS = {b'\xff\xd8\xff': 'image/jpeg', b'\x89PNG\r\n\x1a\n': 'image/png'}


class IntentPortal(Controller):
    """意向转移 on a phone: fill in, sign by hand, see what became of it."""

    @route('/my/intents', type='http', auth='user', website=True)
    def intents(self, **_unknown):
        """List the intents of the visitor's organisation."""
        return request.render('waste_contract.portal_intents', {
            'page_name': 'intents', 'intents': self._get_intents().filtered(lambda intent: intent.state != 'cancelled'),
            'signers': self._get_open_signers().grouped(lambda signer: signer.envelope_id.res_id)})

    @route('/my/intents/new', type='http', auth='user', methods=['GET'], website=True)
    def new_intent(self, previous=None, **_unknown):
        """Show the form, empty or with what the version before says."""
        before = self._get_intent(previous)
        person = request.env.user.partner_id
        values = {'contact_name': person.name, 'contact_phone': person.phone, **(before._get_form_values() if before else {})}
        return self._show_form(values, before)

    @route('/my/intents/new', type='http', auth='user', methods=['POST'], website=True)
    def sign_intent(self, previous=None, **post):
        """Keep the form and lead to its signature; without one it counts for nothing."""
        before = self._get_intent(previous)
        try:
            values, photos = self._read_form(post)
            with request.env.cr.savepoint():
                signer = self._make_intent(values, photos, before)._start_signing()
        except (UserError, ValidationError) as error:
            return self._show_form(post, before, str(error))
        return request.redirect(signer._link(), local=False)

    @route('/my/intents/<int:intent_id>/sign', type='http', auth='user', methods=['POST'], website=True)
    def go_on_signing(self, intent_id, **_unknown):
        signer = self._get_open_signers().filtered(lambda signer: signer.envelope_id.res_id == intent_id)[:1]
        if not signer:
            return request.redirect('/my/intents')
        signer.envelope_id._log('link_given', actor=request.env.user.login, payload={'party': signer.key})
        return request.redirect(signer._link(), local=False)

    @route('/my/intents/<int:intent_id>/file', type='http', auth='user', website=True)
    def download_intent(self, intent_id, **_unknown):
        """Return the signed form."""
        archive_sudo = self._get_intent(intent_id).document_archive_id
        if not archive_sudo:
            return request.not_found()
        return request.env['ir.binary']._get_stream_from(archive_sudo.attachment_id).get_response(as_attachment=True)

    # === BUSINESS METHODS === #

    def _get_intents(self):
        """Return the organisation's intents in superuser mode: portal users have no rights on the model, this page is their door."""
        return request.env['waste.intent'].sudo().search([
            ('partner_id', '=', request.env.user.partner_id.commercial_partner_id.id)], limit=200)

    def _get_intent(self, number):
        intents = self._get_intents()
        return intents.filtered(lambda intent: str(intent.id) == str(number)) if number else intents.browse()

    def _get_open_signers(self):
        """Forms are signed by the person who filled them in, not by colleagues."""
        return request.env['esign.signer'].sudo().search([
            ('is_turn', '=', True), ('partner_id', '=', request.env.user.partner_id.id), ('envelope_id.res_model', '=', 'waste.intent')])

    def _show_form(self, values, before, problem=None):
        return request.render('waste_contract.portal_intent_form', {
            'page_name': 'intents', 'values': values, 'before': before, 'problem': problem, 'most_photos': MOST_PHOTOS,
            'choices': {name: request.env[model].sudo().search([]) for name, model in CHOICES.items()}})

    def _read_form(self, post):
        """Return (values, photos) of what was sent.

        :raise UserError: with what is missing
        """
        values = {name: (post.get(name) or '').strip()[:length] for name, length in TEXTS.items()}
        labels = {name: field['string'] for name, field in request.env['waste.intent'].sudo().fields_get(attributes=['string']).items()}
        for name in REQUIRED:
            if not values[name]:
                raise UserError(self.env._("Fill in “%(field)s”.", field=labels[name]))
        for name, model in CHOICES.items():
            chosen = post.get(name) or ''
            values[name] = request.env[model].sudo().browse(int(chosen)).exists().id if chosen.isdecimal() and len(chosen) < 10 else False
        if not values['business_id']:
            raise UserError(self.env._("Choose what kind of waste it is."))
        try:
            values['yearly_quantity_t'] = float(post.get('yearly_quantity_t') or '')
        except ValueError:
            values['yearly_quantity_t'] = 0
        if not 0 < values['yearly_quantity_t'] <= 1_000_000:
            raise UserError(self.env._("Write the yearly output as a number of tonnes above zero."))
        values['is_sample_wished'] = bool(post.get('is_sample_wished'))
        return values, self._read_photos()

    def _read_photos(self):
        photos = []
        for file in request.httprequest.files.getlist('photos'):
            content = file.read(LARGEST_PHOTO + 1)
            if not content:
                continue
            kind = next((mimetype for start, mimetype in PHOTO_KINDS.items() if content.startswith(start)), None)
            if not kind or len(content) > LARGEST_PHOTO:
                raise UserError(self.env._("%(file)s: send photos as JPEG or PNG, 6 MB each at most.", file=(file.filename or '')[:60]))
            photos.append({'name': f'{len(photos) + 1}.{kind[6:]}', 'raw': content, 'mimetype': kind})
        if len(photos) > MOST_PHOTOS:
            raise UserError(self.env._("Send %(count)s photos at most.", count=MOST_PHOTOS))
        return photos

    def _make_intent(self, values, photos, before):
        person = request.env.user.partner_id
        business = request.env['waste.business'].sudo().browse(values['business_id'])
        intent = request.env['waste.intent'].sudo().create({
            **values, 'partner_id': person.commercial_partner_id.id, 'contact_id': person.id,
            'company_id': (business.company_id or request.env.company).id, 'previous_id': before.id,
            'version': before.version + 1 if before else 1})
        if before and not photos:
            before.photo_ids.copy({'res_id': intent.id, 'is_locked': False})
        request.env['ir.attachment'].sudo().create([
            {**photo, 'res_model': intent._name, 'res_id': intent.id, 'contract_file_kind': 'photo'} for photo in photos])
        return intent
