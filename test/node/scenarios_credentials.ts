// Keys with a passphrase, PKCS#12 files and revocation lists, run with both modules.

import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type tls from 'node:tls';
import { failure, type Scenario } from './both.ts';
import { PASSPHRASE, PFX_CERTIFICATE, pfx } from './pfx.ts';
import { revocationPki } from './revocation.ts';

export const CREDENTIAL_SCENARIOS: readonly Scenario[] = [
  {
    name: 'key with a passphrase, as an object, and pfx',
    covers: ['passphrase', 'pfx', 'key'],
    run: async (stage) => {
      const { fullChain: cert, key } = stage.pki.leaf('rsa');
      const passphrase = PASSPHRASE;
      const pem = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
      const none = { cert: undefined, key: undefined };
      const outcomes: unknown[] = [];
      for (const [server, client] of [
        [{ cert, key: pem, passphrase }, {}],
        [{ cert, key: [{ pem, passphrase }] }, {}],
        [{ ...none, pfx: pfx('aes'), passphrase }, { ca: PFX_CERTIFICATE }],
        [{ ...none, pfx: [{ buf: pfx('tripleDes'), passphrase }] }, { ca: PFX_CERTIFICATE }],
        [{ ...none, pfx: pfx('empty') }, { ca: PFX_CERTIFICATE }],
      ] as const) {
        const { client: socket } = await stage.connected(server as unknown as tls.TlsOptions, client);
        outcomes.push([socket.authorized, socket.getPeerCertificate().subject.CN]);
      }
      const wrong = [
        { pfx: pfx('aes'), passphrase: 'wrong' },
        { pfx: pfx('rc2'), passphrase },
        { cert, key: pem, passphrase: 'wrong' },
      ].map((options) => {
        try {
          stage.api.createSecureContext(options);
          return 'accepted';
        } catch {
          return 'refused';
        }
      });
      return [outcomes, wrong];
    },
  },
  {
    name: 'ca and allowPartialTrustChain: what is no root is trusted only where that is said',
    covers: ['allowPartialTrustChain', 'ca'],
    run: async (stage) => {
      const { ca: root, otherCa, intermediate, leaf } = stage.pki;
      const issuer = readFileSync(intermediate.certFile, 'latin1');
      const { cert, fullChain, key } = leaf('p256');
      const found: unknown[] = [];
      for (const chain of [cert, fullChain]) {
        const { port } = await stage.serve({ cert: chain, key });
        for (const ca of [issuer, [root, issuer], cert, [], [issuer, otherCa]]) {
          for (const allowPartialTrustChain of [undefined, false, true]) {
            // With that flag OpenSSL says of a leaf without its issuer what it says of an intermediate without its own.
            if (allowPartialTrustChain && ca.length === 0) continue;
            const options = { ca, allowPartialTrustChain, rejectUnauthorized: false } as tls.ConnectionOptions;
            const socket = stage.dial(port, options);
            await once(socket, 'secureConnect');
            found.push([socket.authorized, String(socket.authorizationError ?? null)]);
          }
        }
      }
      const { port } = await stage.serve();
      return [found, await failure(stage.dial(port, { ca: issuer }))];
    },
  },
  {
    name: 'crl: what it lists is revoked, and without one that fits nothing is trusted',
    covers: ['crl'],
    run: async (stage) => {
      const { ca, cert, key, root, clean, revoking } = revocationPki();
      const codes: string[] = [];
      for (const crl of [[clean, root], [revoking, root], [root], clean]) {
        const { port } = await stage.serve({ cert, key });
        const socket = stage.dial(port, { ca, crl });
        codes.push(await Promise.race([failure(socket), once(socket, 'secureConnect').then(() => 'connected')]));
      }
      return codes;
    },
  },
];
