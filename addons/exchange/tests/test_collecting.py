import gc

from odoo.tests import BaseCase

from odoo.addons.exchange.tools.collecting import not_collecting


class TestCollecting(BaseCase):

    def test_garbage_is_collected_again_after_a_block_that_fails(self):
        with self.assertRaises(ZeroDivisionError), not_collecting():
            self.assertFalse(gc.isenabled())
            _error = 1 / 0

        self.assertTrue(gc.isenabled())

    def test_block_inside_a_block_leaves_it_off(self):
        with not_collecting():
            with not_collecting():
                pass
            self.assertFalse(gc.isenabled())

        self.assertTrue(gc.isenabled())
