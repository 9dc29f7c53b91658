from odoo import api, models

from .wim_event import SYSTEM


class WimEventDocument(models.AbstractModel):
    """A document of WIM that changes by versions.

    A message is a patch: it carries some fields of the document as they were at its version.
    Each field takes the value of the highest version that named it, so the end is the same
    whatever the order of arrival; a message in which nothing is newer is stale.
    """

    _name = "wim.event.document"
    _inherit = ["wim.event"]
    _description = "WIM Document"

    _document_model = None  # the model that holds the document
    _document_prefix = None  # first part of the key others wait for
    _birth_fields = ()  # payload fields without which the document can't be created

    @api.model
    def _apply(self, messages):
        # In the order of arrival, so that what came too late is told so.
        refs = self._prefetch(messages)
        records = self._search_documents({message.key for message in messages})
        births, patches, versions = {}, {}, {}
        for message in messages:
            record = records.get(message.key)
            if record and not self._may_update(message, record):
                continue
            if not record and message.key not in births and not self._is_birth(message):
                message.park(f"{self._document_prefix}:{message.key}")
                continue
            known = versions.get(message.key)
            if known is None:
                known = dict(record.external_versions or {}) if record else {}
            rank = message.rank
            fresh = {
                field: value for field, value in message.payload.items() if tuple(known.get(field, ())) < rank
            }
            if not fresh:
                message.stale()
                continue
            vals = self._prepare_values(message, fresh, refs, record)
            if vals is None:
                continue
            versions[message.key] = {**known, **dict.fromkeys(fresh, list(rank))}
            target = patches.setdefault(record, {}) if record else births.setdefault(
                message.key, self._prepare_birth_values(message),
            )
            if message.extra:
                kept = target.get("external_extra", record.external_extra if record else None)
                vals["external_extra"] = {**(kept or {}), **message.extra}
            target.update(vals)
            message.done()
        created = self._create_documents([
            {**vals, "external_versions": versions[key]} for key, vals in births.items()
        ])
        for record, vals in patches.items():
            self._update_document(record, {**vals, "external_versions": versions[record[self._key_field()]]})
        self._after_apply(created, self.env[self._document_model].union(*patches), messages)
        return {f"{self._document_prefix}:{key}" for key in births}

    # === HOOKS === #

    @api.model
    def _key_field(self):
        return "name"

    @api.model
    def _search_documents(self, keys):
        """Return {key: record} of the documents we have. To override."""
        return self._by_name(self._document_model, keys)

    @api.model
    def _prefetch(self, messages):
        """Return the records that the payloads name, in as few queries as possible. To override."""
        return {}

    @api.model
    def _is_birth(self, message):
        return all(field in message.payload for field in self._birth_fields)

    @api.model
    def _prepare_birth_values(self, message):
        """Return the values of a new document before those of its payload. To override."""
        return {
            self._key_field(): message.key,
            "company_id": message.company.id,
            "external_system": SYSTEM,
            "external_key": message.key,
        }

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        """Return ORM values of the fresh payload fields, or None after refusing or parking. To override."""
        raise NotImplementedError

    @api.model
    def _prepare_parent(self, field, record):
        """Return the values that link a document to its batch or pickup, with the producer that follows from it.

        Computed after the insert it would cost an UPDATE for each document.
        """
        return {field: record.id, "producer_id": record.producer_id.id}

    @api.model
    def _create_documents(self, vals_list):
        return self.env[self._document_model].create(vals_list)

    @api.model
    def _update_document(self, record, vals):
        record.write(vals)

    @api.model
    def _after_apply(self, created, updated, messages):
        """Recompute what follows from the documents. To override."""

    @api.model
    def _may_update(self, message, record):
        """Refuse a message about a document of another company or of our own."""
        if not self._of_company(message, record, "entity_key"):
            return False
        if record.external_system != SYSTEM:
            message.reject("ownership", "$.entity_key", self.env._(
                "%(number)s was made here and isn't changed by WIM; change it in Odoo or use another number.",
                number=record.display_name,
            ))
            return False
        return True

    @api.model
    def _state_value(self, message, value):
        """Return ``value`` if it is a state of the document, else refuse the message."""
        if value in dict(self.env[self._document_model]._fields["state"].selection):
            return value
        message.reject("value", "$.payload.state", self.env._("%(value)s isn't a state of this document.", value=value))
        return None
