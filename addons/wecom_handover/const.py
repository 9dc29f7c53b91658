"""WeCom's numbers of handing customers over (D:92125, D:94096, D:92127, D:94081, D:96333; read 2026-11); see reference/wecom.md, 2.4."""
from datetime import timedelta, timezone

CUSTOMERS_AT_ONCE = 100  # of one call; group chats too
CHATS_PER_DAY = 300  # of one owner; system parameter `wecom_handover.chats_per_day` where WeCom's limit differs
TIMES, WITHIN = 2, timedelta(days=90)  # a customer is handed over on the job so often at most
WAIT = timedelta(hours=24)  # from the start until he passes over, unless he refuses
FORGOTTEN = timedelta(days=2)  # what WeCom hasn't listed by then, it doesn't know
DAY_ZONE = timezone(timedelta(hours=8))  # WeCom's days are Beijing's

#: what `transfer_result` says became of a customer
RESULTS = {1: 'done', 2: 'waiting', 3: 'refused', 4: 'full'}
TOO_OFTEN, ON_THE_WAY, DAY_IS_FULL = 40128, (40100, 40129), 45009
