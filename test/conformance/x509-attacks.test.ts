// What a hostile peer can make the certificate code do: every growth is bounded, the bound has a refusal of its own, and
// the figures are printed. No test depends on how fast this machine is: bounds are counted in steps and signatures.

import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../src/bytes/decode_error.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { MAX_EXTENSIONS } from '../../src/x509/certificate.ts';
import * as der from '../../src/x509/der_write.ts';
import {
  COMPATIBLE,
  type Issued,
  type Judgement,
  makeCertificate,
  makeTestPki,
  nameText,
  nameTextInOrder,
  outline,
  parseCertificate,
  trustAnchors,
} from '../../src/x509/index.ts';
import { MAX_SIGNATURES, MAX_STEPS, MAX_TRIED } from '../../src/x509/path.ts';
import {
  anchors,
  code,
  DAY,
  generateKey,
  intermediate,
  judge,
  leaf,
  maker,
  NOW,
  pki,
  rawExtension,
  under,
} from './x509-pki.ts';

function timed<T>(what: string, run: () => T): T {
  const start = performance.now();
  const value = run();
  console.log(`${what}: ${(performance.now() - start).toFixed(1)} ms`);
  return value;
}

function show(what: string, judgement: Judgement): void {
  const result = judgement.ok ? 'accepted' : judgement.refusal.code;
  console.log(
    `${what}: ${result}, ${judgement.figures.steps} steps, ${judgement.figures.signatures} signatures, ${judgement.tried.length} paths kept`,
  );
}

/** Certificates of `layers` layers of two CAs, each signed by both CAs above it; `top` are the two uppermost. */
function lattice(layers: number, top: readonly Issued[]): { certificates: Uint8Array[]; bottom: readonly Issued[] } {
  const certificates: Uint8Array[] = [];
  let above = top;
  for (let layer = layers; layer > 0; layer--) {
    above = ['A', 'B'].map((which) => {
      const key = generateKey();
      const subject = [['CN', `layer ${layer} ${which}`]] as const;
      const signedBy = above.map((issuer) =>
        makeCertificate({
          subject,
          issuer: issuer.subject,
          publicKey: key.publicKey,
          signer: issuer.key,
          provider: nodeProvider,
          isCa: true,
          notBefore: NOW - DAY,
          notAfter: NOW + DAY,
        }),
      );
      certificates.push(...signedBy);
      return { der: signedBy[0] as Uint8Array, key, subject };
    });
  }
  return { certificates, bottom: above };
}

describe('reading', () => {
  it('nesting 100,000 deep is refused at the bound, wherever it stands', () => {
    let nested: Uint8Array = der.nullValue();
    const depth = 2_000;
    for (let i = 0; i < depth; i++) nested = der.sequence(nested);
    expect(() => timed(`outline of ${depth} nested elements`, () => outline(nested))).toThrow(DecodeError);
    const indefinite = new Uint8Array(200_000).fill(0x30);
    for (let i = 1; i < indefinite.length; i += 2) indefinite[i] = 0x80;
    expect(() => timed('100,000 nested indefinite lengths', () => parseCertificate(indefinite))).toThrow('indefinite');
    const constrained = rawExtension('2.5.29.30', nested, true);
    expect(code(pki.chainOf(leaf({ extensions: [constrained] })))).toBe('malformed_certificate');
  });

  it(`10,000 extensions are refused at number ${MAX_EXTENSIONS + 1}`, () => {
    const extensions = Array.from({ length: 10_000 }, (_, i) =>
      rawExtension(`1.3.6.1.4.1.55555.${i}`, der.nullValue()),
    );
    const chain = pki.chainOf(leaf({ extensions }));
    expect(timed(`10,000 extensions, ${chain[0]?.length} bytes`, () => code(chain))).toBe('malformed_certificate');
  });

  it('10,000 alternative names are read and compared', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `host${i}.example.com`);
    const chain = pki.chainOf(leaf({}, names));
    expect(timed('10,000 alternative names', () => code(chain, { serverName: 'host9999.example.com' }))).toBe(
      'accepted',
    );
  });
});

