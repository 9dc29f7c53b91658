"""What a decrypted message says: its text, whom it concerns, what file belongs to it (D:91774, 消息格式)."""
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

#: external contacts wo…, wm…, robots wb…; members' accounts are chosen by people and rarely of this length
EXTERNAL = re.compile(r'(wo|wm|wb)[A-Za-z0-9_-]{20,}')
ROBOT = 'wb'
LONGEST = 100_000
#: msgtype: fields of its part whose texts are kept, in this order
TEXTS = {
    'text': ('content',), 'markdown': ('content',), 'link': ('title', 'description', 'link_url'),
    'weapp': ('displayname', 'title', 'description'), 'card': ('corpname', 'userid'), 'location': ('title', 'address'),
    'file': ('filename',), 'todo': ('title', 'content'), 'vote': ('votetitle',), 'collect': ('title',), 'redpacket': ('wish',),
    'external_redpacket': ('wish',), 'meeting': ('topic',), 'docmsg': ('title', 'link_url'), 'calendar': ('title',),
    'sphfeed': ('sph_name', 'feed_desc'), 'chatrecord': ('title',), 'news': (), 'mixed': (), 'note': ('title', 'content'),
    'solitaire': ('title', 'content'), 'voip_doc_share': ('filename',), 'qydiskfile': ('filename',),
}
#: the part isn't called as its type
PARTS = {'docmsg': 'doc', 'external_redpacket': 'redpacket', 'markdown': 'info', 'news': 'info'}

ENDINGS = {'image': '.jpg', 'voice': '.amr', 'video': '.mp4', 'emotion': '.gif'}


@dataclass
class Content:
    msgid: str
    action: str
    kind: str
    moment: datetime
    sender: str
    receivers: list
    room: str
    text: str
    recalled: str = ''
    media: dict = field(default_factory=dict)

    def __post_init__(self):
        for text in (self.msgid, self.kind, self.sender, self.room, self.recalled, *self.receivers):
            if not isinstance(text, str):
                raise TypeError('not a text')

    @property
    def people(self):
        return list(dict.fromkeys(filter(None, [self.sender, *self.receivers])))


def is_external(number):
    return bool(EXTERNAL.fullmatch(number))


def read(content):
    """Return the `Content` of a decrypted message.

    :param content: from ``parse``
    :raise ValueError: a message has another shape
    """
    try:
        if content['action'] == 'switch':  # somebody changed the corp he works in; says nothing
            return Content(content['msgid'], 'switch', 'switch', _moment(content['time']), content['user'], [], '', '')
        kind = content['msgtype']
        part = content.get(PARTS.get(kind, kind)) or {}
        if content['action'] not in ('send', 'recall') or not content['from']:
            raise ValueError('neither said nor recalled by anybody')
        return Content(
            content['msgid'], content['action'], kind, _moment(content['msgtime']), content['from'], list(content.get('tolist') or []),
            content.get('roomid') or '', '\n'.join(_texts(kind, part))[:LONGEST],
            recalled=part.get('pre_msgid', '') if kind == 'revoke' else '', media=_media(kind, content, part))
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
        raise ValueError(f'the message has another shape: {type(error).__name__}') from None


def parse(text):
    """Return the JSON of a message without what PostgreSQL can't keep: NUL, and halves of characters."""
    return _clean(json.loads(text))


def _clean(value):
    if isinstance(value, str):
        return value.replace('\0', '').encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


def _moment(milliseconds):
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).replace(tzinfo=None, microsecond=0)


def _texts(kind, part):
    texts = [str(part[name]) for name in TEXTS.get(kind, ()) if part.get(name)]
    for item in part.get('item') or [] if isinstance(part, dict) else []:
        texts += _item_texts(item)
    return texts


def _item_texts(item):
    """An entry of a forwarded conversation, a mixed message or news."""
    inner = item.get('content')
    if isinstance(inner, str) and inner.startswith('{'):
        inner = json.loads(inner)
    if isinstance(inner, dict):
        inner = inner.get('content') or inner.get('title') or inner.get('filename')
    return [str(text) for text in (inner, item.get('title'), item.get('description')) if text]


def _media(kind, content, part):
    if not part.get('sdkfileid'):
        return {}
    size = next((int(part[name]) for name in ('filesize', 'voice_size', 'imagesize') if part.get(name)), 0)
    return {'file': part['sdkfileid'], 'md5': part.get('md5sum') or '', 'size': size,
            'name': part.get('filename') or f'{kind}-{content["msgid"][:12]}{ENDINGS.get(kind, "")}'}

