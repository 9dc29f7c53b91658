from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import START, WasteTrackCommon

# Stored fields that may change in every state: facts that come late, and what Odoo itself keeps.
NEVER_SEALED = {
    "waste.pickup": {
        "name", "is_contract_pending", "company_id", "planned_at", "carrier_id", "vehicle_plate", "driver_name",
        "driver_phone", "dispatched_at", "loaded_at", "producer_confirmed_at", "arrived_at", "done_at", "cancel_reason",
    },
    "waste.manifest": {
        "pickup_id", "batch_id", "producer_id", "company_id", "package_count", "out_kg", "in_kg", "consigned_at",
        "received_at", "receiver_opinion", "has_major_difference", "difference_answer",
    },
    "waste.inbound": {
        "name", "pickup_id", "producer_id", "company_id", "planned_kg", "package_count", "location",
        "difference_reason", "inbound_at",
    },
}


@tagged("post_install", "-at_install")
class TestStateTables(WasteTrackCommon):
    """Every cell of the tables of moves, and an entry for every field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batch = cls._make_batch(cls.line)

    def _make(self, model, state):
        number = next(self._numbers)
        if model == "waste.pickup":
            return self._make_pickup(self.contract, state=state)
        if model == "waste.manifest":
            return self._make_manifest(self.batch, f"20264419{number % 1000000:06d}", state=state)
        inbound = self._make_inbound(self.batch, 1, 1, START)
        inbound.env.cr.execute("UPDATE waste_inbound SET state = %s WHERE id = %s", (state, inbound.id))
        inbound.invalidate_recordset()
        return inbound

    def test_every_verb_in_every_state(self):
        for model in NEVER_SEALED:
            states = [key for key, _label in self.env[model]._fields["state"].selection]
            for verb, (starts, target) in self.env[model]._transitions.items():
                for state in states:
                    record = self._make(model, state)
                    with self.subTest(model=model, verb=verb, state=state):
                        if state == target:
                            self.assertFalse(record._transition(verb))
                        elif state in starts:
                            self.assertEqual(record._transition(verb), record)
                            self.assertEqual(record.state, target)
                        else:
                            with self.assertRaises(UserError):
                                record._transition(verb)
                            self.assertEqual(record.state, state)

    def test_writing_a_state_obeys_the_table_too(self):
        for model in NEVER_SEALED:
            table = self.env[model]._transitions.values()
            edges = {(start, target) for starts, target in table for start in starts}
            states = [key for key, _label in self.env[model]._fields["state"].selection]
            for state in states:
                for target in states:
                    if state != target and (state, target) not in edges:
                        record = self._make(model, state)
                        with self.subTest(model=model, state=state, target=target), self.assertRaises(UserError):
                            record.state = target

    def test_a_document_is_born_in_its_first_state(self):
        with self.assertRaises(UserError):
            self.env["waste.pickup"].with_user(self._make_staff("dispatcher")).create({
                "producer_id": self.producer.id, "business_id": self.hazardous.id, "planned_at": START, "state": "done",
            })

    def test_every_stored_field_is_sealed_or_said_never_to_be(self):
        kept_by_odoo = {"id", "create_uid", "create_date", "write_uid", "write_date", "state"}
        for model, never in NEVER_SEALED.items():
            fields = {
                name for name, field in self.env[model]._fields.items()
                if field.store and field.column_type and not name.startswith(("external_", "message_", "activity_"))
            }
            sealed = set(self.env[model]._sealed_from)
            with self.subTest(model=model):
                self.assertEqual(fields - kept_by_odoo - sealed, never)
