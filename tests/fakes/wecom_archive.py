#!/usr/bin/env python3
"""What Tencent's library for the conversation archive does, as a process that answers JSON lines on its pipes.

    python tests/fakes/wecom_archive.py WORLD.json

WORLD.json is read anew when it has changed, so a test changes it meanwhile:

    {"secret": …, "keys": {"1": public PEM, …}, "fault": {"pull": code | "abort" | "hang", …}, "oldest": seq,
     "records": [{"seq", "version", "content": {…the message, decrypted…}, "fault": code | "abort" | "hang" | "garbage"}],
     "files": {sdkfileid: {"data": base64, "fault": …}}, "chunk": bytes, "log": path}

Keys of messages are really encrypted by RSA; the cipher of the messages themselves isn't published, so it is one of our own.
Nothing of the product is imported.
"""
import base64
import hashlib
import json
import os
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding

PATH = Path(sys.argv[1])
opened = {}
last = {}


class Refused(Exception):
    pass


def read_world():
    state = PATH.stat()
    if last.get('state') != (state.st_mtime_ns, state.st_size):
        last.update(state=(state.st_mtime_ns, state.st_size), world=json.loads(PATH.read_text()))
    return last['world']


def suffer(fault):
    if fault == 'abort':
        os.abort()
    if fault == 'hang':
        time.sleep(3600)
    if isinstance(fault, int):
        raise Refused(fault)


def stream(key, text):
    """Turn a text into its cipher and back."""
    size = len(text)
    pad = b''.join(hashlib.sha256(f'{key}{number}'.encode()).digest() for number in range(size // 32 + 1))
    return bytes(one ^ other for one, other in zip(text, pad))


def encrypted(world, row):
    """A record as GetChatData gives it."""
    key = hashlib.sha256(f'{row["seq"]}'.encode()).hexdigest()
    public = serialization.load_pem_public_key(world['keys'][str(row['version'])].encode())
    sealed = {'fault': row.get('fault'), 'content': row['content']}
    return {
        'seq': row['seq'], 'msgid': row['content']['msgid'], 'publickey_ver': row['version'],
        'encrypt_random_key': base64.b64encode(public.encrypt(key.encode(), padding.PKCS1v15())).decode(),
        'encrypt_chat_msg': base64.b64encode(stream(key, json.dumps(sealed).encode())).decode()}


def op_open(world, corp, secret):
    opened.update(corp=corp, secret=secret)
    return {}


def op_pull(world, seq, limit):
    if opened.get('secret') != world['secret']:
        raise Refused(40001)
    after = max(seq, world.get('oldest', 0) - 1)
    rows = [row for row in world['records'] if row['seq'] > after][:limit]
    return {'records': [encrypted(world, row) for row in rows]}


def op_decrypt(world, key, message):
    try:
        sealed = json.loads(stream(key, base64.b64decode(message)))
    except ValueError:
        raise Refused(10008) from None
    suffer(sealed['fault'])
    return {'text': '{"' if sealed['fault'] == 'garbage' else json.dumps(sealed['content'], ensure_ascii=False)}


def op_media(world, file, index):
    if file not in world.get('files', {}):
        raise Refused(10005)
    kept = world['files'][file]
    begin, size = int(index or 0), world.get('chunk', 524288)
    if begin >= kept.get('fault_at', 0):
        suffer(kept.get('fault'))
    data = base64.b64decode(kept['data'])
    return {'data': base64.b64encode(data[begin:begin + size]).decode(), 'index': str(begin + size), 'finished': begin + size >= len(data)}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        op = request.pop('op')
        world = read_world()
        if world.get('log'):
            with open(world['log'], 'a', encoding='utf-8') as log:
                log.write(f'{os.getpid()} {op} {request.get("seq", request.get("index", ""))}\n')
        try:
            suffer(world.get('fault', {}).get(op))
            answer = globals()[f'op_{op}'](world, **request)
        except Refused as error:
            answer = {'code': error.args[0]}
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
