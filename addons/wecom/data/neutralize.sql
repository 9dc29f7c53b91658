-- a copy of the database must not speak for the corp: no secret, no token, no way out, no door
UPDATE wecom_app
   SET secret_word = NULL, callback_token_word = NULL, callback_aes_key_word = NULL,
       api_base_url = 'http://127.0.0.1:9/', state = 'disabled', door = 'neutralized-' || id;
DELETE FROM wecom_token;
