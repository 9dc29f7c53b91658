from . import (
    document_archive,
    document_clause,
    document_column,
    document_mixin,
    document_rendition,
    document_renderer,
    document_template,
    document_template_version,
    ir_attachment,
)
