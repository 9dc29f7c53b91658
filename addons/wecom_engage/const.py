"""WeCom's numbers of group sends (D:92135, D:97610, D:97611, D:96355; read 2026-11); see reference/wecom.md, 2.4."""
from datetime import timedelta

LONGEST, MOST_MATERIALS = 4000, 9  # bytes of the text; attachments
AT_ONCE = {'customers': 10000, 'chats': 2000}  # of one call
REMINDERS, REMINDERS_WITHIN = 3, timedelta(hours=24)
TOO_SOON, BAD_MEDIA = 41063, 40007
OUT_OF_SIGHT = 60011  # the member isn't within the app's visible range: his matter, not the app's
CONFIRMED = 2  # what get_groupmsg_task says of a member who has sent
#: what get_groupmsg_send_result says of a customer or chat
STATUS = {0: 'unsent', 1: 'sent', 2: 'no_friend', 3: 'limit'}

SKEW = 300  # seconds that WeCom's clock and ours may differ
UNANSWERED = timedelta(seconds=60)  # until a call without an answer is looked for in WeCom's list
POLL_FIRST, POLL_LAST = timedelta(minutes=2), timedelta(hours=6)
FORGOTTEN = timedelta(days=30)  # what a member hasn't confirmed by then isn't asked about any more
