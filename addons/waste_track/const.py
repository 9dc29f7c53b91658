"""The nodes of a package's life and what each one says about its state.

Source: shared/data/reference/state_machines.csv, entity ``package``.
"""

# The states in the order in which a package normally passes them.
PACKAGE_STATES = [
    ("packed", "Packed"),
    ("labelled", "Labelled"),
    ("stored_at_producer", "Stored at Producer"),
    ("loaded", "Loaded"),
    ("in_transit", "In Transit"),
    ("arrived", "Arrived"),
    ("weighed", "Weighed"),
    ("sampled", "Sampled"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("returned", "Returned"),
    ("warehoused", "In Storage"),
    ("split", "Split"),
    ("merged", "Merged"),
    ("repacked", "Repacked"),
    ("issued", "Issued"),
    ("shipped_out", "Shipped Out"),
    ("disposed", "Disposed"),
    ("certified", "Certified"),
    ("lost", "Lost / Exception"),
]

EVENT_KINDS = [
    ("PACKED", "Packed"),
    ("LABELLED", "Labelled"),
    ("STORED_SRC", "Stored at Producer"),
    ("LOADED", "Loaded"),
    ("DEPARTED", "Departed"),
    ("ARRIVED", "Arrived"),
    ("WEIGHED", "Weighed"),
    ("SAMPLED", "Sampled"),
    ("ACCEPTED", "Accepted"),
    ("REFUSED", "Refused"),
    ("RETURNED", "Returned"),
    ("WAREHOUSED", "Stored"),
    ("MOVED", "Moved"),
    ("SPLIT", "Split"),
    ("MERGED", "Merged"),
    ("REPACKED", "Repacked"),
    ("ISSUED", "Issued"),
    ("SHIPPED_OUT", "Shipped Out"),
    ("DISPOSED", "Disposed"),
    ("FINAL_DISPOSED", "Disposed Elsewhere"),
    ("CERTIFIED", "Certified"),
    ("EXCEPTION", "Exception"),
]

# The state that the last event implies.
STATE_OF_EVENT = {
    "PACKED": "packed",
    "LABELLED": "labelled",
    "STORED_SRC": "stored_at_producer",
    "LOADED": "loaded",
    "DEPARTED": "in_transit",
    "ARRIVED": "arrived",
    "WEIGHED": "weighed",
    "SAMPLED": "sampled",
    "ACCEPTED": "accepted",
    "REFUSED": "refused",
    "RETURNED": "returned",
    "WAREHOUSED": "warehoused",
    "MOVED": "warehoused",
    "SPLIT": "split",
    "MERGED": "merged",
    "REPACKED": "repacked",
    "ISSUED": "issued",
    "SHIPPED_OUT": "shipped_out",
    "DISPOSED": "disposed",
    "FINAL_DISPOSED": "disposed",
    "CERTIFIED": "certified",
    "EXCEPTION": "lost",
}

# Two events of the same minute: the one further along the chain is the later one.
EVENT_RANK = {kind: rank for rank, (kind, _label) in enumerate(EVENT_KINDS)}

# The conversions, by the event that ends the life of their source.
CONVERSION_OF_EVENT = {"SPLIT": "split", "MERGED": "merge", "REPACKED": "repack"}

# States in which the material has come to its end.
DISPOSED_STATES = ("disposed", "certified")
