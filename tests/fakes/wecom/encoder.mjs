// Encrypts callbacks with WeCom's own npm package: one JSON request a line in, one JSON answer a line out.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(pathToFileURL(join(process.argv[2], 'x.js')));
const { encrypt, decrypt, getSignature, getJsApiSignature } = require('@wecom/crypto');

const JOBS = {
    encrypt: ({ aes_key, token, timestamp, nonce, message, receiver }) => {
        const encrypted = encrypt(aes_key, message, receiver);
        return { encrypted, signature: getSignature(token, timestamp, nonce, encrypted) };
    },
    decrypt: ({ aes_key, encrypted }) => decrypt(aes_key, encrypted),
    jsapi: (values) => ({ signature: getJsApiSignature(values) }),
};

for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    process.stdout.write(JSON.stringify(JOBS[request.job](request)) + '\n');
}
