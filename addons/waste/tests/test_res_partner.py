from psycopg2 import IntegrityError
from stdnum.cn import uscc as uscc_number

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import WasteCommon


def make_uscc(number):
    """Return a credit code with a valid check digit."""
    body = f"91441900TEST{number:05d}".replace("S", "X")
    return body + uscc_number.calc_check_digit(body)


def make_wrong(uscc):
    """Return the credit code with another check digit."""
    return uscc[:-1] + ("1" if uscc[-1] != "1" else "2")


USCC = make_uscc(14)


@tagged("post_install", "-at_install")
class TestResPartner(WasteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]

    def test_partners_are_found_by_role(self):
        """Requirement S0-1-a, with its own names."""
        carrier = self._make_partner("粤运环保", "carrier")
        others = self._make_partner("市生态环境分局", "regulator") | self._make_partner("绿源收集站", "collector") \
            | self._make_partner("园区焚烧厂", "disposer", "collector") | self.hongda

        found = self.partners.search([("party_role_ids.code", "=", "carrier"), ("id", "in", (carrier | others).ids)])

        self.assertEqual(found, carrier)
        self.assertEqual(set(others[2].party_role_ids.mapped("code")), {"collector", "disposer"})

    def test_a_credit_code_is_checked_and_written_in_capitals(self):
        partner = self._make_partner("东莞示例电路板厂001", "producer", uscc=f" {USCC.lower()} ")

        self.assertEqual(partner.uscc, USCC)
        for wrong in (make_wrong(USCC), "914419", USCC.replace("X", "O")):
            with self.subTest(uscc=wrong), self.assertRaises(ValidationError):
                partner.uscc = wrong
        partner.uscc = f"９{USCC[1:]}"  # a full-width digit, as a Chinese keyboard gives it
        self.assertEqual(partner.uscc, USCC)
        partner.uscc = ""
        self.assertFalse(partner.uscc)

    def test_one_active_company_per_credit_code(self):
        partner = self._make_partner("一厂", "producer", uscc=USCC)

        with self.assertRaises(IntegrityError) as refusal, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._make_partner("二厂", "producer", uscc=USCC)
        self.assertEqual(
            self.partners._sql_error_to_message(refusal.exception),
            f"Another company already has the credit code {USCC}: search for it and use that one.")
        partner.action_archive()
        successor = self._make_partner("二厂", "producer", uscc=USCC)

        self.assertTrue(successor.active)

    def test_people_search_by_credit_code_and_wim_number(self):
        partner = self._make_partner(
            "东莞示例电路板厂001", "producer", uscc=USCC, external_system="wim", external_key="P99001")

        self.assertEqual(dict(self.partners.name_search("TEXT00014")).keys() & {partner.id}, {partner.id})
        self.assertEqual(dict(self.partners.name_search("P99001")).keys(), {partner.id})

    def _load(self, fields, rows):
        result = self.partners.load(fields, rows)
        self.assertFalse(result["messages"])
        return self.partners.browse(result["ids"])

    def test_producers_are_imported_by_credit_code(self):
        """Requirement S0-2-k: 50 created; a second import with the same codes updates, creating 0."""
        fields = ["name", "is_company", "uscc", "party_role_ids", "region_id", "phone"]
        rows = [[f"导入厂{number:02d}", "1", make_uscc(number), "Producer", "黄江镇", "10000000000"] for number in range(1, 51)]
        before = self.partners.search_count([])

        created = self._load(fields, rows)
        updated = self._load(fields, [[f"{row[0]}（改名）", "1", row[2].lower(), *row[3:]] for row in rows])

        self.assertEqual(len(created), 50)
        self.assertEqual(updated, created)
        self.assertEqual(self.partners.search_count([]), before + 50)
        self.assertEqual(created[0].name, "导入厂01（改名）")
        self.assertEqual(created.region_id, self.env.ref("waste.region_441900114"))
        self.assertEqual(created.party_role_ids, self.env.ref("waste.party_role_producer"))

    def test_an_import_mixes_known_new_and_codeless_rows(self):
        known = self._make_partner("一厂", "producer", uscc=USCC)

        loaded = self._load(["name", "is_company", "uscc"], [
            ["一厂新名", "1", USCC], ["新厂", "1", make_uscc(7)], ["无码厂", "1", ""]])

        self.assertEqual(loaded[0], known)
        self.assertEqual(loaded.mapped("name"), ["一厂新名", "新厂", "无码厂"])

    def test_an_import_that_names_its_records_is_left_to_odoo(self):
        known = self._make_partner("一厂", "producer", uscc=USCC)

        loaded = self._load([".id", "name", "uscc"], [[str(known.id), "改名", USCC]])

        self.assertEqual((loaded, known.name), (known, "改名"))

    def test_an_import_with_a_wrong_code_says_so_and_keeps_nothing(self):
        before = self.partners.search_count([])

        with mute_logger("odoo.sql_db"):
            result = self.partners.load(
                ["name", "is_company", "uscc"], [["好厂", "1", USCC], ["坏厂", "1", make_wrong(USCC)]])

        self.assertFalse(result["ids"])
        self.assertIn(make_wrong(USCC), result["messages"][0]["message"])
        self.assertEqual(self.partners.search_count([]), before)

    def test_others_read_a_partner_without_what_is_for_staff(self):
        self._assign(self.hongda, self.zhang, self.hazardous)
        self.hongda.sudo().write({"external_system": "wim", "external_key": "P99002", "external_extra": {"业务费": "300"}})
        internal = new_test_user(self.env, "waste_test_internal", groups="base.group_user")
        portal = new_test_user(self.env, "waste_test_portal", groups="base.group_portal", name="门户")
        portal.partner_id.parent_id = self.hongda

        for user, names in (
            (internal, ("assignment_ids", "licence_ids", "assigned_user_ids", "licence_count", "served_producer_count")),
            (portal, ("assignment_ids", "external_extra", "external_extra_text", "external_versions")),
        ):
            partner = self.hongda.with_user(user)
            for name in names:
                with self.subTest(user=user.login, name=name), self.assertRaises(AccessError):
                    partner.read([name])
            self.assertFalse(set(names) & set(partner.fields_get()))
            self.assertEqual(partner.read(["name", "uscc"])[0]["name"], "宏达电路板厂")

    def test_the_import_offers_a_template(self):
        labels = [template["template"] for template in self.partners.get_import_templates()]

        self.assertIn("/waste/static/xls/producers_import_template.csv", labels)
