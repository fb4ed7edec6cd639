// From a link's frame to the IP packet in it: Ethernet with VLAN tags, BSD loopback, Linux "cooked" captures of both versions, and
// links that have no header at all. What is no IP packet gives undefined.

import { u16, u32 } from './numbers.ts';
import { LINK_TYPE } from './packets.ts';

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, qinq: 0x88a8, old_qinq: 0x9100, ppp_session: 0x8864 };
/** Address families of IPv6 differ between BSDs; of IPv4 all agree. */
const AF_INET = 2;
const AF_INET6: readonly number[] = [10, 24, 28, 30];
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

const KNOWN: ReadonlySet<number> = new Set(Object.values(LINK_TYPE));

export function isKnownLink(linkType: number): boolean {
  return KNOWN.has(linkType);
}

/** The IP packet in a frame; bytes behind it may belong to the frame. */
export function ipPacketIn(linkType: number, frame: Uint8Array): Uint8Array | undefined {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return byEtherType(frame, 12);
    case LINK_TYPE.linux_sll:
      return byEtherType(frame, 14);
    case LINK_TYPE.linux_sll2:
      return byEtherType(frame, 0, 20);
    case LINK_TYPE.null:
      // The byte order is that of the machine which captured: an address family is a small number in one of them.
      return isFamily(u32(frame, 0, true)) || isFamily(u32(frame, 0, false)) ? frame.subarray(4) : undefined;
    case LINK_TYPE.loop:
      return isFamily(u32(frame, 0, false)) ? frame.subarray(4) : undefined;
    case LINK_TYPE.raw:
    case LINK_TYPE.raw_bsd:
    case LINK_TYPE.raw_openbsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return frame;
    default:
      return undefined;
  }
}

function isFamily(family: number): boolean {
  return family === AF_INET || AF_INET6.includes(family);
}

/** `at`: where the type stands; `next`: where what it names begins, directly behind it unless told. */
function byEtherType(frame: Uint8Array, at: number, next = at + 2): Uint8Array | undefined {
  let type = u16(frame, at, false);
  let start = next;
  // A frame has room for many tags; none is empty, so that this ends.
  while (type === ETHERTYPE.vlan || type === ETHERTYPE.qinq || type === ETHERTYPE.old_qinq) {
    if (start + 4 > frame.length) return undefined;
    type = u16(frame, start + 2, false);
    start += 4;
  }
  if (type === ETHERTYPE.ppp_session) {
    const protocol = u16(frame, start + 6, false);
    return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? frame.subarray(start + 8) : undefined;
  }
  return type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6 ? frame.subarray(start) : undefined;
}
