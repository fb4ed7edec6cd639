// Keys with a passphrase, PKCS#12 files and revocation lists, run with both modules.

import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
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
