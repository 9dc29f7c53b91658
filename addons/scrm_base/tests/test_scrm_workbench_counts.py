from odoo.tests import freeze_time, tagged

from .common import NOW, ROLES, WorkbenchCase

MAX_QUERIES = 22


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestScrmWorkbenchCounts(WorkbenchCase):

    def assertCounts(self, role, tab=None, **expected):
        """Compare some counts, and each count with the list that its tile opens."""
        home = self._home(role, tab)
        counts = {tile["key"]: tile["count"] for tile in home["tiles"]}
        self.assertEqual({key: counts[key] for key in expected}, expected)
        self.assertEqual(home["todo_count"], sum(tile["count"] for tile in home["tiles"] if tile["is_todo"]))
        for tile in home["tiles"]:
            listed = self.env[tile["model"]].with_user(self.users[role]).with_context(
                allowed_company_ids=self.users[role].company_ids.ids).search_count(tile["domain"])
            self.assertEqual(tile["count"], listed, tile["key"])

    # --- salesperson ---

    def test_salesperson_counts_his_contracts_by_state(self):
        self._contract()
        self._contract(contract_state="approving")
        self._contract(contract_state="signing")
        self._active()
        self._active(date_end="2026-05-10")  # in 60 days
        self._active(date_end="2026-05-11")  # in 61 days
        self._active(user_id=self.manager.id)  # of somebody else

        self.assertCounts("salesperson", draft=1, under_way=2, active=3, ending=1)

    def test_assignment_gives_the_contracts_of_its_business_only(self):
        self._assign(self.producer)
        hazardous = self._active(user_id=self.manager.id, date_end="2026-04-01")
        self._active(
            self._detail(waste_code_id=False), user_id=self.manager.id, date_end="2026-04-01", business_id=self.industrial.id)

        self.assertCounts("salesperson", ending=1)
        self.assertEqual([row["id"] for row in self._panel_of("salesperson", "ending")["rows"]], hazardous.ids)

    def test_ended_assignment_gives_nothing(self):
        self._assign(self.producer, date_to="2026-03-10")
        self._active(user_id=self.manager.id)

        self.assertCounts("salesperson", active=0, no_contract=0)

    def test_salesperson_sees_his_producers_without_contract(self):
        without, draft = self._partner("永兴五金"), self._partner("康泰")
        self._assign(without)
        self._assign(draft)
        self._contract(partner_id=draft.id)

        self.assertCounts("salesperson", no_contract=1)
        self.assertEqual([row["title"] for row in self._panel_of("salesperson", "no_contract")["rows"]], ["永兴五金"])

    def test_salesperson_sees_the_pickups_of_his_local_week(self):
        contract = self._active()
        self._pickup("2026-03-08 15:59:00", contract=contract)  # Sunday 23:59
        self._pickup("2026-03-08 16:00:00", contract=contract)  # Monday 00:00
        self._pickup("2026-03-15 15:59:00", contract=contract)  # Sunday 23:59
        self._pickup("2026-03-15 16:00:00", contract=contract)  # next Monday
        self._pickup("2026-03-12 02:00:00", contract=contract, state="cancelled")

        self.assertCounts("salesperson", pickups=2)

    def test_salesperson_sees_the_statements_his_customers_should_confirm(self):
        self._statement_in("draft")
        self._statement_in("approved")
        self._statement_in("confirmed")

        self.assertCounts("salesperson", statements=1)
        tile = next(tile for tile in self._home("salesperson")["tiles"] if tile["key"] == "statements")
        self.assertIn("2,800.00", tile["hint"])

    def test_salesperson_sees_the_overdue_instalments_of_his_contracts(self):
        self._instalment("2026-03-10")
        self._instalment("2026-03-11")
        self._instalment("2026-03-10", user_id=self.manager.id)

        self.assertCounts("salesperson", overdue=1)

    # --- sales manager ---

    def test_sales_manager_counts_what_he_decides(self):
        self.producer.active = False
        lonely, served = self._partner("鑫源印刷"), self._partner("金泰电镀厂")
        self._assign(served, date_to="2026-05-10")
        self._assign(served, business=self.kitchen, date_to="2026-05-11")
        self._contract(partner_id=served.id, contract_state="approving")
        self._contract(partner_id=served.id, contract_state="gov_review")
        self._active(partner_id=served.id, user_id=self.salesperson.id)
        others = self.env["res.partner"].search_count([
            ("party_role_ids.code", "=", "producer"), ("assigned_user_ids", "=", False), ("id", "!=", lonely.id)])

        self.assertCounts(
            "sales_manager", to_approve=1, under_way=1, active=1, assignments=1, no_salesperson=others + 1)

    def test_sales_manager_reads_his_teams_in_a_table(self):
        team = self.env["crm.team"].create({"name": "市场一部", "company_id": False, "sequence": -1})
        self._active(team_id=team.id)
        self._active(team_id=team.id, date_end="2026-04-01")
        self._contract(contract_state="approving", team_id=team.id)

        row = self._panel_of("sales_manager", "teams")["rows"][0]

        self.assertEqual(row["cells"][:4], ["市场一部", "2", "1", "1"])
        self.assertIn("56,000.00", row["cells"][4])
        self.assertEqual(self.env["sale.order"].with_user(self.manager).search_count(row["domain"]), 3)

    # --- approvals ---

    def test_s0_1_e_the_approver_is_told_what_waits_for_him(self):
        """Two steps: the dispatcher's, then the sales manager's; a contract without flow waits for the manager by role."""
        for sequence, role in enumerate(("dispatcher", "sales_manager")):
            self.env["tier.definition"].create({
                "name": role, "model_id": self.env["ir.model"]._get_id("sale.order"), "sequence": sequence,
                "definition_domain": "[('date_end', '=', '2026-10-31')]", "review_type": "individual",
                "reviewer_id": self.users[role].id, "company_id": False})
        stepwise = self._contract(date_end="2026-10-31")
        (stepwise + self._contract()).with_user(self.salesperson).action_submit()
        self.assertCounts("dispatcher", to_decide=1)
        self.assertCounts("sales_manager", to_decide=0, to_approve=1)

        self.env["tier.review"].with_user(self.users["dispatcher"]).search([("can_review", "=", True)]).action_approve()

        self.assertCounts("dispatcher", to_decide=0)
        self.assertCounts("sales_manager", to_decide=0, to_approve=2)
        self.assertCounts("salesperson", to_decide=0)

    # --- dispatcher ---

    def test_dispatcher_counts_by_his_local_day(self):
        contract = self._active()
        self._pickup("2026-03-10 15:59:00", contract=contract)  # yesterday 23:59
        self._pickup("2026-03-10 16:00:00", contract=contract)  # today 00:00
        self._pickup("2026-03-11 15:59:00", contract=contract, state="draft")  # today 23:59
        self._pickup("2026-03-11 16:00:00", contract=contract)  # tomorrow
        self._pickup("2026-03-18 15:59:00", contract=contract)  # in seven days
        self._pickup("2026-03-18 16:00:00", contract=contract)
        self._pickup("2026-03-11 01:00:00", contract=contract, state="in_transit")
        self._pickup("2026-03-11 01:00:00", contract=contract, state="done")

        self.assertCounts("dispatcher", overdue=1, today=2, coming=2, on_the_road=1)
        panel = self._panel_of("dispatcher", "to_dispatch")
        self.assertEqual(panel["more"]["count"], 5)
        self.assertEqual(
            self.env["waste.pickup"].with_user(self.users["dispatcher"]).search_count(panel["more"]["domain"]), 5)
        self.assertEqual([row["tone"] for row in panel["rows"]], ["danger", "info", "info", "info", "info"])
        self.assertEqual(panel["rows"][0]["badge"], "Yesterday 23:59")

    def test_dispatcher_sees_pickups_without_contract(self):
        self._pickup("2026-03-12 02:00:00")
        self._pickup("2026-03-12 02:00:00", state="cancelled")

        self.assertCounts("dispatcher", pending=1)

    def test_dispatcher_sees_differences_until_they_are_answered(self):
        pickup = self._pickup("2026-03-10 02:00:00", state="done", contract=self._active())
        manifest = self.env["waste.manifest"].create({
            "name": "20264419000900", "pickup_id": pickup.id, "company_id": self.company.id, "out_kg": 1600, "in_kg": 1050,
            "state": "partially_received", "has_major_difference": True})

        self.assertCounts("dispatcher", differences=1)
        self.assertEqual(self._panel_of("dispatcher", "differences")["rows"][0]["badge"], "-550.0 kg")

        manifest.difference_answer = "退回一包"

        self.assertCounts("dispatcher", differences=0)

    def test_dispatcher_watches_the_licences_of_carriers(self):
        before = self._counts("dispatcher")["licences"]
        carrier = self._partner("粤运环保", "carrier")
        self._licence(carrier, "2026-03-10")
        self._licence(carrier, "2026-05-10")
        self._licence(carrier, "2026-05-11")
        self._licence(self.producer, "2026-03-10", kind="discharge_permit")

        self.assertCounts("dispatcher", licences=before + 2)

    # --- finance ---

    def test_finance_counts_statements_by_state(self):
        for state in ("draft", "approved", "approved", "confirmed", "disputed", "invoiced"):
            self._statement_in(state)

        self.assertCounts("finance", to_approve=1, waiting=2, to_invoice=1, disputed=1, open=1, overdue=0)

    def test_finance_sees_applications_and_collections_that_wait(self):
        self._application("pending")
        self._application("to_issue")
        self._application("draft")
        self._collection()

        self.assertCounts("finance", applications=1, to_issue=1, collections=1)

    def test_finance_sees_overdue_receivables_by_company(self):
        invoice = self._statement_in("invoiced").invoice_ids
        invoice.line_ids.filtered("date_maturity").date_maturity = "2026-03-01"
        invoice.invoice_date_due = "2026-03-01"

        self.assertCounts("finance", overdue=1)
        row = self._panel_of("finance", "overdue")["rows"][0]
        self.assertEqual(row["cells"][:2], [self.company.name, "1"])
        self.assertIn("2,800.00", row["cells"][2])
        self.assertEqual(row["cells"][3], "10 days")

    def test_finance_sees_where_wim_reckons_otherwise(self):
        contract = self._active()
        self._batch(contract, 1000, day="2026-02-10 02:00:00")
        self._external(contract, 2800.01, "2026-02")
        other = self._active(partner_id=self._partner("恒达塑胶").id)
        self._batch(other, 1000, day="2026-02-10 02:00:00")
        self._external(other, 2900, "2026-02")

        self.assertCounts("finance", differences=1)
        row = self._panel_of("finance", "differences")["rows"][0]
        self.assertEqual(row["title"], "恒达塑胶")
        self.assertIn("100.00", row["badge"])

    # --- customer service ---

    def test_customer_service_calls_the_producers_of_today(self):
        contract = self._active()
        self.producer.phone = "0769-00000001"
        self._pickup("2026-03-11 08:00:00", contract=contract)
        self._pickup("2026-03-12 08:00:00", contract=contract)
        self._pickup("2026-03-11 08:00:00", contract=contract, state="failed")

        self.assertCounts("customer_service", pickups=1, tomorrow=1)
        row = self._panel_of("customer_service", "pickups")["rows"][0]
        self.assertEqual((row["phone"], row["lines"]), ("0769-00000001", ["Today 16:00"]))

    def test_customer_service_sees_refused_packages_and_disputes(self):
        contract = self._active()
        batch = self._batch(contract, 0)
        values = {"batch_id": batch.id, "producer_id": self.producer.id, "company_id": self.company.id}
        self.env["waste.package"].create([
            {**values, "name": "H-1", "state": "refused"}, {**values, "name": "H-2", "state": "returned"}])
        self._statement_in("disputed")
        self._statement_in("approved")

        self.assertCounts("customer_service", refused=1, disputed=1, waiting=1)

    # --- administrator ---

    def test_administrator_sees_messages_that_failed_or_wait_too_long(self):
        self._message("rejected")
        self._message("warned")
        self._message("parked", "2026-03-10 01:59:00")  # 24 hours and a minute
        self._message("parked", "2026-03-10 02:01:00")
        self._message("pending", "2026-03-10 15:59:00")  # yesterday

        self.assertCounts("admin", rejected=1, warned=1, parked=1, pending=1, today=2)

    # --- companies and queries ---

    def test_other_company_is_not_counted(self):
        other = self._new_company("另一家公司")
        foreign = {role: self._new_user(role, login=f"foreign_{role}", company=other) for role in ROLES}
        for state in ("draft", "approved", "confirmed", "disputed"):
            self._statement_in(state)
        self._pickup("2026-03-11 08:00:00", contract=self._active())
        self._message("rejected")
        shared = {"no_salesperson", "no_contract", "licences", "assignments"}  # partners belong to no company

        for role in ROLES:
            own = self.users[role]
            self.users[role] = foreign[role]
            with self.subTest(role=role):
                counts = self._counts(role)
                self.assertFalse({key: count for key, count in counts.items() if count and key not in shared})
            self.users[role] = own

    def test_queries_do_not_grow_with_the_records(self):
        self._fill()
        few = {role: self._count_queries(role) for role in ROLES}
        for _more in range(3):
            self._fill()

        self.assertEqual({role: self._count_queries(role) for role in ROLES}, few)
        self.assertLessEqual(max(few.values()), MAX_QUERIES, few)

    def _fill(self):
        """Add at least one record to each tile and panel."""
        partner = self._partner(f"产废 {next(self._numbers)}", phone="0769-00000009")
        self._partner(f"无人 {next(self._numbers)}")
        self._assign(self._partner(f"无合同 {next(self._numbers)}"))
        self._assign(partner, date_to="2026-04-01")
        carrier = self._partner(f"运输 {next(self._numbers)}", "carrier")
        self._licence(carrier, "2026-03-20")
        contract = self._active(partner_id=partner.id, date_end="2026-04-01", user_id=self.salesperson.id)
        for state in ("draft", "approving", "signing"):
            self._contract(partner_id=partner.id, contract_state=state)
        for moment, state in (
                ("2026-03-10 02:00:00", "to_dispatch"), ("2026-03-11 08:00:00", "to_dispatch"), ("2026-03-11 03:00:00", "in_transit")):
            pickup = self._pickup(moment, state=state, contract=contract, carrier_id=carrier.id)
        self.env["waste.manifest"].create({
            "name": f"20264419{next(self._numbers):06d}", "pickup_id": pickup.id, "company_id": self.company.id,
            "state": "received", "has_major_difference": True})
        batch = self._batch(contract, 0)
        self.env["waste.package"].create({
            "name": f"H-{next(self._numbers)}", "batch_id": batch.id, "producer_id": partner.id, "company_id": self.company.id,
            "state": "refused"})
        for state in ("draft", "approved", "confirmed", "disputed"):
            self._statement_in(state)
        invoice = self._statement_in("invoiced").invoice_ids
        invoice.line_ids.filtered("date_maturity").date_maturity = "2026-03-01"
        invoice.invoice_date_due = "2026-03-01"
        self._batch(contract, 1000, day="2026-02-10 02:00:00")
        self._external(contract, 2900, "2026-02")
        for state in ("pending", "to_issue"):
            self._application(state)
        self._collection()
        self._instalment("2026-03-01")
        for state in ("rejected", "warned", "pending"):
            self._message(state)
        self._message("parked", "2026-03-01 02:00:00")

    def _count_queries(self, role):
        """Count with nothing read yet, but with the rules known, as in a worker that has served a page before."""
        self.env.flush_all()
        for _visit in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._home(role)
        return self.env.cr.sql_log_count - before
