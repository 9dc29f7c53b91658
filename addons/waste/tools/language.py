def to_language(record, user):
    """Return ``record`` in the language of ``user``: what a job or another person leaves for them is read by them.

    :param user: `res.users`; empty: the language stays
    """
    return record.with_context(lang=user.lang or record.env.lang)
