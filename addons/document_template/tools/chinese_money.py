from decimal import ROUND_HALF_UP, Decimal

DIGITS = '零壹贰叁肆伍陆柒捌玖'
UNITS = ('', '拾', '佰', '仟')
GROUPS = ('', '万', '亿', '兆')


def capital(amount):
    """Return an amount in Chinese capitals, as contracts and cheques write it: 30000 → 叁万元整."""
    cents = int((Decimal(str(amount)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    sign, cents = ('负', -cents) if cents < 0 else ('', cents)
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    text = f'{_integer(yuan)}元' if yuan or not rest else ''
    if not rest:
        return f'{sign}{text}整'
    if jiao:
        text += f'{DIGITS[jiao]}角'
    elif yuan:
        text += '零'
    return sign + text + (f'{DIGITS[fen]}分' if fen else '整')


def _integer(number):
    """Return a whole number in capitals: groups of four digits, each zero between digits spoken once."""
    if not number:
        return DIGITS[0]
    text, needs_zero = '', False
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        for power in (3, 2, 1, 0):
            digit = group // 10 ** power % 10
            if digit:
                text += (DIGITS[0] if needs_zero and text else '') + DIGITS[digit] + UNITS[power]
                needs_zero = False
            else:
                needs_zero = True
        if group:
            text += GROUPS[place]
            needs_zero = False if group % 10 else needs_zero
    return text
