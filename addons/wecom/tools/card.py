"""What a message to members holds, cut to what WeCom takes (D:90236): it counts bytes, and refuses what is longer."""
LONGEST_TEXT = 2048
LONGEST_TITLE, LONGEST_DESCRIPTION = 128, 512


def text(content):
    return {'msgtype': 'text', 'text': {'content': cut(content, LONGEST_TEXT)}}


def markdown(content):
    """WeCom's own subset of Markdown; shown in WeCom only, not in WeChat."""
    return {'msgtype': 'markdown', 'markdown': {'content': cut(content, LONGEST_TEXT)}}


def card(title, description, url):
    """A card that opens a page."""
    return {'msgtype': 'textcard', 'textcard': {
        'title': cut(title, LONGEST_TITLE), 'description': cut(description, LONGEST_DESCRIPTION), 'url': url}}


def cut(content, most):
    """Shorten a text to ``most`` bytes without breaking a letter."""
    content = content.strip()
    if len(content.encode()) <= most:
        return content
    return content.encode()[:most - len('…'.encode())].decode(errors='ignore') + '…'
