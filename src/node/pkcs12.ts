// PKCS#12 files (RFC 7292) as `pfx`: one private key and its certificates, encrypted with a passphrase. Read are those that
// OpenSSL, keytool and Windows write today (PBES2 with AES-CBC) and the older ones with triple DES. RC2 with 40 bits, which
// OpenSSL 3 does not run either, is refused by name. The MAC is checked before anything in the file is believed.

import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  pbkdf2Sync,
  timingSafeEqual,
  X509Certificate,
} from 'node:crypto';
import { DecodeError } from '../bytes/decode_error.ts';
import { TlsError } from '../wire/tls_error.ts';
import { contextConstructed, contextPrimitive, DerReader, TAG } from '../x509/der.ts';

export interface Pkcs12 {
  /** DER, the key's own certificate first. */
  readonly chain: readonly Uint8Array[];
  /** PKCS#8, unencrypted. */
  readonly keyDer: Uint8Array;
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  encrypted: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  pbeTripleDes: '1.2.840.113549.1.12.1.3',
  pbeRc2: '1.2.840.113549.1.12.1.6',
} as const;

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  // hmacWithSHA1 and its successors, of PBKDF2.
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const CIPHERS: Readonly<Record<string, readonly [name: string, keyLength: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
};

/** @throws TlsError ERR_TLS_CONFIG for a wrong passphrase, and for what cannot be read */
export function readPkcs12(file: Uint8Array, passphrase: string): Pkcs12 {
  try {
    return read(file, passphrase);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new TlsError('ERR_TLS_CONFIG', 'pfx cannot be read as PKCS#12 in DER', { cause: error });
  }
}

function read(file: Uint8Array, passphrase: string): Pkcs12 {
  const outer = new DerReader(file).enter(TAG.sequence, 'PFX');
  outer.integer();
  const safes = octetsOf(outer.enter(TAG.sequence, 'authSafe'), OID.data);
  if (!outer.more) throw refused('it has no MAC');
  checkMac(outer.enter(TAG.sequence, 'macData'), safes, passphrase);
  const found: { certificates: Uint8Array[]; keys: Uint8Array[] } = { certificates: [], keys: [] };
  const list = new DerReader(safes).enter(TAG.sequence, 'AuthenticatedSafe');
  while (list.more) readBags(contentOf(list.enter(TAG.sequence, 'ContentInfo'), passphrase), passphrase, found);
  const [keyDer] = found.keys;
  if (keyDer === undefined) throw refused('it holds no private key');
  return { keyDer, chain: ownFirst(found.certificates, keyDer) };
}

function ownFirst(certificates: readonly Uint8Array[], keyDer: Uint8Array): readonly Uint8Array[] {
  const key = createPrivateKey({ key: Buffer.from(keyDer), format: 'der', type: 'pkcs8' });
  const own = certificates.find((der) => new X509Certificate(der).checkPrivateKey(key));
  if (own === undefined) throw refused('it holds no certificate for its private key');
  return [own, ...certificates.filter((der) => der !== own)];
}

/** The OCTET STRING in a ContentInfo of this kind. */
function octetsOf(info: DerReader, kind: string): Uint8Array {
  if (info.oid() !== kind) throw refused('it is protected by a public key, not by a passphrase');
  return info.enter(contextConstructed(0)).octetString();
}

/** The SafeContents in a ContentInfo, decrypted. */
function contentOf(info: DerReader, passphrase: string): Uint8Array {
  const kind = info.oid();
  const content = info.enter(contextConstructed(0));
  if (kind === OID.data) return content.octetString();
  if (kind !== OID.encrypted) throw refused('a part of it is protected by a public key');
  const data = content.enter(TAG.sequence, 'EncryptedData');
  data.integer();
  const encrypted = data.enter(TAG.sequence, 'EncryptedContentInfo');
  encrypted.oid();
  const algorithm = encrypted.enter(TAG.sequence, 'algorithm');
  return decrypt(algorithm, encrypted.content(contextPrimitive(0)), passphrase);
}

function readBags(
  contents: Uint8Array,
  passphrase: string,
  found: { certificates: Uint8Array[]; keys: Uint8Array[] },
): void {
  const bags = new DerReader(contents).enter(TAG.sequence, 'SafeContents');
  while (bags.more) {
    const bag = bags.enter(TAG.sequence, 'SafeBag');
    const kind = bag.oid();
    const value = bag.enter(contextConstructed(0));
    if (kind === OID.keyBag) found.keys.push(value.element(TAG.sequence));
    else if (kind === OID.shroudedKeyBag) {
      const info = value.enter(TAG.sequence);
      found.keys.push(decrypt(info.enter(TAG.sequence), info.octetString(), passphrase));
    } else if (kind === OID.certBag) {
      const certificate = value.enter(TAG.sequence);
      if (certificate.oid() !== OID.x509) continue;
      found.certificates.push(certificate.enter(contextConstructed(0)).octetString());
    }
  }
}