describe('path building', () => {
  it('1,000 certificates are refused unread; 255 strangers beside a sound chain do no harm', () => {
    const sound = pki.chainOf(leaf());
    const strangers = Array.from({ length: 999 }, (_, i) => (i < 4 ? intermediate() : undefined)).map(
      (ca) => ca?.der ?? pki.root.der,
    );
    expect(timed('1,000 certificates', () => code([...sound, ...strangers]))).toBe('too_many_certificates');
    const some = [sound[0] as Uint8Array, ...strangers.slice(0, 254), sound[1] as Uint8Array];
    const judgement = timed('256 certificates', () => judge(some));
    show('256 certificates', judgement);
    expect(judgement.ok).toBe(true);
  });

  it('exponential cross-signing under a root that nobody trusts ends as that, not at the bound', () => {
    const strange = makeTestPki({ ...maker, label: 'strange' });
    const { certificates, bottom } = lattice(10, [strange.root, strange.intermediate]);
    const chain = [under(bottom[0] as Issued).der, ...certificates];
    const judgement = timed(`${chain.length} cross-signed certificates, unknown root`, () => judge(chain));
    show('unknown root', judgement);
    expect(!judgement.ok && judgement.refusal.code).toBe('unknown_root');
    expect(judgement.figures.signatures).toBe(0);
    expect(judgement.tried.length).toBeLessThanOrEqual(MAX_TRIED);
  });

  it('exponential cross-signing under a trusted root finds its path at once', () => {
    const { certificates, bottom } = lattice(9, [pki.root, pki.intermediate]);
    const chain = [under(bottom[0] as Issued).der, ...certificates, pki.intermediate.der];
    const judgement = timed(`${chain.length} cross-signed certificates, trusted root`, () => judge(chain));
    show('trusted root', judgement);
    expect(judgement.ok).toBe(true);
    expect(judgement.figures.signatures).toBeLessThanOrEqual(12);
  });

  it('exponential cross-signing where every whole path fails stops at the bound', () => {
    // The root's name constraints only fail a path as a whole, so that no certificate can be ruled out by itself.
    const strict = makeTestPki({ ...maker, root: { nameConstraints: { excluded: ['example.com'] } } });
    const { certificates, bottom } = lattice(14, [strict.root, strict.root]);
    const chain = [under(bottom[0] as Issued).der, ...certificates];
    const more = { anchors: trustAnchors([strict.root.der]), policy: COMPATIBLE };
    const judgement = timed(`${chain.length} certificates, 2^14 failing paths`, () => judge(chain, more));
    show('2^14 failing paths', judgement);
    expect(!judgement.ok && judgement.refusal.code).toBe('path_budget_exceeded');
    expect(judgement.figures.steps).toBeLessThanOrEqual(MAX_STEPS + 1);
    expect(judgement.figures.signatures).toBeLessThanOrEqual(MAX_SIGNATURES + 1);
    expect(judgement.tried.length).toBe(MAX_TRIED);
  });

  it('200 CAs of one name with 200 keys, none of them the right one, stop at the bound of signatures', () => {
    const subject = [['CN', 'one of many']] as const;
    const many = Array.from({ length: 200 }, () => intermediate({ subject, omit: ['subjectKeyIdentifier'] }));
    const wrong = under({ der: new Uint8Array(0), key: generateKey(), subject });
    const policy = { ...COMPATIBLE };
    const judgement = timed('200 namesakes', () => judge([wrong.der, ...many.map((ca) => ca.der)], { policy }));
    show('200 namesakes', judgement);
    expect(!judgement.ok && judgement.refusal.code).toBe('path_budget_exceeded');
    expect(judgement.figures.signatures).toBeLessThanOrEqual(MAX_SIGNATURES + 1);
  });

  it('1,000 names under 1,000 constraints stop at the bound of comparisons', () => {
    const permitted = Array.from({ length: 1_000 }, (_, i) => `d${i}.example`);
    const ca = intermediate({ nameConstraints: { permitted } });
    const san = ['example.com', ...Array.from({ length: 1_000 }, (_, i) => `h.d${999 - (i % 10)}.example`)].reverse();
    const judgement = timed('1,000 names, 1,000 constraints', () => judge([under(ca, { san }).der, ca.der]));
    expect(!judgement.ok && judgement.refusal.code).toBe('path_budget_exceeded');
  });
});

describe('long names', () => {
  it('a name of 100,000 characters in the leaf under 2^8 failing paths is read and shown once, not for each path', () => {
    const strict = makeTestPki({ ...maker, root: { nameConstraints: { excluded: ['example.com'] } } });
    const { certificates, bottom } = lattice(7, [strict.root, strict.root]);
    const long = 'x'.repeat(100_000);
    const end = under(bottom[0] as Issued, {
      subject: [['CN', `\u001b${long}`]],
      san: [`uri:https://${long}/`, 'example.com'],
    });
    const more = { anchors: trustAnchors([strict.root.der]), policy: COMPATIBLE };
    const judgement = timed('a long name, 2^8 failing paths', () => judge([end.der, ...certificates], more));
    show('a long name', judgement);
    expect(!judgement.ok && judgement.refusal.code).toBe('name_excluded');
    expect(JSON.stringify(judgement.ok ? '' : judgement.refusal).length).toBeLessThan(5000);
  });
});

describe('hostile text', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007<script>alert(1)</script>\u202Egpj.exe\r\n\u0000,CN=bank.example';
  const chain = pki.chainOf(
    leaf(
      {
        subject: [
          ['O', evil],
          ['CN', evil],
        ],
      },
      ['example.org'],
    ),
  );

  it('names with ANSI escapes, bidi controls and <script> are shown, with no control character left', () => {
    const { subject } = parseCertificate(chain[0] as Uint8Array);
    for (const text of [nameText(subject), nameTextInOrder(subject)]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(text).toContain('\\u{1b}[2J');
      expect(text).toContain('<script>alert(1)</script>');
      expect(text).toContain('\\u{202e}gpj.exe');
      expect(text).toContain('\\,CN=bank.example');
    }
  });

  it('no refusal carries a control character, whatever the certificate says', () => {
    const self = generateKey();
    const url = 'http://ca.example/\u001b[31m';
    const name = [['CN', evil]] as const;
    const alone = makeCertificate({
      subject: name,
      publicKey: self.publicKey,
      signer: self,
      provider: nodeProvider,
      san: [evil.replace(/[^\0-\x7f]/g, '')],
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
    });
    const orphan = leaf({ issuer: [['CN', `${evil} missing`]], caIssuerUrl: url, subject: name });
    const refusals = [
      judge(chain),
      judge([alone]),
      judge([alone], { anchors: trustAnchors([alone]) }),
      judge([orphan.der]),
      judge(chain, { serverName: evil }),
    ];
    for (const judgement of refusals) {
      expect(judgement.ok).toBe(false);
      const strings = JSON.stringify(judgement.ok ? '' : { ...judgement.refusal, tried: judgement.tried });
      expect(JSON.parse(strings) && strings).not.toMatch(/\\u00(0|1|7f|8|9)|\\[rnbt]|[\u202a-\u202e]/);
    }
    expect(anchors.size).toBe(1);
  });
});
