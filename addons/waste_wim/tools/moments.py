def zulu(moment):
    """Return a moment of the database as the interface writes it, or None."""
    return f'{moment.isoformat(timespec="seconds")}Z' if moment else None
