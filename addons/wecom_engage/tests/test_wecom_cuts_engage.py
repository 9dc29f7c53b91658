from odoo.tests import tagged

from odoo.addons.wecom.tests.cuts import CutsMixin

from .common import EngageCase


@tagged('post_install', '-at_install')
class TestWecomCutsEngage(CutsMixin, EngageCase):
    """No customer lost, none asked for twice, no member reminded twice, whatever is cut. Each flow has a world of its own."""

    has_world = False

    def flow_ask(self):
        self.make_world()
        send = self.make_send(tag_ids=self.tag.ids)
        send.action_launch()

        def check():
            self.assertEqual(self.sends_there(), [{'LiNa': sorted(self.linas)}, {'ZhangWei': sorted(self.zhangs[:3])}])
            self.assertEqual((set(self.states(send.sudo()).values()), set(send.sudo().task_ids.mapped('state'))), ({'unsent'}, {'waiting'}))
        return lambda: self.env['wecom.send']._cron_send(), check

    def flow_unanswered(self):
        """The answer got lost; beside it stand a send of the same words that we know, and one that another person made in WeCom."""
        self.make_world()
        self.launch(contact_ids=self.contacts(self.zhangs[:1]).ids)
        self.env['wecom.client']._call(self.app, 'externalcontact/add_msg_template', {
            'sender': 'LiNa', 'external_userid': self.linas, 'text': {'content': '周五停运一天'}})
        send = self.make_send(contact_ids=self.contacts(self.zhangs[:2]).ids)
        send.action_launch()
        self.control('settings', hang_up_after={'externalcontact/add_msg_template': 1})
        self.run_sends()
        self.assertEqual(send.sudo().task_ids.state, 'asking')

        def check():
            self.assertEqual(self.sends_there(), [
                {'LiNa': sorted(self.linas)}, {'ZhangWei': self.zhangs[:1]}, {'ZhangWei': sorted(self.zhangs[:2])}])
            self.assertEqual((send.sudo().task_ids.state, send.unsent_count), ('waiting', 2))
        return lambda: self.env['wecom.send']._cron_send(), check

    def flow_result(self):
        self.make_world()
        send = self.launch(tag_ids=self.tag.ids)
        for task in send.task_ids:
            self.confirm(task)

        def check():
            self.assertEqual((send.state, send.sent_count, set(send.task_ids.mapped('state'))), ('done', 5, {'done'}))
        return self.look_again, check

    def flow_remind(self):
        """A reminder without an answer isn't repeated: better none than two, of three that WeCom lets a member have."""
        self.make_world()
        send = self.launch(tag_ids=self.tag.ids, member_ids=self.member.ids)
        send.with_user(self.chen).action_remind()

        def check():
            [there] = self.seen('state')['group_sends'].values()
            self.assertLessEqual(len(there['reminded']), 1)
            self.assertEqual((send.task_ids.reminder_count, send.task_ids.to_tell), (1, False))
        return self.look_again, check

    def flow_cancel(self):
        self.make_world()
        send = self.launch(tag_ids=self.tag.ids)
        send.with_user(self.chen).action_cancel()

        def check():
            self.assertEqual((self.sends_there(), send.state, set(send.task_ids.mapped('state'))), ([], 'cancelled', {'cancelled'}))
            self.assertEqual(set(send.line_ids.mapped('state')), {'cancelled'})
        return self.look_again, check

    FLOWS = (
        ('externalcontact/add_msg_template', flow_ask),
        ('externalcontact/get_groupmsg_list_v2', flow_unanswered),
        ('externalcontact/get_groupmsg_task', flow_unanswered),
        ('externalcontact/get_groupmsg_send_result', flow_unanswered),
        ('externalcontact/get_groupmsg_task', flow_result),
        ('externalcontact/get_groupmsg_send_result', flow_result),
        ('externalcontact/remind_groupmsg_send', flow_remind),
        ('externalcontact/cancel_groupmsg_send', flow_cancel),
    )

    def test_nothing_is_lost_or_doubled_wherever_the_line_is_cut(self):
        self.cut_everywhere()

    def test_a_lost_task_that_wecom_does_not_show_yet_is_not_asked_for_again(self):
        self.make_world()
        self.control('settings', group_send_seconds=60, hang_up_after={'externalcontact/add_msg_template': 1})
        send = self.launch(contact_ids=self.contacts(self.zhangs[:2]).ids)
        self.run_sends()
        self.assertEqual((send.task_ids.state, len(self.sends_there())), ('asking', 1))

        self.pass_time(minutes=2)
        self.run_sends()
        self.assertEqual((send.task_ids.state, len(self.sends_there())), ('waiting', 1))

    def test_what_is_called_off_before_its_answer_came_is_stopped(self):
        self.make_world()
        for switch, count in (('hang_up', 0), ('hang_up_after', 1)):
            self.control('settings', **{switch: {'externalcontact/add_msg_template': 1}})
            send = self.launch(contact_ids=self.contacts(self.zhangs[:2]).ids)
            send.with_user(self.chen).action_cancel()
            self.run_sends()
            self.run_results()

            self.assertEqual((self.sends_there(), len(self.seen('state')['group_sends'])), ([], count))
            self.assertEqual((send.task_ids.state, set(self.states(send).values())), ('cancelled', {'cancelled'}))
