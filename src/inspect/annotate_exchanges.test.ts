import { createDiffieHellmanGroup } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import type { Codec } from '../codec/codec.ts';
import { encode } from '../codec/run.ts';
import * as exchanges from '../wire/key_exchange.ts';
import { HANDSHAKE_TYPE } from '../wire/registry/names.ts';
import { nameText, parseName } from '../x509/names.ts';
import { parseOcspResponse } from '../x509/ocsp.ts';
import { type AnnotateContext, type AnnotatedField, type AnnotatedMessage, annotateMessage } from './annotate.ts';
import { dhPrime } from './dh_primes.ts';
import type { MessageForm } from './forms.ts';
import * as hs from './testing/handshakes.ts';
import { DHE_PSK12, DHE12, ECDHE_PSK12, MUTUAL12, PSK12 } from './testing/recorded12.ts';
import { RFC8448_CLIENT_AUTH, RFC8448_RESUMED, RFC8448_RETRIED } from './testing/rfc8448_more.ts';
import { FORM_SAMPLES, messageWith } from './testing/samples.ts';

function flatten(fields: readonly AnnotatedField[]): AnnotatedField[] {
  return fields.flatMap((field) => [field, ...flatten(field.children)]);
}

function at(message: AnnotatedMessage, path: string): AnnotatedField {
  const found = flatten(message.fields).find((field) => field.path === path);
  if (found === undefined) throw new Error(`no field ${path}`);
  return found;
}

const exchange = (name: 'server_key_exchange' | 'client_key_exchange', body: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(HANDSHAKE_TYPE[name], 0, body.length >> 8, body.length & 255), body);

describe('key exchanges recorded from OpenSSL', () => {
  test('DHE: ffdhe2048 is recognised, generator 2 is as ever, the signature has a scheme', () => {
    const message = annotateMessage(DHE12.serverKeyExchange, { keyExchange: 'dhe' });
    expect([message.form, message.error, message.rfc]).toEqual([
      'server_key_exchange_dhe',
      undefined,
      'RFC 5246 7.4.3',
    ]);
    expect(at(message, 'server_key_exchange.params.dh_p').remark?.en).toBe(
      '2048 bits (ffdhe2048, RFC 7919): published, so that anybody can check it',
    );
    expect(at(message, 'server_key_exchange.params.dh_g').remark?.en).toContain('2, as in');
    expect(at(message, 'server_key_exchange.algorithm').label).toBe('rsa_pss_rsae_sha256');
    expect(annotateMessage(DHE12.clientKeyExchange, { keyExchange: 'dhe' }).error).toBeUndefined();
  });

  test('PSK kinds: identities and hints that are text read as text', () => {
    for (const { serverKeyExchange, clientKeyExchange } of [PSK12, DHE_PSK12, ECDHE_PSK12]) {
      const server = annotateMessage(serverKeyExchange);
      expect([server.error, at(server, 'server_key_exchange.psk_identity_hint').value]).toEqual([
        undefined,
        '"the hint"',
      ]);
      expect(at(annotateMessage(clientKeyExchange), 'client_key_exchange.psk_identity').value).toBe(
        '"Client_identity"',
      );
    }
    const prime = at(annotateMessage(DHE_PSK12.serverKeyExchange), 'server_key_exchange.params.dh_p');
    expect(prime.remark?.zh).toContain('2048 位（MODP group 14，RFC 3526）');
    const curve = at(annotateMessage(ECDHE_PSK12.serverKeyExchange), 'server_key_exchange.params.named_curve');
    expect([curve.label, curve.remark?.en]).toEqual(['x25519', 'Curve25519: public keys of 32 bytes']);
  });

  test('RFC 4279 5.1: an identity is UTF-8; one that hides something is shown as bytes', () => {
    const identity = (bytes: Uint8Array): string =>
      at(
        annotateMessage(
          exchange('client_key_exchange', encode(exchanges.clientKeyExchangePsk, { psk_identity: bytes })),
          {
            keyExchange: 'psk',
          },
        ),
        'client_key_exchange.psk_identity',
      ).value;
    expect(identity(new TextEncoder().encode('网银客户'))).toBe('"网银客户"');
    expect(identity(fromHex('615c2262'))).toBe('"a\\\\\\"b"');
    expect(identity(fromHex('61e280ae62'))).toBe('61e280ae62');
    expect(identity(fromHex('ff61'))).toBe('ff61');
    expect(identity(fromHex('1b5b'))).toBe('1b5b');
  });

  test('every other message of a handshake with a client certificate is read to the last byte', () => {
    for (const [name, raw] of Object.entries(MUTUAL12)) {
      expect([name, annotateMessage(raw, { version: 0x0303, keyExchange: 'ecdhe' }).error]).toEqual([name, undefined]);
    }
    const recorded = { ...RFC8448_RESUMED, ...RFC8448_RETRIED, ...RFC8448_CLIENT_AUTH };
    for (const [name, raw] of Object.entries(recorded)) {
      expect([name, annotateMessage(raw, { version: 0x0304 }).error]).toEqual([name, undefined]);
    }
  });
});

