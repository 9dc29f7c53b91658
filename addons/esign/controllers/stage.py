"""What a signer sees, from the state of the envelope and of the signer; the words for it, and nothing of other parties' secrets."""
from odoo.http import request
from odoo.tools import format_datetime


class Stage:
    """The page of one signer at this moment.

    :param signer: `esign.signer` in sudo
    :param reference: names this page to the doors that change something
    """

    def __init__(self, signer, reference):
        self.signer = signer
        self.envelope = signer.envelope_id
        self.reference = reference

    def page(self):
        """Return the arguments of `door.page`."""
        if self.signer._is_turn() and self.signer.action in ('sign', 'review'):
            return self._sign()
        return self._state()

    # TO DO

    def _sign(self):
        return {
            'template': 'esign.h5_sign', 'page_class': 'sign', 'reference': self.reference, 'pages': self._pages(),
            'me': self._me(), **self._common(),
        }

    def _me(self):
        env = request.env
        signer = self.signer
        return {
            'name': signer.name,
            'written_name': ''.join(signer.name.split()),
            'phone': signer._masked_phone(),
            'company': signer.company_name,
            'action': signer.action,
            'task': env._("Review and answer") if signer.action == 'review' else env._("Read and sign"),
            'needs_code': not signer._is_code_checked(),
            'reading_seconds': signer.reading_seconds,
            'read': bool(signer.read_at),
            'per_character': signer.per_character,
            'statement': self.envelope.statement,
            'strokes_consent': env._(
                "I also agree, separately, that speed and pressure of my handwriting are kept in encrypted form, as proof that it "
                "is mine."),
        }

    # NOTHING TO DO

    def _state(self):
        mark, heading, sentence = self._words()
        readable = self.signer.state == 'signed' or self.signer.action == 'cc' or self.envelope.state == 'completed'
        return {
            'template': 'esign.h5_state', 'page_class': 'state', 'mark': mark, 'heading': heading, 'sentence': sentence,
            'files': self._files() if readable else [], 'pages': self._pages() if readable else [], **self._common(),
        }

    def _words(self):
        """Return mark, heading and sentence for a state in which there is nothing to do."""
        env, signer, envelope = request.env, self.signer, self.envelope
        sender = envelope.company_id.name
        if envelope.state == 'completed':
            return 'done', env._("Completed"), env._("All parties have signed. This is the final document.")
        if envelope.state == 'declined':
            return 'bad', env._("Refused"), env._(
                "A party refused to sign, so the document ended for all. If it should be signed after all, ask %(sender)s for a new one.",
                sender=sender)
        if envelope.state == 'cancelled':
            return 'bad', env._("Withdrawn"), env._(
                "%(sender)s has withdrawn this document; you need not do anything. Questions? Call the person you know there.",
                sender=sender)
        if 'expired' in (envelope.state, signer.state) or (signer.state == 'invited' and signer._is_past()):
            return 'bad', env._("Expired"), env._(
                "The time to sign has passed. Ask %(sender)s to extend it: then this link works again.", sender=sender)
        if signer.state == 'signed':
            heading = env._("Your review has arrived") if signer.action == 'review' else env._("You have signed")
            return 'done', heading, env._("Thank you. We send you a message when all parties have signed.")
        if signer.state == 'released':
            return 'done', env._("Done already"), env._("Somebody else of your side has answered. You need not do anything.")
        if signer.action == 'cc':
            return 'wait', env._("A copy for you"), env._("You need not sign. Below is the document as it is now.")
        if signer.action == 'seal':
            return 'wait', env._("To be sealed"), env._(
                "The company seal is put by its custodian after logging in, not on this page.")
        return 'wait', env._("It is not your turn yet"), env._(
            "Others sign before you. We send you a message as soon as it is your turn; you can close this page.")

    def _files(self):
        env = request.env
        is_final = self.envelope.state == 'completed'
        files = [{'url': '/sign/file.pdf', 'label': env._("Download the Signed PDF") if is_final else env._("Download PDF (so far)")}]
        if self.signer._has_report():
            files.append({'url': '/sign/evidence.pdf', 'label': env._("Download the Evidence Report")})
        return files

    # BOTH

    def _common(self):
        company = self.envelope.company_id
        return {
            'brand': company.name, 'title': self.envelope.document_name,
            'document': {
                'title': self.envelope.document_name,
                'sha256': self.envelope.current_sha256,
                'deadline': self._time(self.signer.expires_at),
            },
            'parties': [self._party(party) for party in self.envelope.signer_ids],
        }

    def _pages(self):
        # the pictures keep the proportions before they are loaded: nothing jumps while reading
        return [
            {'number': number, 'width': round(width), 'height': round(height), 'reference': self.envelope.current_sha256[:12]}
            for number, width, height in self.signer._pages()]

    def _party(self, party):
        """Return name and state of a party; phone, address and device stay with us."""
        env, me = request.env, party == self.signer
        done = {'sign': env._("Signed"), 'seal': env._("Sealed"), 'review': env._("Reviewed"), 'cc': env._("Informed")}
        wanted = {'sign': env._("Signs"), 'seal': env._("To be sealed"), 'review': env._("Reviews"), 'cc': env._("Gets a copy")}
        ended = {
            'signed': done[party.action], 'declined': env._("Refused"), 'expired': env._("Expired"), 'delegated': env._("Passed on"),
            'released': env._("Not needed"),
        }
        mark = {'signed': 'done', 'declined': 'bad', 'expired': 'bad'}.get(party.state, 'me' if me else 'open')
        return {
            'name': env._("%(name)s (you)", name=party.name) if me else party.name,
            'company': party.company_name if party.company_name != party.name else '',
            'state': ended.get(party.state) or wanted[party.action], 'at': self._time(party.signed_at), 'mark': mark,
        }

    def _time(self, moment):
        """Return a moment in Beijing's time, which is the law's here whatever the phone says."""
        return format_datetime(request.env, moment, tz='Asia/Shanghai', dt_format='yyyy-MM-dd HH:mm') if moment else ''
