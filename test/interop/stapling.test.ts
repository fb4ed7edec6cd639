// Stapled OCSP responses (RFC 6066 8, RFC 6961, RFC 8446 4.4.2.1) made by `openssl ocsp`: servers staple and our client
// judges, our server staples and clients judge or show what they got.

import { beforeAll, expect } from 'vitest';
import { COMPATIBLE } from '../../src/x509/policy.ts';
import { printMatrixAfterAll } from '../peers/matrix.ts';
import { ocspResponse, type Staple } from '../peers/ocsp_responses.ts';
import { type Identity, type Pki, pki } from '../peers/pki.ts';
import type { Version } from '../peers/vocabulary.ts';
import { type GlassClientOptions, glassClient } from './glass.ts';
import { overClients, overServers } from './over_peers.ts';
import { runClient } from './peer_clients.ts';
import { startServer } from './peer_servers.ts';
import { serve } from './serving.ts';
import { withPeer } from './support.ts';

const VERSIONS: readonly Version[] = ['TLSv1.2', 'TLSv1.3'];
const DAY = 86_400_000;
/** A policy that refuses what it cannot use, instead of leaving it aside as node:tls does. */
const STRICT = { ...COMPATIBLE, name: 'strict', badStaple: 'refuse', mustStaple: 'always' } as const;

let ca: Pki;
let identity: Identity;
let good: Staple;
let revoked: Staple;
let ofAnother: Staple;

beforeAll(async () => {
  ca = await pki();
  identity = ca.leaf('p256');
  [good, revoked, ofAnother] = await Promise.all([
    ocspResponse(ca, identity, 'good'),
    ocspResponse(ca, identity, 'revoked'),
    ocspResponse(ca, ca.leaf('rsa'), 'good'),
  ]);
});
printMatrixAfterAll();

overServers('stapling', (peer, row) => {
  for (const version of VERSIONS) {
    const dot = version.slice(4);
    const start = (staple?: Staple) => startServer(peer, { identity, version, ...(staple && { staple }) });
    const connect = (port: number, options: Pick<GlassClientOptions, 'provider' | 'more'>) =>
      glassClient({ port, ca: ca.ca, maxVersion: version, ...options });

    row(`${dot} stapled OCSP response: good`, async (provider) => {
      await withPeer(start(good), async (server) => {
        const connection = await connect(server.port, { provider, more: { policy: STRICT } });
        expect(connection.judgement).toMatchObject({ ok: true, ocsp: { status: 'good' } });
        await server.exchange(connection);
      });
    });

    row(`${dot} stapled OCSP response: revoked`, async (provider) => {
      await withPeer(start(revoked), async (server) => {
        await expect(connect(server.port, { provider })).rejects.toMatchObject({
          code: 'ERR_TLS_CERTIFICATE_REFUSED',
          alert: 'certificate_revoked',
          cause: { code: 'revoked_by_ocsp' },
        });
      });
    });

    row(`${dot} stapled OCSP response: out of date`, async (provider) => {
      await withPeer(start(good), async (server) => {
        const engine = { now: () => Date.now() + 5 * DAY };
        const connection = await connect(server.port, { provider, more: { engine } });
        const refusal = { code: 'ocsp_out_of_date' };
        expect(connection.judgement).toMatchObject({ ok: true, ocsp: { status: 'useless', refusal } });
        await server.exchange(connection);
        await expect(connect(server.port, { provider, more: { engine, policy: STRICT } })).rejects.toMatchObject({
          alert: 'bad_certificate_status_response',
          cause: refusal,
        });
      });
    });

    row(`${dot} stapled OCSP response: about another certificate`, async (provider) => {
      await withPeer(start(ofAnother), async (server) => {
        await expect(connect(server.port, { provider, more: { policy: STRICT } })).rejects.toMatchObject({
          alert: 'bad_certificate_status_response',
        });
      });
    });

    row(`${dot} no stapled OCSP response, where one must be`, async (provider) => {
      await withPeer(start(), async (server) => {
        await expect(connect(server.port, { provider, more: { policy: STRICT } })).rejects.toMatchObject({
          cause: { code: 'ocsp_missing' },
        });
      });
    });

    row(`${dot} OCSP is not asked for: none comes`, async (provider) => {
      await withPeer(start(good), async (server) => {
        const connection = await connect(server.port, { provider, more: { hello: { statusRequest: false } } });
        expect(connection.judgement).toMatchObject({ ok: true, ocsp: undefined });
        await server.exchange(connection);
      });
    });
  }
});

overClients('stapling', 'Chromium judges stapled responses for public certificates only', (peer, row) => {
  for (const version of VERSIONS) {
    const dot = version.slice(4);
    const run = async (port: number) => {
      const got: Buffer[] = [];
      const result = await runClient(peer, {
        port,
        ca,
        version,
        openssl: { args: ['-status'] },
        curl: { args: ['--cert-status'] },
        node: { requestOCSP: true },
        onNodeSocket: (socket) => socket.on('OCSPResponse', (response: Buffer) => got.push(response)),
      });
      return { ...result, got };
    };

    row(`${dot} we staple an OCSP response: good`, async (provider) => {
      await withPeer(serve(identity, provider, { staple: good.der }), async (server) => {
        const client = await run(server.port);
        expect(client.served).toBe(true);
        if (peer === 'openssl') expect(client.said).toMatch(/OCSP Response Status: successful[\s\S]*Cert Status: good/);
        if (peer === 'curl') expect(client.said).toMatch(/SSL certificate status: good/);
        if (peer === 'gnutls') expect(client.said).toMatch(/OCSP status request/i);
        if (peer === 'node:tls') expect(client.got).toEqual([good.der]);
      });
    });

    row(`${dot} we staple an OCSP response: revoked`, async (provider) => {
      await withPeer(serve(identity, provider, { staple: revoked.der }), async (server) => {
        const client = await run(server.port);
        // curl and GnuTLS judge; s_client and node:tls hand it on.
        expect(client.served).toBe(peer === 'openssl' || peer === 'node:tls');
        if (peer !== 'node:tls') expect(client.said).toMatch(/revoked/i);
        else expect(client.got).toEqual([revoked.der]);
      });
    });

    row(`${dot} we have no OCSP response to staple`, async (provider) => {
      await withPeer(serve(identity, provider), async (server) => {
        const client = await run(server.port);
        expect(client.served).toBe(peer !== 'curl');
        if (peer === 'openssl') expect(client.said).toContain('OCSP response: no response sent');
        if (peer === 'curl') expect(client.said).toMatch(/No OCSP response received/);
      });
    });
  }
});