describe('without a cipher suite to tell it, the form of a key exchange comes from the bytes', () => {
  const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
    fc.uint8Array({ minLength, maxLength, size: 'max' });
  const u16 = fc.nat(0xffff);
  const hint = bytes(0, 128);
  const ecdh = fc.record({ curve_type: fc.constant(3), named_curve: u16, public: bytes(32, 133) });
  const dh = fc.record({ dh_p: bytes(64, 1024), dh_g: bytes(1, 32), dh_Ys: bytes(64, 1024) });
  const sign = { algorithm: u16, signature: bytes(40, 512) };
  const raw = new Uint8Array(0);

  const told = <T>(
    name: 'server_key_exchange' | 'client_key_exchange',
    form: MessageForm,
    codec: Codec<T>,
    values: fc.Arbitrary<T>,
  ): void => {
    fc.assert(
      fc.property(values, (value) => {
        const message = annotateMessage(exchange(name, encode(codec, value)));
        expect([message.form, message.error]).toEqual([form, undefined]);
      }),
      { numRuns: 300 },
    );
  };

  test('ServerKeyExchange, all five', () => {
    const server = 'server_key_exchange';
    const signedEcdh = fc.record({ params: ecdh.map((value) => ({ value, raw })), ...sign });
    const signedDh = fc.record({ params: dh.map((value) => ({ value, raw })), ...sign });
    told(server, 'server_key_exchange_ecdhe', exchanges.serverKeyExchangeEcdhe, signedEcdh);
    told(server, 'server_key_exchange_dhe', exchanges.serverKeyExchangeDhe, signedDh);
    told(server, 'server_key_exchange_psk', exchanges.serverKeyExchangePsk, fc.record({ psk_identity_hint: hint }));
    told(
      server,
      'server_key_exchange_dhe_psk',
      exchanges.serverKeyExchangeDhePsk,
      fc.record({ psk_identity_hint: hint, params: dh }),
    );
    told(
      server,
      'server_key_exchange_ecdhe_psk',
      exchanges.serverKeyExchangeEcdhePsk,
      fc.record({ psk_identity_hint: hint, params: ecdh }),
    );
  });

  test('ClientKeyExchange, where more than one length stands in it', () => {
    const client = 'client_key_exchange';
    const ecdh_Yc = bytes(32, 133);
    const dh_Yc = bytes(64, 1024);
    told(client, 'client_key_exchange_ecdhe', exchanges.clientKeyExchangeEcdhe, fc.record({ ecdh_Yc }));
    const psk_identity = hint;
    told(client, 'client_key_exchange_dhe_psk', exchanges.clientKeyExchangeDhePsk, fc.record({ psk_identity, dh_Yc }));
    told(
      client,
      'client_key_exchange_ecdhe_psk',
      exchanges.clientKeyExchangeEcdhePsk,
      fc.record({ psk_identity, ecdh_Yc }),
    );
  });

  test('RSA, DHE and PSK look the same: text is taken for PSK, the rest for RSA, and it is said to be a guess', () => {
    const dhe = annotateMessage(DHE12.clientKeyExchange);
    expect(dhe.form).toBe('client_key_exchange_rsa');
    expect(dhe.fields.at(-1)?.remark?.en).toContain('a guess');
    const psk = annotateMessage(PSK12.clientKeyExchange);
    expect([psk.form, psk.fields.at(-1)?.remark?.en.split(':')[0]]).toEqual(['client_key_exchange_psk', 'a guess']);
    const sure = annotateMessage(PSK12.clientKeyExchange, { keyExchange: 'psk' });
    expect([sure.form, sure.fields.at(-1)?.remark]).toEqual(['client_key_exchange_psk', undefined]);
    expect(annotateMessage(hs.CLIENT_KEY_EXCHANGE_RSA, { keyExchange: 'rsa' }).fields.at(-1)?.remark).toBeUndefined();
  });

  test('a ServerKeyExchange that RSA key exchange must not have is still opened', () => {
    const message = annotateMessage(hs.SERVER_KEY_EXCHANGE, { keyExchange: 'rsa' });
    expect([message.form, message.error]).toEqual(['server_key_exchange_ecdhe', undefined]);
  });
});

