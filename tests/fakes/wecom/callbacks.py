"""Callbacks to the product: encrypted, and delivered as badly as the settings ask."""
import http.client
import random
import secrets
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from xml.sax.saxutils import escape

from encoder import encoder
from world import CORP

ENVELOPE = '<xml><ToUserName><![CDATA[%s]]></ToUserName><AgentID><![CDATA[%s]]></AgentID><Encrypt><![CDATA[%s]]></Encrypt></xml>'


class Callbacks:

    def __init__(self, world):
        self.world, self.encoder = world, encoder()

    def xml(self, event):
        """Return an event as WeCom writes it: {'Event': …, 'ChangeType': …, …} and what all of them have."""
        fields = {'ToUserName': CORP, 'FromUserName': 'sys', 'CreateTime': int(self.world.now()), 'MsgType': 'event', **event}
        return f'<xml>{"".join(_element(name, value) for name, value in fields.items())}</xml>'

    def packet(self, app, text, receiver=CORP):
        """Return (query, body) of one delivery of a text."""
        timestamp, nonce = str(int(self.world.now())), secrets.token_hex(6)
        encrypted, signature = self.encoder.encrypt(app['token'], app['aes_key'], receiver, text, timestamp, nonce)
        query = f'msg_signature={signature}&timestamp={timestamp}&nonce={nonce}'
        return query, (ENVELOPE % (CORP, app['agentid'], encrypted)).encode(), encrypted

    def verify(self, app):
        """Ask the door to prove that it has the key, as the admin console does on saving: what it answered, what was right."""
        text = str(secrets.randbelow(10 ** 18))
        query, _body, encrypted = self.packet(app, text)
        url = f'{app["callback"]}?{query}&echostr={urllib.request.quote(encrypted, safe="")}'
        with urllib.request.urlopen(url, timeout=5) as answer:
            return {'answered': answer.read().decode(), 'right': text}

    def send(self, app, texts, **how):
        """Deliver texts with the settings' duplicates, reordering, gaps and retries after time-outs.

        :return: one row for each text: {'acked', 'lost', 'seconds': [of each attempt]}
        """
        how = {**self.world.settings['callback'], **how}
        dice = random.Random(how['seed'])
        rows = [{'text': text, 'acked': 0, 'lost': dice.random() < how['drop'], 'seconds': [], 'answers': []} for text in texts]
        todo = [row for row in rows if not row['lost'] for _copy in range(1 + how['duplicates'])]
        if how['shuffle']:
            dice.shuffle(todo)
        with ThreadPoolExecutor(max(1, how['parallel'])) as pool:
            list(pool.map(lambda row: self._deliver(app, row, how), todo))
        with self.world.lock:
            self.world.deliveries += rows
        return rows

    def later(self, app, texts):
        """Deliver after the answer to the API call that caused it."""
        if app['callback']:
            threading.Thread(target=self.send, args=(app, texts), daemon=True).start()

    def _deliver(self, app, row, how):
        """Try once, and three times more only where nobody answered in time."""
        for _attempt in range(1 + how['retries']):
            query, body, _encrypted = self.packet(app, row['text'])
            started = time.monotonic()
            try:
                request = urllib.request.Request(f'{app["callback"]}?{query}', body, {'Content-Type': 'text/xml'})
                with urllib.request.urlopen(request, timeout=how['timeout']) as answer:
                    answer.read()
                    code = answer.status
            except urllib.error.HTTPError as error:
                code = error.code
            except (OSError, http.client.HTTPException) as error:  # nobody there, or killed in the middle of the answer
                code = type(error).__name__
            row['seconds'].append(time.monotonic() - started)
            row['answers'].append(code)
            if code == 200:
                row['acked'] += 1
            if isinstance(code, int):
                return


def _element(name, value):
    if isinstance(value, list):
        return f'<{name}>{"".join(f"<Item>{escape(str(item))}</Item>" for item in value)}</{name}>'
    if isinstance(value, int):
        return f'<{name}>{value}</{name}>'
    return f'<{name}><![CDATA[{value}]]></{name}>'
