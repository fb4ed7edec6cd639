// Lines in which certificates are told in a field of a message.

import type { Text } from '../text.ts';

export const READERS = {
  certificate: {
    en: '{subject}, issued by {issuer}, {key}, until {until}',
    zh: '{subject}，由 {issuer} 签发，{key}，有效至 {until}',
  },
} as const satisfies Record<string, Text>;
