from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

MODEL = "waste.test.document"
STATES = ("draft", "review", "active", "closed")


@tagged("post_install", "-at_install")
class TestWasteStateMixin(TransactionCase):
    """The mixin on a document made for the test; each room asserts its own tables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from odoo.orm.model_classes import add_to_registry  # only tests may know of it

        class Document(models.Model):
            _module = None
            _name = MODEL
            _description = "Document"
            _inherit = ["waste.state.mixin"]
            _transitions = {
                "submit": (("draft",), "review"),
                "sign": (("review",), "active"),
                "reject": (("review",), "draft"),
                "close": (("review", "active"), "closed"),
            }
            _sealed_from = {"partner_id": "review", "amount": "active", "date": "active", "tag_ids": "active"}

            name = fields.Char()
            amount = fields.Float(digits=(16, 3))
            date = fields.Date()
            partner_id = fields.Many2one("res.partner")
            tag_ids = fields.Many2many("res.partner.category")
            state = fields.Selection([(state, state.title()) for state in STATES], default="draft", copy=False)

        # Without a module while the class is made, or each later registry would have this model; the reflection of
        # the many2many needs one.
        Document.tag_ids._module = "waste"
        add_to_registry(cls.registry, Document)
        cls.addClassCleanup(cls._forget)
        cls.registry._setup_models__(cls.env.cr, [MODEL])
        cls.registry.init_models(cls.env.cr, [MODEL], {"models_to_check": True})
        cls.env["ir.model.access"].create({
            "name": MODEL, "model_id": cls.env["ir.model"]._get_id(MODEL), "group_id": cls.env.ref("base.group_user").id,
            "perm_read": True, "perm_write": True, "perm_create": True, "perm_unlink": True})
        cls.user = new_test_user(cls.env, "waste_test_state", groups="base.group_user")
        cls.documents = cls.env[MODEL].with_user(cls.user)

    @classmethod
    def _forget(cls):
        cls.registry["waste.state.mixin"]._inherit_children.discard(MODEL)
        cls.registry["base"]._inherit_children.discard(MODEL)
        del cls.registry.models[MODEL]
        cls.registry._setup_models__(cls.env.cr, [])

    def _document(self, state="draft", **vals):
        document = self.documents.sudo().create({"name": "D1", "state": state, **vals})
        return document.with_user(self.user)

    def test_every_cell_of_the_table(self):
        legal = {("draft", "submit"), ("review", "sign"), ("review", "reject"), ("review", "close"), ("active", "close")}
        targets = {"submit": "review", "sign": "active", "reject": "draft", "close": "closed"}
        for state in STATES:
            for verb, target in targets.items():
                document = self._document(state)
                with self.subTest(state=state, verb=verb):
                    if state == target:
                        self.assertFalse(document._transition(verb, name="again"))
                        self.assertEqual((document.state, document.name), (state, "D1"))
                    elif (state, verb) in legal:
                        self.assertEqual(document._transition(verb, name="moved"), document)
                        self.assertEqual((document.state, document.name), (target, "moved"))
                    else:
                        with self.assertRaises(UserError):
                            document._transition(verb, name="moved")
                        self.assertEqual((document.state, document.name), (state, "D1"))

    def test_a_mixed_lot_moves_what_is_not_there_yet(self):
        lot = self._document("review") | self._document("active")

        moved = lot._transition("sign")

        self.assertEqual(moved, lot[0])
        self.assertEqual(lot.mapped("state"), ["active", "active"])

    def test_write_obeys_the_table_in_superuser_mode_too(self):
        document = self._document("draft")

        for env_document in (document, document.sudo(), document.with_context(force=True)):
            with self.assertRaises(UserError) as refusal:
                env_document.state = "closed"
        document.state = "draft"
        document.state = "review"

        self.assertIn("“Draft” and can not become “Closed”", str(refusal.exception))
        self.assertEqual(document.state, "review")

    def test_users_create_in_the_first_state_only(self):
        with self.assertRaises(UserError):
            self.documents.create({"name": "D2", "state": "active"})
        with self.assertRaises(UserError):
            self.documents.with_context(default_state="active").create({"name": "D2"})

        self.assertEqual(self.documents.create({"name": "D2"}).state, "draft")
        self.assertEqual(self.documents.sudo().create({"name": "D2", "state": "active"}).state, "active")

    def test_sealed_fields_stay_from_their_state_on(self):
        tag = self.env["res.partner.category"].create({"name": "tag"})
        partner = self.env["res.partner"].create({"name": "partner"})
        values = {"partner_id": partner.id, "amount": 2, "date": "2026-02-02", "tag_ids": [Command.link(tag.id)]}
        sealed_from = {"partner_id": "review", "amount": "active", "date": "active", "tag_ids": "active"}
        for state in STATES:
            for name, value in values.items():
                document = self._document(state, amount=1, date="2026-01-01")
                is_sealed = STATES.index(state) >= STATES.index(sealed_from[name])
                with self.subTest(state=state, field=name):
                    if is_sealed:
                        with self.assertRaises(UserError):
                            document.write({name: value})
                    else:
                        document.write({name: value})
                        self.assertTrue(document[name])
                document.name = "never sealed"

    def test_a_repeated_value_breaks_no_seal(self):
        tag = self.env["res.partner.category"].create({"name": "tag"})
        partner = self.env["res.partner"].create({"name": "partner"})
        document = self._document(
            "active", amount=1.2345, date="2026-01-01", partner_id=partner.id, tag_ids=tag.ids)

        document.write({
            "amount": 1.2351, "date": "2026-01-01", "partner_id": partner.id,
            "tag_ids": [Command.link(tag.id), Command.set(tag.ids)]})
        for command in (Command.clear(), Command.create({"name": "new"}), Command.set([])):
            with self.subTest(command=command), self.assertRaises(UserError):
                document.write({"tag_ids": [command]})

        self.assertEqual(document.tag_ids, tag)

    def test_the_move_that_seals_may_bring_the_value(self):
        document = self._document("review", amount=1)

        document._transition("sign", amount=2)

        self.assertEqual((document.state, document.amount), ("active", 2))
