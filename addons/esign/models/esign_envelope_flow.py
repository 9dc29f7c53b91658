from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import pades
from ..tools.errors import EsignError

#: action -> kind of signature field
FIELDS = {'sign': 'handwriting', 'review': 'review', 'seal': 'seal'}
#: years that evidence is kept at least (电子签名法 art. 24)
KEEP_YEARS = 5


class EsignEnvelope(models.Model):
    """From the paper to the last signature."""

    _inherit = 'esign.envelope'

    # START ---------------------------------------------------------------------

    @api.model
    def _start(self, record, *, template, pdf, places, signers, kind='contract', replaces=None):
        """Freeze a paper and invite its first signers.

        :param record: the record whose paper it is (of a model with `esign.mixin`)
        :param template: `esign.template`, not archived
        :param pdf: bytes, as drawn
        :param places: {'sig_party_a': {'page', 'box'}} of `document.renderer`
        :param signers: list of dicts: key, action, order, partner_id, name, phone, email, company_name, or_group, seal_id;
            what is missing comes from the template's party of that key
        :param replaces: `esign.envelope` that this one supplements, terminates or annuls
        :return: `esign.envelope` in state ``signing``
        :raise UserError: one sentence, nothing kept
        """
        record.ensure_one()
        if gap := self.env['esign.keystore']._get_gap():
            raise UserError(gap)
        replaces = replaces or self.browse()
        rows = self._prepare_signers(record, template, places, signers, kind, replaces)
        company = ('company_id' in record._fields and record.company_id) or self.env.company
        readers = self.env['res.partner'].sudo().browse([row['partner_id'] for row in rows if row.get('partner_id')])
        # Whoever may write the record starts its signing, though nobody writes the register by hand.
        envelope = self.sudo().create(
            {
                'name': self.env['ir.sequence'].sudo().with_company(company).next_by_code('esign.envelope'),
                'kind': kind,
                'document_name': record.display_name,
                'template_id': template.id,
                'company_id': company.id,
                'user_id': self.env.uid,
                'res_model': record._name,
                'res_id': record.id,
                'replaces_id': replaces.id,
                'places': places,
                'statement': template._get_statement([*readers, company.sudo().partner_id]),
                'level': self.env['esign.certificate.provider']._get_provider()._level,
            }
        )
        signers = self.env['esign.signer'].sudo().create([{**row, 'envelope_id': envelope.id} for row in rows])
        for signer in signers.filtered(lambda signer: signer.action == 'seal'):
            envelope._request_seal(signer)
        actor = self.env.user.login
        envelope._log(
            'created',
            actor=actor,
            payload={
                'document': envelope.document_name,
                'kind': kind,
                'template': template.display_name,
                'parties': [f'{signer.key} {signer.action} {signer.order}' for signer in signers],
                **({'replaces': replaces.uuid} if replaces else {}),
            },
        )
        if replaces:
            replaces.sudo()._log('replaced', actor=actor, payload={'by': envelope.uuid, 'kind': kind})
        envelope._freeze(pdf, record)
        envelope._transition('start', started_at=fields.Datetime.now())
        envelope._advance()
        return envelope.with_env(self.env)

    @api.model
    def _prepare_signers(self, record, template, places, signers, kind, replaces):
        """Check who signs where, and return the values of the signers."""
        name = record.display_name
        if not template or not template.active:
            raise UserError(self.env._("%(record)s: choose a signing template that is in use.", record=name))
        if replaces and replaces.sudo().state != 'completed':
            raise UserError(
                self.env._("%(envelope)s isn't completed, so nothing can follow it: cancel it instead.", envelope=replaces.name)
            )
        if kind in ('void', 'termination') and not replaces:
            raise UserError(self.env._("%(record)s: name the envelope that is to be annulled.", record=name))
        parties = {party.key: party for party in template.sudo().party_ids}
        rows = []
        for given in signers:
            party = parties.get(given['key'])
            row = {
                'action': party.action if party else 'sign',
                'order': party.order if party else 1,
                'or_group': party.or_group if party else False,
                'role': party.name if party else given['key'],
                'needs_otp': bool(party and party.needs_otp),
                'reading_seconds': party.reading_seconds if party else 0,
                'per_character': bool(party and party.per_character),
                **{key: value for key, value in given.items() if value not in (None, '')},
            }
            row.setdefault('name', row.get('company_name') or '')
            if not row['name']:
                raise UserError(self.env._("%(record)s: party %(key)s has no name.", record=name, key=row['key']))
            if row['action'] != 'cc' and f"sig_{row['key']}" not in places:
                raise UserError(self.env._("%(record)s: the paper has no signature place for party %(key)s.", record=name, key=row['key']))
            if row['action'] in ('sign', 'review') and not (row.get('phone') or row.get('email')):
                raise UserError(
                    self.env._("%(record)s: %(signer)s has neither a mobile number nor an e-mail address.", record=name, signer=row['name'])
                )
            if row['action'] in ('sign', 'review') and row['needs_otp'] and not row.get('phone'):
                raise UserError(
                    self.env._("%(record)s: %(signer)s gets a code by SMS, but has no mobile number.", record=name, signer=row['name'])
                )
            rows.append(row)
        acting = [row for row in rows if row['action'] != 'cc']
        if not acting:
            raise UserError(self.env._("%(record)s: nobody signs.", record=name))
        keys = {}
        for row in acting:
            if row['key'] in keys and not (row.get('or_group') and row['or_group'] == keys[row['key']]):
                raise UserError(self.env._("%(record)s: two sign at place %(key)s.", record=name, key=row['key']))
            keys[row['key']] = row.get('or_group')
        return self._order_last(rows)

    @api.model
    def _order_last(self, rows):
        """The last signature locks the file, so who is last must be known: of several in the last step, the last one follows."""
        acting = [row for row in rows if row['action'] != 'cc']
        last_step = max(row['order'] for row in acting)
        last_keys = list(dict.fromkeys(row['key'] for row in acting if row['order'] == last_step))
        for row in acting:
            if len(last_keys) > 1 and row['key'] == last_keys[-1]:
                row['order'] = last_step + 1
        return rows

    def _freeze(self, pdf, record):
        """Make all fields of the paper, then certify it: from now on only signatures can be added."""
        self.ensure_one()
        rendition = record.sudo().document_rendition_id if 'document_rendition_id' in record._fields else None
        self._add_revision('rendered', pdf)
        self._log(
            'rendered',
            payload={
                'sha256': sha256(pdf).hexdigest(),
                'size': len(pdf),
                **(
                    {'engine': rendition.engine or '', 'fonts': str(rendition.fonts or ''), 'wording': rendition.version_id.display_name}
                    if rendition and rendition.sha256 == sha256(pdf).hexdigest()
                    else {}
                ),
            },
        )
        credential = self.env['esign.certificate.provider']._get_provider()._system_credential()
        pipeline = self._pipeline()
        signers = self.signer_ids.filtered(lambda signer: signer.action != 'cc').sorted(lambda signer: (signer.order, signer.id))
        boxes = [
            pades.Field(
                signer.key, self.places[f'sig_{signer.key}']['page'], tuple(self.places[f'sig_{signer.key}']['box']), FIELDS[signer.action]
            )
            for signer in signers.grouped('key').values()
            for signer in signer[:1]
        ]
        try:
            prepared = pipeline.prepare(
                pdf, boxes, self.template_id.has_seam and 'seal' in signers.mapped('action'), last=signers[-1].key,
                code=self._get_paper_code())
            frozen = pipeline.freeze(prepared, credential)
        except EsignError as error:
            raise UserError(
                self.env._(
                    "%(document)s can't be frozen for signing: %(reason)s",
                    document=self.document_name,
                    reason=self._translate(error.sentence),
                )
            ) from None
        self._set({'page_sizes': pades.page_sizes(frozen)})
        self._add_revision('frozen', frozen)
        self._log('frozen', payload={'sha256': self.current_sha256, 'serial': credential.serial})

    def _get_paper_code(self):
        """Return where the paper is verified, and the words beside that code."""
        language = self.template_id._get_language([*self.signer_ids.partner_id, self.company_id.partner_id])
        words = self.with_context(lang=language).env._("Scan to verify this document")
        return self.env['esign.evidence.report']._get_verify_url(self), [words, self.name]

    # PROGRESS ------------------------------------------------------------------

    def _add_revision(self, kind, pdf, signer=None):
        self.ensure_one()
        revision = self.env['esign.revision']._add(self, kind, pdf, signer)
        self._set({'revision_id': revision.id})
        return revision

    def _unfinished(self):
        """Return the signers whose signature is still wanted."""
        return self.signer_ids.filtered(lambda signer: signer.action != 'cc' and signer.state in ('waiting', 'invited'))

    def _advance(self):
        """Invite whoever is next; complete when nobody is left."""
        for envelope in self:
            unfinished = envelope._unfinished()
            if unfinished:
                step = min(unfinished.mapped('order'))
                unfinished.filtered(lambda signer: signer.order == step and signer.state == 'waiting')._invite()
            elif envelope.state == 'signing':
                envelope._complete()

    def _check_turn(self, signer):
        """Refuse whoever may not act now.

        :raise EsignError: 'gone', 'conflict' or 'wait'
        """
        self.ensure_one()
        if signer.state in ('delegated', 'released'):
            raise EsignError(self.env._("This link is no longer valid."), 'gone')
        if signer.state == 'signed':
            raise EsignError(self.env._("You signed already."), 'conflict')
        if self.state != 'signing':
            labels = dict(self._fields['state']._description_selection(self.env))
            raise EsignError(
                self.env._("The document is “%(state)s”: nothing can be signed any more.", state=labels[self.state]), 'conflict'
            )
        if signer.state in ('declined', 'expired') or signer._is_past():
            raise EsignError(self.env._("The link has expired. Ask the sender to extend it."), 'gone')
        if signer.state != 'invited':
            raise EsignError(self.env._("It isn't your turn yet. You will be told when the others have signed."), 'wait')

    def _pipeline(self):
        keys = self.env['esign.keystore']
        return pades.Pipeline(keys._time_authority(), keys._trust())

    @api.model
    def _translate(self, sentence):
        """Return the sentence of a tool in the reader's language (tools know no languages, see `sentences`)."""
        return self.env._(sentence)

    # END -----------------------------------------------------------------------

    def action_cancel(self):
        """Ask for the reason to cancel."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'esign.cancel',
            'view_mode': 'form',
            'target': 'new',
            'name': self.env._("Cancel the Envelope"),
            'context': {'default_envelope_id': self.id},
        }

    def _check_sender(self):
        """Only the sender and administrators steer an envelope."""
        self.check_access('read')
        for envelope in self:
            if envelope.user_id != self.env.user and not self.env.user.has_group('esign.group_administrator') and not self.env.su:
                raise AccessError(self.env._("%(envelope)s was sent by somebody else.", envelope=envelope.display_name))

    def _cancel(self, reason):
        """Stop an envelope that isn't completed.

        :raise UserError: when it is completed; then only an annulment that all parties sign ends it
        """
        self._check_sender()
        reason = (reason or '').strip()
        if not reason:
            raise UserError(self.env._("Write why the envelope is cancelled."))
        for envelope in self.sudo():
            envelope._lock()
            if envelope.state == 'completed':
                raise UserError(
                    self.env._(
                        "%(envelope)s is completed and can't be cancelled: its parties sign an annulment instead.",
                        envelope=envelope.display_name,
                    )
                )
            if envelope._transition('cancel', reason=reason):
                envelope._log('cancelled', actor=self.env.user.login, payload={'reason': reason})
                envelope._withdraw_requests()
                envelope._notify_ended(envelope.signer_ids.filtered(lambda signer: signer.state == 'invited'))

    def _end(self, verb, event, reason, *, actor, meta=None, hook=None):
        """End the signing without a result and tell the record and the sender."""
        self.ensure_one()
        if not self._transition(verb, reason=reason):
            return
        self._log(event, actor=actor, payload={'reason': reason}, meta=meta)
        self._withdraw_requests()
        record = self._get_record()
        if record and hook:
            getattr(record, hook)(*((self, reason) if event == 'declined' else (self,)))
