import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes/bytes.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { type CertificateSource, makeCertificate } from '../x509/make.ts';
import { makeTestPki } from '../x509/make_pki.ts';
import { credentialOf, type Identity } from './credential.ts';

const ec = (): PrivateKey => generatePrivateKey('ec').privateKey;
const rsa = generatePrivateKey('rsa', 2048).privateKey;
const now = Date.now();
const pki = makeTestPki({ provider: nodeProvider, now, generateKey: ec });
const identity = (overrides: Partial<CertificateSource> = {}, privateKey = ec(), names = ['localhost']): Identity => ({
  chain: pki.chainOf(pki.issue({ names, key: privateKey, overrides })),
  privateKey,
});
const nameOf = (der: Uint8Array): string => toHex(parseCertificate(der).subjectRaw);

describe('the credential of an identity', () => {
  it('has what the engine chooses by, and not the private key', () => {
    const one = identity({}, ec(), ['A.example', '*.b.example', '127.0.0.1']);
    const credential = credentialOf(one);
    expect(credential.names).toEqual(['a.example', '*.b.example']);
    expect(credential.issuers?.map(toHex)).toEqual([nameOf(pki.intermediate.der), nameOf(pki.root.der)]);
    // Both certificates are signed with ECDSA on P-256 and SHA-256.
    expect(credential.signedWith).toEqual([0x0403, 0x0403]);
    expect(credential.usage).toEqual({ digitalSignature: true, keyEncipherment: false });
    expect(credential.key).toEqual(one.privateKey.publicKey);
    expect(Object.keys(credential).sort()).toEqual(['chain', 'issuers', 'key', 'names', 'signedWith', 'usage']);
  });

  it('a response and timestamps go along', () => {
    const more = { ocspResponse: fromHex('aa'), timestamps: [fromHex('bb')] };
    expect(credentialOf({ ...identity(), ...more })).toMatchObject(more);
  });

  it('RFC 5280 4.2.1.3: without keyUsage nothing is restricted; with it, what it says', () => {
    expect(credentialOf(identity({ omit: ['keyUsage'] })).usage).toBeUndefined();
    expect(credentialOf(identity({ keyUsage: ['keyAgreement'] })).usage).toEqual({
      digitalSignature: false,
      keyEncipherment: false,
    });
    expect(credentialOf(identity({}, rsa)).usage).toEqual({ digitalSignature: true, keyEncipherment: true });
  });

  it('without dNSNames it is for no name; a common name is none', () => {
    const leaf = pki.issue({ commonName: 'localhost', key: rsa });
    expect(credentialOf({ chain: pki.chainOf(leaf), privateKey: rsa }).names).toEqual([]);
  });

  it('RFC 8446 4.2.3: what a self-signed certificate is signed with matters to nobody', () => {
    const single = makeCertificate({
      subject: [['CN', 'alone']],
      publicKey: rsa.publicKey,
      signer: rsa,
      provider: nodeProvider,
      notBefore: now - 1000,
      notAfter: now + 1000,
    });
    expect(credentialOf({ chain: [single], privateKey: rsa }).signedWith).toEqual([]);
    const whole = identity();
    expect(credentialOf({ ...whole, chain: [...whole.chain, pki.root.der] }).signedWith).toEqual([0x0403, 0x0403]);
  });

  it.each([
    [{ kind: 'rsa-pkcs1', hash: 'sha384' }, 0x0501],
    [{ kind: 'rsa-pss', hash: 'sha256', saltLength: 32 }, 0x0804],
  ] as const)('RFC 8446 4.2.3: a certificate signed with %j', (signatureAlgorithm, scheme) => {
    const issuer = makeTestPki({ provider: nodeProvider, now, generateKey: () => rsa, label: 'rsa' });
    const privateKey = ec();
    const leaf = issuer.issue({ names: ['x'], key: privateKey, overrides: { signatureAlgorithm } });
    expect(credentialOf({ chain: issuer.chainOf(leaf), privateKey }).signedWith).toEqual([scheme, 0x0401]);
  });

  it('RFC 4055: a certificate that restricts RSA to PSS restricts the credential, whatever the private key says', () => {
    if (rsa.publicKey.kind !== 'rsa') throw new Error('not an RSA key');
    const { modulus, exponent } = rsa.publicKey;
    const one = identity({ publicKey: { kind: 'rsa-pss', modulus, exponent } }, rsa);
    expect(credentialOf(one).key.kind).toBe('rsa-pss');
  });

  it('another key than that of the certificate is a mistake, of the same kind too', () => {
    for (const privateKey of [ec(), rsa, generatePrivateKey('ed25519').privateKey]) {
      expect(() => credentialOf({ ...identity(), privateKey })).toThrow(
        expect.objectContaining({ code: 'ERR_TLS_CONFIG', message: expect.stringContaining('does not belong') }),
      );
    }
    // The certificate of the authority first, which is an ordering that people get wrong.
    const { chain, privateKey } = identity();
    expect(() => credentialOf({ chain: chain.toReversed(), privateKey })).toThrow(/does not belong/);
  });
});
