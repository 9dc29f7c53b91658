"""Draw one HTML document as PDF/A, in a process of its own: work of a ``workshop``, never imported by the server.

In: the HTML on standard input, the limit of memory in bytes as argument.
Out: one line of JSON (signature places, engine, fonts, warnings), then the PDF.
"""
import hashlib
import io
import json
import resource
import sys

POINTS_PER_PIXEL = 0.75
#: fonts that a document brings along are unpacked in the worker's own folder
FILE_BYTES = 32 * 1024 * 1024


def limit(memory_bytes, cpu_seconds):
    """Bind this process before it reads a byte of what a user wrote."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def prepare():
    """Import what takes long, once for many documents."""
    import weasyprint  # noqa: F401
    from fontTools.ttLib import TTFont  # noqa: F401


def places(document):
    """Return {key: place} of the elements whose id begins with ``sig_``, in PDF points from the lower left corner."""
    found = {}
    for number, page in enumerate(document.pages, 1):
        for name, (x1, y1, x2, y2) in page.anchors.items():
            if name.startswith('sig_'):
                corners = (x1, page.height - y2, x2, page.height - y1)
                found[name] = {'page': number, 'box': [round(value * POINTS_PER_PIXEL, 2) for value in corners]}
    return found


def fonts(document):
    """Return name, version and digest of each font that was embedded."""
    from fontTools.ttLib import TTFont
    found = {}
    for font in document.fonts.values():
        names = TTFont(io.BytesIO(font.file_content), fontNumber=font.index)['name']
        found[names.getDebugName(4)] = {
            'version': names.getDebugName(5), 'sha256': hashlib.sha256(font.file_content).hexdigest()}
    return dict(sorted(found.items()))


def main():
    limit(int(sys.argv[1]), int(sys.argv[2]))
    html = sys.stdin.buffer.read().decode()

    import logging

    import weasyprint
    from weasyprint.urls import URLFetcher

    warnings = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warnings.append(record.getMessage()[:200]) if len(warnings) < 20 else None
    weasyprint.LOGGER.handlers = [handler]
    # Images come inside the HTML; nothing is fetched, neither from the network nor from this machine.
    fetcher = URLFetcher(allowed_protocols=('data',), allow_redirects=False)
    document = weasyprint.HTML(string=html, base_url='data:,', url_fetcher=fetcher).render(pdf_variant='pdf/a-3b')
    pdf = document.write_pdf(pdf_variant='pdf/a-3b')
    head = {
        'pages': len(document.pages), 'places': places(document), 'engine': f'WeasyPrint {weasyprint.__version__}',
        'fonts': fonts(document), 'warnings': warnings,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b'\n' + pdf)


if __name__ == '__main__':
    main()
