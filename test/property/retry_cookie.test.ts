// A HelloRetryRequest that asks for nothing but its cookie back (RFC 8446 4.1.2, 4.2.2).

import { expect, it } from 'vitest';
import { fromHex } from '../../src/bytes/bytes.ts';
import { decode } from '../../src/codec/run.ts';
import { TlsClient } from '../../src/engine/client.ts';
import type { MessageObservation } from '../../src/engine/observe.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { buildExtensions } from '../../src/wire/extensions.ts';
import { clientHello, encodeHandshake, HELLO_RETRY_RANDOM, helloRetryRequest } from '../../src/wire/messages.ts';

it('RFC 8446 4.1.2: the second ClientHello keeps the shares of the first, GREASE among them', () => {
  const hellos: MessageObservation[] = [];
  const client = new TlsClient({
    provider: nodeProvider,
    grease: true,
    groups: ['x25519'],
    minVersion: 'TLSv1.3',
    observe: (one) => {
      if (one.kind === 'message' && one.name === 'client_hello') hellos.push(one);
    },
  });
  client.start();
  const read = (index: number) => decode(clientHello, (hellos[index]?.raw ?? new Uint8Array(0)).subarray(4));
  const first = read(0);
  const retry = encodeHandshake('server_hello', helloRetryRequest, {
    legacy_version: 0x0303,
    random: HELLO_RETRY_RANDOM,
    legacy_session_id_echo: first.legacy_session_id,
    cipher_suite: 0x1301,
    legacy_compression_method: 0,
    extensions: buildExtensions('hello_retry_request', { supported_versions: 0x0304, cookie: fromHex('c0ffee') }),
  });
  const record = Uint8Array.of(22, 3, 3, retry.length >> 8, retry.length, ...retry);
  expect(client.receive(record).map(({ type }) => type)).toEqual(['send']);
  const second = read(1);
  expect(first.extensions.known.key_share?.length).toBe(2);
  expect(second.extensions.known.key_share).toEqual(first.extensions.known.key_share);
  expect(second.extensions.known.cookie).toEqual(fromHex('c0ffee'));
});
