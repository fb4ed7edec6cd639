// Published known answers for the suite over all providers: one each of hash, HMAC and AEAD. The large collections are
// Wycheproof's, in test/conformance.

import { ascii, toHex } from '../../bytes/bytes.ts';
import type { AeadName, HashName } from '../../crypto/keys.ts';

// FIPS 180-4, of "abc".
export const DIGEST_OF_ABC: Readonly<Record<HashName, string>> = {
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha384: 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  sha512:
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
};

// RFC 2202 3 and RFC 4231 4.2: key 0b x 20, data "Hi There".
export const HMAC_HI_THERE: Readonly<Record<HashName, string>> = {
  sha1: 'b617318655057264e28bc0b6fb378c8ef146be00',
  sha256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  sha384: 'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
  sha512:
    '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
};

export interface AeadVector {
  readonly source: string;
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly plaintext: string;
  readonly sealed: string;
}

const GCM_TEXT =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39';
export const AEAD_VECTORS: Readonly<Record<AeadName, AeadVector>> = {
  'aes-128-gcm': {
    source: 'McGrew and Viega, test case 4',
    key: 'feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    plaintext: GCM_TEXT,
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47',
  },
  'aes-256-gcm': {
    source: 'McGrew and Viega, test case 16',
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    plaintext: GCM_TEXT,
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
  'chacha20-poly1305': {
    source: 'RFC 8439 2.8.2',
    key: '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f',
    nonce: '070000004041424344454647',
    aad: '50515253c0c1c2c3c4c5c6c7',
    plaintext: toHex(
      ascii(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
    ),
    sealed:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
  },
  'aes-128-ccm': {
    source: 'Wycheproof aes_ccm_test, case 1',
    key: 'bedcfb5a011ebc84600fcb296c15af0d',
    nonce: '438a547a94ea88dce46c6c85',
    aad: '',
    plaintext: '',
    sealed: '25d1a38495a7dea45bda049705627d10',
  },
  'aes-128-ccm-8': {
    source: 'SP 800-38C, example 3',
    key: '404142434445464748494a4b4c4d4e4f',
    nonce: '101112131415161718191a1b',
    aad: '000102030405060708090a0b0c0d0e0f10111213',
    plaintext: '202122232425262728292a2b2c2d2e2f3031323334353637',
    sealed: 'e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951',
  },
  'aes-256-ccm': {
    source: 'Wycheproof aes_ccm_test, case 207',
    key: 'f59abcbf4218bd5c7601f080b5fbd3ae088733702c8fbef0c5296a406f563827',
    nonce: 'a5eb0e6fe669e68239ace550',
    aad: 'd603491fbf0950d36489abb40dd8d42b',
    plaintext: '97dcbacd70a678cfaed13c942cf920e851ec3e6fb1f6c6eb95f1c965fb1a13',
    sealed: 'c0b27edd6533cfba81323ac78d0aeb0371b1d7b89938e04c319148961513fb56aabbde47ab2c53db48703033f8ca68',
  },
  'aes-256-ccm-8': {
    source: 'Wycheproof aes_ccm_test, case 462',
    key: '110480ea9c9f4c5e6b5be01a2aafc861d1370c243aff9faafd0a92a9d18e5845',
    nonce: '0e5cf683e13204cf91a2d4b6',
    aad: 'c490a5fa19b97c3e3adf20bc4df51140',
    plaintext: 'c92ec3d6a2c2fa19c45be7107a48a9ea0fe46a92978b5dabb3f94b457b5fbd',
    sealed: 'bb5110dd12bd3d12144c8de55b3b2677fc7084d56afcc6a76a5228fff8dbd3e39b0d1174f7609b',
  },
};
