import subprocess  # noqa: S404 (pdftoppm, without a shell)
import tempfile
from datetime import timedelta
from pathlib import Path

from odoo import fields, models

from ..tools.errors import EsignError

DPI = 96
SECONDS = 30


class EsignSigner(models.Model):
    """Opening, reading, downloading."""

    _inherit = 'esign.signer'

    def _open(self, meta):
        """Note that a person opened the link (programs that fetch links for a preview never get here)."""
        self.ensure_one()
        self.envelope_id._log('link_opened', actor=self.name, payload={'party': self.key}, meta=meta)
        if not self.opened_at:
            self._set({'opened_at': fields.Datetime.now()})

    def _pages(self):
        """Return [(number, width, height)] of the pages as pictures, in pixels."""
        self.ensure_one()
        return [
            (number, round(width * DPI / 72), round(height * DPI / 72))
            for number, (width, height) in enumerate(self.envelope_id.page_sizes or [], start=1)
        ]

    def _page_png(self, number):
        """Return a page of the current revision as PNG, drawn once.

        :raise EsignError: when there is no such page
        """
        self._check_link()
        if not 1 <= number <= len(self.envelope_id.page_sizes or []):
            raise EsignError(self.env._("The document has no page %(number)s.", number=number), 'gone')
        return self._get_page(number).raw

    def _get_page(self, number):
        revision = self.envelope_id.revision_id
        domain = [
            ('res_model', '=', 'esign.revision'),
            ('res_id', '=', revision.id),
            ('res_field', '=', 'attachment_id'),
            ('name', '=', f'page-{number}.png'),
        ]
        files = self.env['ir.attachment'].sudo()
        return files.search(domain, limit=1) or files.create(
            {
                'name': f'page-{number}.png',
                'raw': self._draw_page(revision._get_pdf(), number),
                'mimetype': 'image/png',
                'res_model': 'esign.revision',
                'res_id': revision.id,
                'res_field': 'attachment_id',
                'is_locked': True,
            }
        )

    def _draw_page(self, pdf, number):
        with tempfile.TemporaryDirectory(prefix='esign_') as folder:
            path = Path(folder) / 'document.pdf'
            path.write_bytes(pdf)
            try:
                subprocess.run(  # noqa: S603 (fixed arguments)
                    ['pdftoppm', '-png', '-r', str(DPI), '-f', str(number), '-l', str(number), '-singlefile', str(path), f'{folder}/page'],
                    check=True,
                    timeout=SECONDS,
                    capture_output=True,
                    env={'PATH': '/usr/bin:/bin', 'HOME': folder},
                )
                return (Path(folder) / 'page.png').read_bytes()
            except (subprocess.SubprocessError, OSError):
                raise EsignError(self.env._("The page can't be shown at the moment. Try again, or download the file."), 'later') from None

    def _pdf(self):
        """Return the file that this party may download now: the final one, or the one in front of them."""
        self._check_link()
        self.envelope_id._log('downloaded', actor=self.name, payload={'party': self.key, 'sha256': self.envelope_id.current_sha256})
        return self.envelope_id.revision_id._get_pdf()

    def _check_link(self):
        """Refuse who once had a part in an envelope that others complete: a cookie outlives the part."""
        self.ensure_one()
        if self.state in ('delegated', 'released', 'expired') and self.envelope_id.state != 'completed':
            raise EsignError(self.env._("This link is no longer valid."), 'gone')

    def _has_report(self):
        """Tell whether the evidence report is there for this party."""
        self.ensure_one()
        return bool(self.envelope_id.report_id)

    def _report_pdf(self):
        """Return the evidence report."""
        self.ensure_one()
        if not self.envelope_id.report_id:
            raise EsignError(self.env._("The evidence report isn't ready yet. Try again in a few minutes."), 'later')
        self.envelope_id._log('downloaded', actor=self.name, payload={'party': self.key, 'sha256': self.envelope_id.report_sha256})
        return self.envelope_id.report_id.raw

    def _seen(self, page):
        """Note that a page was in sight, once for each page."""
        self.ensure_one()
        seen = self.pages_seen or {}
        if not 1 <= page <= len(self.envelope_id.page_sizes or []) or str(page) in seen or not self._is_turn():
            return
        self.envelope_id._log('viewed', actor=self.name, payload={'party': self.key, 'page': page})
        self._set({'pages_seen': {**seen, str(page): fields.Datetime.to_string(fields.Datetime.now())}})

    def _read_complete(self):
        """Note that the document was read to its end.

        :raise EsignError: 'bad' when pages are missing, 'wait' when it went too fast
        """
        self.ensure_one()
        self.envelope_id._check_turn(self)
        if self.read_at:
            return
        seen = self.pages_seen or {}
        missing = len(self.envelope_id.page_sizes or []) - len(seen)
        if missing:
            raise EsignError(self.env._("Read the document to its end: %(count)s pages weren't shown yet.", count=missing), 'bad')
        first = fields.Datetime.to_datetime(min(seen.values()))
        left = (first + timedelta(seconds=self.reading_seconds) - fields.Datetime.now()).total_seconds()
        if left > 0:
            raise EsignError(self.env._("Please take the time to read: %(seconds)s more seconds.", seconds=int(left) + 1), 'wait')
        self._set({'read_at': fields.Datetime.now()})
        self.envelope_id._log('read_complete', actor=self.name, payload={'party': self.key, 'pages': len(seen)})
