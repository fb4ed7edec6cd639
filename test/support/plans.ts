// What the golden sessions are about: one for each way of agreeing on keys and each message that need not be there.

import { fromHex } from '../../src/bytes/bytes.ts';
import type { ClientOptions, ServerOptions } from '../../src/engine/options.ts';
import { ticketKey } from './earlier.ts';
import type { KeyKind } from './pair.ts';
import { STORED } from './stored.ts';

export interface Plan {
  readonly label: string;
  /** Of the server; undefined where a shared key stands in its place. */
  readonly key: KeyKind | undefined;
  /** Of the client, which is asked for it. */
  readonly clientKey?: KeyKind;
  /** Whether an OCSP response is stapled. */
  readonly staples?: boolean;
  /** Whether it goes on from a session that was made before, with the same options. */
  readonly resumes?: boolean;
  /** Whether the server asks for the client's certificate once data has gone both ways. */
  readonly asks?: boolean;
  readonly client: Partial<ClientOptions>;
  readonly server: Partial<ServerOptions>;
}

const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const v13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
const same = (options: Partial<ClientOptions> & Partial<ServerOptions>): Pick<Plan, 'client' | 'server'> => ({
  client: options,
  server: options,
});

export const PLANS: readonly Plan[] = [
  {
    label: 'tls12_rsa',
    key: 'rsa',
    ...same({ ...v12, legacy: true, cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls12_ecdhe_ecdsa',
    key: 'p256',
    ...same({ ...v12, alpn: ['h2', 'http/1.1'], cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls12_ecdhe_rsa_chacha',
    key: 'rsa',
    ...same({ ...v12, groups: ['secp384r1'], cipherSuites: ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'] }),
  },
  {
    label: 'tls13',
    key: 'p256',
    ...same({ ...v13, alpn: ['http/1.1'], cipherSuites: ['TLS_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls13_retry',
    key: 'ed25519',
    client: { ...v13, groups: ['x25519', 'secp256r1'], cipherSuites: ['TLS_AES_256_GCM_SHA384'] },
    server: { ...v13, groups: ['secp256r1'], cipherSuites: ['TLS_AES_256_GCM_SHA384'] },
  },
  {
    label: 'tls12_client_certificate',
    key: 'p256',
    clientKey: 'rsa',
    client: { ...v12, cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] },
    server: { ...v12, clientCertificate: 'require', cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] },
  },
  {
    label: 'tls13_client_certificate',
    key: 'p256',
    clientKey: 'ed25519',
    client: { ...v13, cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] },
    server: { ...v13, clientCertificate: 'request', cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] },
  },
  {
    label: 'tls12_dhe',
    key: 'rsa',
    ...same({ ...v12, cipherSuites: ['TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls12_psk',
    key: undefined,
    client: { ...v12, psk: true, cipherSuites: ['TLS_PSK_WITH_AES_128_GCM_SHA256'] },
    server: {
      ...v12,
      psk: true,
      cipherSuites: ['TLS_PSK_WITH_AES_128_GCM_SHA256'],
      pskIdentityHint: fromHex('68696e74'),
    },
  },
  {
    label: 'tls12_ecdhe_psk',
    key: undefined,
    ...same({ ...v12, psk: true, cipherSuites: ['TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256'] }),
  },
  {
    label: 'tls12_stapled',
    key: 'p384',
    staples: true,
    ...same({ ...v12, cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls13_resumed',
    key: 'p256',
    resumes: true,
    client: { ...v13, alpn: ['http/1.1'], groups: ['x25519'], cipherSuites: ['TLS_AES_128_GCM_SHA256'] },
    server: { ...v13, alpn: ['http/1.1'], groups: ['x25519'], ticketKeys: [ticketKey(1)] },
  },
  {
    label: 'tls13_psk',
    key: undefined,
    ...same({ ...v13, psk: true, groups: ['x25519'], cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256'] }),
  },
  {
    label: 'tls13_early_data',
    key: 'p256',
    resumes: true,
    client: { ...v13, earlyData: true, groups: ['x25519'], cipherSuites: ['TLS_AES_128_GCM_SHA256'] },
    server: { ...v13, groups: ['x25519'], ticketKeys: [ticketKey(1)], maxEarlyData: 1000 },
  },
  {
    label: 'tls13_resumed_retry',
    key: 'p256',
    resumes: true,
    client: { ...v13, groups: ['x25519', 'secp256r1'], cipherSuites: ['TLS_AES_256_GCM_SHA384'] },
    server: { ...v13, groups: ['secp256r1'], ticketKeys: [ticketKey(1)] },
  },
  {
    label: 'tls13_post_handshake_auth',
    key: 'p256',
    clientKey: 'ed25519',
    asks: true,
    ...same({ ...v13, postHandshakeAuth: true, groups: ['x25519'], cipherSuites: ['TLS_AES_128_GCM_SHA256'] }),
  },
  {
    label: 'tls13_compressed_certificate',
    key: 'p256',
    clientKey: 'p384',
    client: { ...v13, certificateCompression: [STORED], groups: ['x25519'], cipherSuites: ['TLS_AES_128_GCM_SHA256'] },
    server: { ...v13, certificateCompression: [STORED], groups: ['x25519'], clientCertificate: 'require' },
  },
];
