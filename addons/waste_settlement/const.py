from zoneinfo import ZoneInfo

# Days and months of the trade are local days, whoever looks and wherever the server is (I-41).
TRADE_ZONE = ZoneInfo("Asia/Shanghai")

# Above this the other system's amount and ours are no longer the same (I-31).
TOLERANCE = 0.01

# Modes that need what the laboratory says of each batch.
LAB_MODES = frozenset({"calorific", "indexed", "analysis_fee"})

# Modes that are priced by a ladder of tiers.
TIER_MODES = frozenset({"tier_all", "tier_excess", "tier_quota", "calorific"})

# The allocated share of a payment counts as money received in these states of the payment.
RECEIVED_STATES = ("in_process", "paid")

# Statements that settle what moved; two of them never cover the same day. An advance asks before anything moved, and an
# adjustment corrects what was asked.
SETTLING_KINDS = ("regular", "true_up")
