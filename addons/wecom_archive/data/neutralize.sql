-- a copy of the database must not read the corp's archive: no secret, no key
UPDATE wecom_archive SET secret_word = NULL, state = 'disabled';
UPDATE wecom_archive_key SET pem_word = NULL;
