// Names of messages as people write them: `ClientHello`, `ChangeCipherSpec` (RFC 8446 4, RFC 5246 7).

import type { MessageName } from './forms.ts';

/** The RFC's spelling of a message's name. */
export function messageTitle(name: MessageName): string {
  if (name === 'unknown') return 'unknown message';
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
