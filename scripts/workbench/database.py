"""Databases: made once, then copied with their files.

A template is built under another name and renamed when complete, so a broken build is never taken for one.
"""
import os
import shutil
from pathlib import Path

from . import odoo, odoo_source, postgres
from .machine import digest, locked, step

#: what every test database starts from, before our rooms; test_lint brings Odoo's own checks of modules
BASE = ('crm', 'sale_management', 'account', 'portal', 'l10n_cn', 'test_lint')


class Databases:
    """The databases of one server, with the folder of their files (``data_dir`` in Odoo's words)."""

    def __init__(self, cluster, data_dir):
        self.cluster = cluster
        self.data_dir = Path(data_dir)

    def env(self):
        return odoo.environment(self.cluster, self.data_dir)

    def names(self):
        return self._sql('SELECT datname FROM pg_database').splitlines()

    def create(self, name):
        """Make an empty database that sorts Chinese by pinyin where the server can."""
        icu = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN' LOCALE 'C.UTF-8'"
        has_icu = self._sql("SELECT count(*) FROM pg_collation WHERE collname = 'zh-x-icu'") != '0'
        new_enough = int(self._sql('SHOW server_version_num')) >= 150000
        plain = "TEMPLATE template0 ENCODING 'UTF8'"
        self._sql(f'CREATE DATABASE "{name}" {icu if has_icu and new_enough else plain}')

    def clone(self, source, name):
        """Copy a database and its files; files are never changed in place, so links do."""
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        if self.filestore(source).exists():
            shutil.copytree(self.filestore(source), self.filestore(name), copy_function=_link, dirs_exist_ok=True)

    def drop(self, name):
        self._sql(f'DROP DATABASE IF EXISTS "{name}"')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, name, new):
        self._sql(f'ALTER DATABASE "{name}" RENAME TO "{new}"')
        if self.filestore(name).exists():
            self.filestore(name).rename(self.filestore(new))

    def filestore(self, name):
        return self.data_dir / 'filestore' / name

    def base_template(self):
        """Core modules in en_US with zh_CN beside it.

        The other order (``--load-language`` at creation) makes zh_CN the only language, and core's own tests
        look for English labels.
        """
        name = f'base_{digest(odoo_source.version(), *BASE)}'
        with locked('base_template'):
            if name not in self.names():
                with step(f'Template database {name} ({", ".join(BASE)})'):
                    self.build(name, self._init_base)
        return name

    def build(self, name, fill):
        """Make database ``name`` by ``fill(new)``, all or nothing."""
        new = f'{name}_new'
        self.drop(new)
        fill(new)
        self.rename(new, name)

    def install(self, name, modules):
        odoo.run(['-d', name, '-i', ','.join(modules), '--stop-after-init', '--no-http'], self.env())

    def load_chinese(self, name):
        odoo.run(['i18n', 'loadlang', '-d', name, '-l', 'zh_CN'], self.env())

    def _init_base(self, name):
        self.create(name)
        self.install(name, BASE)
        self.load_chinese(name)

    def _sql(self, statement):
        return postgres.sql(statement, env=self.cluster.env())


def _link(source, target):
    if Path(target).exists():
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