describe('Diffie-Hellman primes', () => {
  test.each([
    ['modp2', 1024, 'MODP group 2'],
    ['modp5', 1536, 'MODP group 5'],
    ['modp14', 2048, 'MODP group 14'],
    ['modp15', 3072, 'MODP group 15'],
    ['modp16', 4096, 'MODP group 16'],
    ['modp17', 6144, 'MODP group 17'],
    ['modp18', 8192, 'MODP group 18'],
  ])('RFC 2409 and 3526: %s of node:crypto has %d bits and is %s', (name, bits, group) => {
    const prime = new Uint8Array(createDiffieHellmanGroup(name).getPrime());
    expect(dhPrime(prime)).toMatchObject({ bits, group });
    // Leading zeros change nothing; another number in the middle of a prime is not looked at, one at its end is.
    expect(dhPrime(concat(Uint8Array.of(0, 0), prime))).toMatchObject({ bits, group });
    prime[prime.length - 9] = 0;
    expect(dhPrime(prime).group).toBeUndefined();
  });

  test.each([
    [2048, 560316n],
    [3072, 2625351n],
    [4096, 5736041n],
    [6144, 15705020n],
    [8192, 10965728n],
  ])('RFC 7919 A: ffdhe%d as the formula with e makes it', (bits, add) => {
    const b = BigInt(bits);
    const p = 2n ** b - 2n ** (b - 64n) + (eulerTimesPowerOfTwo(bits - 130) + add) * 2n ** 64n - 1n;
    expect(dhPrime(fromHex(p.toString(16)))).toEqual({ bits, group: `ffdhe${bits}`, rfc: 'RFC 7919' });
  });

  const remark = (dh_p: Uint8Array, dh_g = Uint8Array.of(5), dh_Ys = hs.filler(64)): AnnotatedMessage =>
    annotateMessage(
      exchange(
        'server_key_exchange',
        encode(exchanges.serverKeyExchangeDhePsk, {
          psk_identity_hint: new Uint8Array(0),
          params: { dh_p, dh_g, dh_Ys },
        }),
      ),
    );
  const ofPrime = (length: number): string | undefined =>
    at(remark(concat(Uint8Array.of(0x91), hs.filler(length - 1))), 'server_key_exchange.params.dh_p').remark?.en;

  test('short primes are called what they are (Logjam), unknown ones unknown', () => {
    expect(ofPrime(64)).toContain('512 bits: export grade');
    expect(ofPrime(128)).toContain('1024 bits: too short');
    expect(ofPrime(192)).toContain('1536 bits: shorter than the 2048 bits');
    expect(ofPrime(256)).toContain('2048 bits: none of the published groups');
    expect(dhPrime(fromHex('0001')).bits).toBe(1);
    expect(dhPrime(fromHex('0000')).bits).toBe(0);
  });

  test('RFC 7919 5.1: values that give the secret away', () => {
    const message = remark(hs.filler(256), Uint8Array.of(0, 1), Uint8Array.of(0, 0, 1));
    expect(at(message, 'server_key_exchange.params.dh_g').remark?.en).toContain('generates nothing');
    expect(at(message, 'server_key_exchange.params.dh_Ys').remark?.en).toContain('not allowed');
    const fine = remark(hs.filler(256));
    expect(at(fine, 'server_key_exchange.params.dh_g').remark).toBeUndefined();
    expect(at(fine, 'server_key_exchange.params.dh_Ys').remark).toBeUndefined();
  });
});

