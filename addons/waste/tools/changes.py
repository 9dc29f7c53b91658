from odoo import Command


def is_change(record, name, value):
    """Tell whether writing ``value`` to a field would change the record.

    Systems that send the whole document again, and forms that save all they show, repeat values: a repetition is no change.

    :param record: one record
    :param name: name of one of its fields
    :param value: value as given to ``write()``
    """
    field = record._fields[name]
    if field.type in ("one2many", "many2many"):
        return _is_command_change(record[name], value)
    cached = field.convert_to_cache(value, record)
    return cached != field.convert_to_cache(record[name], record)


def _is_command_change(current, commands):
    """Tell whether x2many commands change the set ``current``; edits of the lines themselves count as a change."""
    if not isinstance(commands, (list, tuple)):
        commands = [Command.set(commands.ids)]
    for command in commands:
        if isinstance(command, int):
            changed = command not in current.ids
        elif command[0] == Command.LINK:
            changed = command[1] not in current.ids
        elif command[0] == Command.SET:
            changed = set(command[2]) != set(current.ids)
        elif command[0] == Command.CLEAR:
            changed = bool(current)
        else:
            changed = True
        if changed:
            return True
    return False
