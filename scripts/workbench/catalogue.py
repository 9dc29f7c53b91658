"""Translations: every term of every room in Chinese, in the words of i18n/glossary.csv."""
import csv
import re
import shutil
import sys
import tempfile
from pathlib import Path

from . import odoo, odoo_source, python_env
from .machine import ADDONS, CHECKOUT, say

GLOSSARY = CHECKOUT / 'i18n/glossary.csv'
#: problems shown at once
MOST = 150
#: core modules whose Chinese for the very same words is taken over (Created on, Followers, …)
MEMORY = ('base', 'mail', 'portal', 'sms', 'rating', 'utm', 'phone_validation')
#: run in `odoo shell`: the terms of each room, as Odoo finds them in code, views and records
EXPORT = '''
from odoo.tools.translate import trans_export
for room in {rooms!r}:
    with open("{folder}/" + room + ".pot", "wb") as target:
        trans_export(None, [room], target, "po", env)
'''


def check(databases, database, rooms):
    """What is missing or worded against the glossary.

    :param database: one with these rooms installed
    :return: problems as text, '' when there is none
    """
    polib = _polib()
    glossary = read_glossary()
    problems = []
    for room, terms in _export(databases, database, rooms).items():
        path = _path(room)
        known = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
        for term in terms:
            entry = known.get(term.msgid)
            if not entry or not entry.msgstr or entry.fuzzy or entry.obsolete:
                problems.append(f'{room}: {"fuzzy" if entry and entry.fuzzy else "not translated"}: {term.msgid[:100]!r}')
            else:
                problems += [f'{room}: {word}' for word in _misworded(glossary, entry)]
    more = [f'… and {len(problems) - MOST} more'] if len(problems) > MOST else []
    return '\n'.join(problems[:MOST] + more)


def update(databases, database, rooms):
    """Bring each room's zh_CN.po up to the terms in its code: new ones empty, gone ones removed.

    Order and references are those of the export, so that two people's updates do not differ.
    """
    polib = _polib()
    memory = _memory(polib)
    for room, terms in _export(databases, database, rooms).items():
        path = _path(room)
        if not len(terms):
            continue
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        known = {entry.msgid: entry for entry in old if not entry.obsolete}
        new = polib.POFile(wrapwidth=78)
        new.header, new.metadata = terms.header, {**terms.metadata, 'Language': 'zh_CN', 'Plural-Forms': 'nplurals=1; plural=0;'}
        for key in ('POT-Creation-Date', 'PO-Revision-Date'):
            new.metadata.pop(key, None)  # git knows
        for term in terms:
            entry = known.get(term.msgid)
            term.msgstr = entry.msgstr if entry else memory.get(term.msgid, '')
            term.flags = sorted(set(term.flags) | ({'fuzzy'} if entry and entry.fuzzy else set()))
            new.append(term)
        path.parent.mkdir(exist_ok=True)
        before = path.read_text() if path.exists() else ''
        new.save(str(path))
        if path.read_text() != before:
            say(f'  {path.relative_to(CHECKOUT)}: {len(new)} terms, {sum(not entry.msgstr for entry in new)} empty')


def read_glossary():
    """Triples (pattern of the English term, Chinese, forbidden variants), the longest term first."""
    if not GLOSSARY.exists():
        return []
    with open(GLOSSARY, encoding='utf-8', newline='') as handle:
        rows = [row for row in csv.DictReader(handle) if row['term']]
    rows.sort(key=lambda row: -len(row['term']))
    return [(re.compile(rf'\b{re.escape(row["term"])}s?\b', re.IGNORECASE), row['zh_CN'],
             [word for word in (row['forbidden'] or '').split('|') if word]) for row in rows]


def _misworded(glossary, entry):
    """Forbidden words in a translation; a longer term is taken out before a shorter one inside it is looked for."""
    english = entry.msgid
    for pattern, chinese, forbidden in glossary:
        if pattern.search(english):
            english = pattern.sub(' ', english)
            for word in forbidden:
                if word in entry.msgstr and word not in chinese:
                    yield f'{entry.msgstr[:60]!r} says {word!r}, the glossary says {chinese!r}'


def _export(databases, database, rooms):
    """{room: polib file of its terms}"""
    polib = _polib()
    folder = Path(tempfile.mkdtemp())
    try:
        code = EXPORT.format(rooms=list(rooms), folder=folder)
        odoo.run(['shell', '-d', database, '--no-http'], databases.env(), stdin=code)
        return {room: polib.pofile(str(folder / f'{room}.pot')) if (folder / f'{room}.pot').stat().st_size else polib.POFile()
                for room in rooms}
    finally:
        shutil.rmtree(folder)


def _memory(polib):
    memory = {}
    for module in MEMORY:
        for folder in (odoo_source.addons_folder(), odoo_source.source_folder() / 'odoo/addons'):
            path = folder / module / 'i18n/zh_CN.po'
            if path.exists():
                memory.update({entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.translated()})
    return memory


def _path(room):
    return ADDONS / room / 'i18n/zh_CN.po'


def _polib():
    """polib comes with the environment; it is plain Python, so any interpreter may borrow it."""
    sys.path.append(str(python_env.site_packages()))
    import polib
    return polib
