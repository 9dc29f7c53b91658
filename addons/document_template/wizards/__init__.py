from . import document_clause_pick, document_preview, document_unarchive
