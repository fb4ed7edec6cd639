// Addresses as text: dotted for IPv4, RFC 5952 for IPv6.

import { EMPTY } from '../bytes/bytes.ts';
import { ipText } from '../x509/ip.ts';
import type { Endpoint } from './flows.ts';

/** Of a side whose address nobody wrote down. */
export const NOWHERE: Endpoint = { address: EMPTY, port: 0 };

/** `192.0.2.1:443`, `[2001:db8::1]:443`; `?` for {@link NOWHERE}. */
export function endpointText({ address, port }: Endpoint): string {
  if (address.length === 0) return '?';
  const text = ipText(address);
  return address.length === 16 ? `[${text}]:${port}` : `${text}:${port}`;
}
