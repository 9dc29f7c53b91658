from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import LockNotAvailable

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_cron import IrCron


@tagged('post_install', '-at_install')
class TestWecomCallbackRace(TransactionCase):
    """An event comes just as the queue's worker begins or ends: it is processed now, not with the cron's next period.

    The door and the worker have connections of their own; what they write is deleted afterwards.
    """

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(datetime.now()))  # all of it within one second
        self.cron = self.env.ref('wecom.ir_cron_wecom_callback')
        with self.connect() as cr:
            self.app_id = self.on(cr)['wecom.app'].create({'name': 'Race', 'corp_id': 'wwrace', 'agent_id': '1'}).id
            cr.execute("UPDATE ir_cron SET nextcall = now() + interval '1 hour' WHERE id = %s", [self.cron.id])
            cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [self.cron.id])
        self.addCleanup(self.clean, self.cron.nextcall)

    def clean(self, nextcall):
        with self.connect() as cr:
            cr.execute("DELETE FROM wecom_callback WHERE app_id = %s", [self.app_id])
            self.on(cr)['wecom.app'].browse(self.app_id).unlink()
            cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [self.cron.id])
            cr.execute("UPDATE ir_cron SET nextcall = %s WHERE id = %s", [nextcall, self.cron.id])

    def connect(self):
        return db_connect(self.env.cr.dbname).cursor()

    def on(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def receive(self, cr, number):
        self.on(cr)['wecom.callback']._receive(self.app_id, False, f'<xml><Event>race</Event><N>{number}</N></xml>')

    def begin(self, cr):
        """What Odoo does before a job."""
        job = IrCron._acquire_one_job(cr, self.cron.id)
        self.on(cr)['ir.cron']._clear_schedule(job)
        return job

    def end(self, cr, job):
        """What it does after it."""
        self.on(cr)['ir.cron']._reschedule_later(job)
        cr.commit()  # pylint: disable=invalid-commit  # the worker's own

    def trigger(self, **later):
        with self.connect() as cr:
            self.on(cr)['ir.cron'].browse(self.cron.id)._trigger(datetime.now().replace(microsecond=0) + timedelta(**later))

    def assert_processed_now(self, count):
        with self.connect() as cr:
            self.assertIn(self.cron.id, [job['id'] for job in IrCron._get_all_ready_jobs(cr)])
            self.assertTrue(self.begin(cr))
            with self.connect() as own:
                callbacks = self.on(own)['wecom.callback']
                callbacks._process_queue()
                self.assertEqual(callbacks.search([('app_id', '=', self.app_id)]).mapped('state'), ['warned'] * count)

    def test_one_that_comes_while_the_worker_ends_wakes_it_again(self):
        self.trigger()
        with self.connect() as worker, self.connect() as door:
            job = self.begin(worker)  # and found nothing to do
            self.receive(door, 1)
            door.commit()
            self.end(worker, job)

        self.assert_processed_now(1)

    def test_one_whose_door_still_sees_the_trigger_of_a_worker_that_ended_wakes_it_again(self):
        self.trigger()
        with self.connect() as worker, self.connect() as door:
            door.execute("SELECT 1 FROM ir_cron_trigger")  # its snapshot
            self.end(worker, self.begin(worker))
            self.receive(door, 1)
            door.commit()

        self.assert_processed_now(1)

    def test_a_worker_does_not_begin_before_one_that_counts_on_its_trigger_is_stored(self):
        self.trigger()
        with self.connect() as worker, self.connect() as door:
            self.receive(door, 1)
            worker.execute("SET lock_timeout = '100ms'")
            with self.assertRaises(LockNotAvailable), self.assertLogs('odoo.sql_db', 'ERROR'):
                self.begin(worker)
            worker.rollback()
            door.commit()
            self.receive(door, 2)
            door.commit()

        self.assert_processed_now(2)

    def test_the_trigger_of_a_later_attempt_wakes_nobody_now(self):
        self.trigger(minutes=8)
        with self.connect() as door:
            self.receive(door, 1)

        self.assert_processed_now(1)