function decrypt(algorithm: DerReader, data: Uint8Array, passphrase: string): Uint8Array {
  const scheme = algorithm.oid();
  const parameters = algorithm.enter(TAG.sequence);
  const [cipher, key, iv] =
    scheme === OID.pbes2 ? pbes2(parameters, passphrase) : oldScheme(scheme, parameters, passphrase);
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    return Uint8Array.from(Buffer.concat([decipher.update(data), decipher.final()]));
  } catch (cause) {
    throw new TlsError('ERR_TLS_CONFIG', 'pfx: the passphrase does not decrypt it', { cause });
  }
}

type Deciphering = readonly [cipher: string, key: Uint8Array, iv: Uint8Array];

/** RFC 8018 6.2. */
function pbes2(parameters: DerReader, passphrase: string): Deciphering {
  const derivation = parameters.enter(TAG.sequence);
  const kdf = derivation.oid();
  if (kdf !== OID.pbkdf2) throw refused(`its key derivation ${kdf} is not known`);
  const kdfParameters = derivation.enter(TAG.sequence);
  const salt = kdfParameters.octetString();
  const iterations = kdfParameters.small(100_000_000);
  if (kdfParameters.peek() === TAG.integer) kdfParameters.integer();
  const hash = kdfParameters.more ? hashOf(kdfParameters.enter(TAG.sequence)) : 'sha1';
  const scheme = parameters.enter(TAG.sequence);
  const oid = scheme.oid();
  const cipher = CIPHERS[oid];
  if (cipher === undefined) throw refused(`its cipher ${oid} is not known`);
  const [name, length] = cipher;
  return [name, pbkdf2Sync(passphrase, salt, iterations, length, hash), scheme.octetString()];
}

function oldScheme(scheme: string, parameters: DerReader, passphrase: string): Deciphering {
  if (scheme === OID.pbeRc2)
    throw refused('it is encrypted with RC2, which OpenSSL 3 does not run either; export it anew');
  if (scheme !== OID.pbeTripleDes) throw refused(`its encryption ${scheme} is not known`);
  const salt = parameters.octetString();
  const iterations = parameters.small(100_000_000);
  const derive = (id: number, length: number): Uint8Array =>
    pkcs12Key('sha1', passphrase, salt, iterations, id, length);
  return ['des-ede3-cbc', derive(1, 24), derive(2, 8)];
}

function checkMac(mac: DerReader, content: Uint8Array, passphrase: string): void {
  const info = mac.enter(TAG.sequence, 'DigestInfo');
  const hash = hashOf(info.enter(TAG.sequence));
  const expected = info.octetString();
  const salt = mac.octetString();
  const iterations = mac.more ? mac.small(100_000_000) : 1;
  const key = pkcs12Key(hash, passphrase, salt, iterations, 3, expected.length);
  const actual = createHmac(hash, key).update(content).digest();
  if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
  throw new TlsError('ERR_TLS_CONFIG', 'pfx: the passphrase is wrong, or the file was changed (its MAC does not fit)');
}

function hashOf(algorithm: DerReader): string {
  const oid = algorithm.oid();
  const hash = HASHES[oid];
  if (hash === undefined) throw refused(`its hash ${oid} is not known`);
  return hash;
}

/** RFC 7292 B.2. `id`: 1 for a key, 2 for an IV, 3 for a MAC key. */
function pkcs12Key(
  hash: string,
  passphrase: string,
  salt: Uint8Array,
  iterations: number,
  id: number,
  length: number,
): Uint8Array {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const secret = Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
  const input = Buffer.concat([repeated(salt, block), repeated(secret, block)]);
  const diversifier = Buffer.alloc(block, id);
  const made: Uint8Array[] = [];
  for (let have = 0; have < length; ) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let i = 1; i < iterations; i++) digest = createHash(hash).update(digest).digest();
    made.push(digest);
    have += digest.length;
    addToEach(input, repeated(digest, block).subarray(0, block), block);
  }
  return Uint8Array.from(Buffer.concat(made).subarray(0, length));
}

/** Each block of `input` becomes itself plus `addend` plus one, as big-endian numbers. */
function addToEach(input: Buffer, addend: Uint8Array, block: number): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1;
    for (let i = block - 1; i >= 0; i--) {
      carry += (input[start + i] as number) + (addend[i] as number);
      input[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** As often as it takes to fill whole blocks. */
function repeated(bytes: Uint8Array, block: number): Buffer {
  if (bytes.length === 0) return Buffer.alloc(0);
  const length = block * Math.ceil(bytes.length / block);
  return Buffer.alloc(length, bytes);
}

function refused(problem: string): TlsError {
  return new TlsError('ERR_TLS_CONFIG', `pfx: ${problem}`);
}
