-- a copy of the database must not write to real people
UPDATE sms_cn_account
   SET key_id = 'dummy', key_secret = 'dummy', endpoint = 'http://127.0.0.1:9';