describe('values as people read them', () => {
  const readers: AnnotateContext = {
    version: 0x0303,
    readers: {
      distinguishedName: (der) => nameText(parseName(der)),
      ocspResponse: (der) =>
        parseOcspResponse(der)
          .basic?.responses.map((one) => one.status.kind)
          .join() ?? '',
    },
  };

  test('RFC 5246 7.4.4: authorities are names in the notation of RFC 4514', () => {
    const list = 'certificate_request.certificate_authorities';
    const message = annotateMessage(MUTUAL12.certificateRequest, readers);
    expect(at(message, `${list}[0]`).value).toBe('CN=Bank Client CA,O=Example Bank\\, Ltd.,C=CN');
    expect(at(message, list).value).toBe('CN=Bank Client CA,O=Example Bank\\, Ltd.,C=CN');
    expect(at(annotateMessage(MUTUAL12.certificateRequest), `${list}[0]`).value).toMatch(/^304[0-9a-f]+/);
  });

  test('RFC 6066 8: what a stapled OCSP response says', () => {
    expect(at(annotateMessage(MUTUAL12.certificateStatus, readers), 'certificate_status.response').value).toBe('good');
  });

  test('a reader that throws, returns nothing or something hostile does no harm', () => {
    const broken = (distinguishedName: () => string): string =>
      at(
        annotateMessage(MUTUAL12.certificateRequest, { version: 0x0303, readers: { distinguishedName } }),
        'certificate_request.certificate_authorities[0]',
      ).value;
    const thrown = broken(() => {
      throw new Error('not DER');
    });
    expect(thrown).toMatch(/^30/);
    expect(broken(() => '')).toMatch(/^30/);
    expect(broken(() => 'CN=\u001b[2J')).toBe('CN=\\x1b[2J');
  });

  test('RFC 6962 3.2: a timestamp says when, and by which log', () => {
    const sct = concat(fromHex('00'), hs.filler(32), fromHex('0000018c8a1c4000 0000 0403 0002 abcd'));
    const list = concat(Uint8Array.of(0, sct.length + 2, 0, sct.length), sct);
    const block = concat(fromHex('0012'), Uint8Array.of(0, list.length), list);
    const body = concat(fromHex('0303'), hs.filler(32), fromHex('00c02f00'), Uint8Array.of(0, block.length), block);
    const message = annotateMessage(concat(Uint8Array.of(2, 0, 0, body.length), body));
    expect(message.error).toBeUndefined();
    expect(flatten(message.fields).find((field) => field.path.endsWith('signed_certificate_timestamp[0]'))?.value).toBe(
      `${new Date(0x018c8a1c4000).toISOString()}, log ${toHex(hs.filler(8))}…`,
    );
  });

  test('padding is counted, and must be zeros (RFC 7685)', () => {
    const message = annotateMessage(RFC8448_RESUMED.clientHello);
    expect(flatten(message.fields).find((field) => field.path.endsWith('.padding'))?.value).toBe('00 × 87');
  });
});

