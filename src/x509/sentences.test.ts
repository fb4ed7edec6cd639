// Faults in words: what the corpus of chains never meets, and the same refusals with the table and without it.

import { describe, expect, it } from 'vitest';
import { leaf, NOW, pki } from '../../test/conformance/x509-pki.ts';
import { nodeProvider } from '../providers/node.ts';
import { trustAnchors } from './anchors.ts';
import { bareRefusal, refuse } from './fault.ts';
import { SENTENCES, wordedRefusal } from './sentences.ts';
import { verifyChain, verifyChainWithoutProofs } from './verify.ts';

const LEAF = { kind: 'chain', index: 0, subject: 'example.com' } as const;

describe('a fault in words', () => {
  it.each([
    [
      refuse('unsupported_signature_algorithm', LEAF, { algorithm: '1.2.840.113549.1.1.4' }),
      'the leaf (example.com) is signed with md5WithRSAEncryption, which cannot be verified',
    ],
    [
      refuse('bad_serial_number', LEAF, { negative: false, zero: true, bytes: 1 }),
      'the serial number of the leaf (example.com) is zero',
    ],
    [
      refuse('misplaced_extension', LEAF, { what: 'path_length' }),
      'the leaf (example.com) has a path length without being a CA',
    ],
    [
      refuse('ocsp_missing', LEAF, { demanded: false }),
      'the policy demands a stapled OCSP response, and the server sent none',
    ],
  ])('$code', (fault, text) => {
    const refusal = wordedRefusal(fault);
    expect(refusal).toMatchObject({ code: fault.code, certificate: LEAF, text, check: SENTENCES[fault.code][0] });
  });

  it('and without the table: the code, the certificate and the values', () => {
    const fault = refuse('signature_key_mismatch', LEAF, {
      algorithm: '1.3.101.112',
      key: undefined,
      issuer: { kind: 'anchor', subject: 'Root' },
    });
    expect(bareRefusal(fault)).toEqual({
      code: 'signature_key_mismatch',
      certificate: LEAF,
      check: '',
      alert: 'bad_certificate',
      expected: '',
      actual: 'algorithm 1.3.101.112, issuer Root',
      text: 'signature_key_mismatch, the leaf (example.com), algorithm 1.3.101.112, issuer Root',
    });
    expect(bareRefusal(refuse('empty_chain', undefined)).text).toBe('empty_chain');
  });

  it('a bundle that is given the table says what verifyChain says', () => {
    const options = {
      chain: pki.chainOf(leaf()),
      anchors: trustAnchors([pki.root.der]),
      role: 'server',
      serverName: 'elsewhere.example',
      now: NOW,
      provider: nodeProvider,
    } as const;
    const whole = verifyChain(options);
    expect(whole).toMatchObject({ ok: false, refusal: { code: 'name_mismatch' } });
    expect(verifyChainWithoutProofs(options, wordedRefusal)).toEqual(whole);
    expect(verifyChainWithoutProofs(options)).toMatchObject({
      refusal: {
        code: 'name_mismatch',
        alert: 'bad_certificate',
        text: expect.stringMatching(/^name_mismatch, the leaf/),
      },
    });
  });
});