describe('what single values tell', () => {
  const remarkAt = (raw: Uint8Array, path: string, context: AnnotateContext = {}): string | undefined =>
    flatten(annotateMessage(raw, context).fields).find((field) => field.path.endsWith(path))?.remark?.en;
  const ticket12 = (body: string): Uint8Array => concat(Uint8Array.of(4, 0, 0, body.length / 2), fromHex(body));

  test('RFC 5077 3.3: lifetime 0 and the empty ticket of TLS 1.2', () => {
    const message = ticket12('000000000000');
    expect(remarkAt(message, '.ticket_lifetime_hint', { version: 0x0303 })).toBe('the server does not say how long');
    expect(remarkAt(message, '.ticket', { version: 0x0303 })).toContain('no ticket after all');
    expect(remarkAt(hs.NEW_SESSION_TICKET_12, '.ticket_lifetime_hint', { version: 0x0303 })).toBe('2 hours');
  });

  test('RFC 8446 4.6.1: lifetime 0 in TLS 1.3 is not the same, and a week is the most', () => {
    const ticket = (lifetime: string): Uint8Array =>
      concat(fromHex('0400000f'), fromHex(lifetime), fromHex('00000000 01 00 0001 aa 0000'));
    const context: AnnotateContext = { version: 0x0304 };
    expect(remarkAt(ticket('00000000'), '.ticket_lifetime', context)).toBe('to be thrown away at once');
    expect(remarkAt(ticket('00093a80'), '.ticket_lifetime', context)).toBe('7 days');
    expect(remarkAt(ticket('00093a81'), '.ticket_lifetime', context)).toBe(
      '7 days 1 second: more than the week that is allowed',
    );
  });

  test('RFC 8446 4.4.2.4: the Certificate of a client that has none', () => {
    expect(remarkAt(fromHex('0b000003000000'), '.certificate_list', { version: 0x0303 })).toContain('no certificate');
    expect(remarkAt(fromHex('0b00000400000000'), '.certificate_list', { version: 0x0304 })).toContain('no certificate');
    expect(remarkAt(MUTUAL12.certificate, '.certificate_list', { version: 0x0303 })).toBeUndefined();
  });

  test('RFC 8446 4.3.2: a context says that the request came after the handshake', () => {
    expect(remarkAt(FORM_SAMPLES.certificate_request_13.raw, '.certificate_request_context')).toContain('after');
    expect(remarkAt(RFC8448_CLIENT_AUTH.certificateRequest, '.certificate_request_context')).toBeUndefined();
  });

  test('RFC 8446 4.2.11: binders, ages, and identities that are no tickets', () => {
    expect(remarkAt(RFC8448_RESUMED.clientHello, '.binders[0]')).toBe('HMAC with SHA-256');
    expect(remarkAt(RFC8448_RESUMED.clientHello, '.identities[0].identity')).toBeUndefined();
  });

  test('RFC 8701: GREASE among modes and protocols', () => {
    const mode = concat(fromHex('002d0003020b01'));
    const alpn = fromHex('0010000800060 20a0a 026832'.replaceAll(' ', ''));
    const hello = (extension: Uint8Array): Uint8Array => {
      const head = concat(fromHex('0303'), hs.filler(32), fromHex('00000213010100'));
      const body = concat(head, Uint8Array.of(0, extension.length), extension);
      return concat(Uint8Array.of(1, 0, 0, body.length), body);
    };
    expect(remarkAt(hello(mode), 'psk_key_exchange_modes[0]')).toContain('RFC 8701');
    expect(remarkAt(hello(mode), 'psk_key_exchange_modes[1]')).toContain('forward secrecy');
    expect(remarkAt(hello(alpn), 'negotiation[0]')).toContain('RFC 8701');
    expect(remarkAt(hello(alpn), 'negotiation[1]')).toBeUndefined();
  });

  test('RFC 8449: what a record size limit comes to', () => {
    expect(remarkAt(messageWith('client_hello', ['record_size_limit']), '.record_size_limit')).toContain('no limit');
    expect(remarkAt(messageWith('server_hello_12', ['record_size_limit']), '.record_size_limit')).toBeUndefined();
  });
});

/** floor(e * 2^bits). */
function eulerTimesPowerOfTwo(bits: number): bigint {
  const spare = 64n;
  let sum = 0n;
  let term = 1n << (BigInt(bits) + spare);
  for (let k = 1n; term > 0n; k++) {
    sum += term;
    term /= k;
  }
  return sum >> spare;
}
