// --aia: a missing issuer, fetched from where the certificate says that it is published (authority information access,
// RFC 5280 4.2.2.1), and the chain judged again with it. Plain http only, as RFC 5280 8 advises (https would need a chain
// of its own), no redirects, and every quantity has a bound: the address was chosen by whoever is not trusted yet.

import { get, type IncomingMessage } from 'node:http';
import { equal } from '../bytes/bytes.ts';
import type { VerdictNeed } from '../handshake/shared/needs.ts';
import { type Judged, judge, type Trust } from '../host/trust.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { readPem } from '../x509/pem.ts';
import { subjectText } from '../x509/refusal.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { AIA } from './texts/aia.ts';

export interface IssuerFetch {
  /** Ends it early. */
  readonly signal: AbortSignal;
  tell(text: Text): void;
}

const MAX_FETCHES = 3;
const MAX_BYTES = 64 * 1024;
const MAX_MS = 5_000;
/** Out of one PEM file. */
const MAX_CERTIFICATES = 4;

/** Whether fetching could help: the refusal is a missing issuer, and the certificate publishes it. */
export function issuerPublished({ judgement }: Judged): boolean {
  return !judgement.ok && (judgement.refusal.published?.length ?? 0) > 0;
}

/** The judgement after at most three fetches. What goes wrong with them is told; the refusal then stays as it was. */
export async function judgeWithIssuers(
  need: VerdictNeed,
  first: Judged,
  trust: Trust,
  { signal, tell }: IssuerFetch,
): Promise<Judged> {
  const chain = [...need.chain];
  const asked = new Set<string>();
  let judged = first;
  while (asked.size < MAX_FETCHES && !signal.aborted) {
    const url = issuerUrl(judged, chain, asked);
    if (url === undefined) {
      if (asked.size === 0) tell(AIA.notHttp);
      return judged;
    }
    asked.add(url.href);
    tell(filled(AIA.fetching, { url: safe(url.href) }));
    const found = await certificatesAt(url, signal);
    if ('problem' in found) {
      const { en, zh } = found.problem;
      tell({ en: `${AIA.failed.en}${en}`, zh: `${AIA.failed.zh}${zh}` });
      continue;
    }
    const added = found.certificates.filter((der) => !chain.some((one) => equal(one, der)));
    chain.push(...added);
    tell(filled(added.length > 0 ? AIA.added : AIA.nothingNew, { names: found.names.join(', ') }));
    judged = judge({ ...need, chain }, trust);
    if (!issuerPublished(judged)) return judged;
  }
  if (!signal.aborted && issuerUrl(judged, chain, asked) !== undefined)
    tell(filled(AIA.enough, { count: MAX_FETCHES }));
  return judged;
}

/** The next address that the certificate without an issuer names; one that was asked before does not count. */
function issuerUrl({ judgement }: Judged, chain: readonly Uint8Array[], asked: ReadonlySet<string>): URL | undefined {
  if (judgement.ok || judgement.refusal.published === undefined) return undefined;
  const { certificate } = judgement.refusal;
  const der = certificate?.kind === 'chain' ? chain[certificate.index] : undefined;
  if (der === undefined) return undefined;
  return parseCertificate(der)
    .caIssuerUrls.filter((text) => /^http:\/\//i.test(text) && URL.canParse(text))
    .map((text) => new URL(text))
    .find((url) => url.username === '' && url.password === '' && !asked.has(url.href));
}

type Found = { readonly certificates: readonly Uint8Array[]; readonly names: readonly string[] };

async function certificatesAt(url: URL, signal: AbortSignal): Promise<Found | { readonly problem: Text }> {
  const body = await download(url, signal);
  if (!(body instanceof Uint8Array)) return { problem: body };
  try {
    const text = Buffer.from(body).toString('latin1');
    const certificates = text.includes('-----BEGIN ')
      ? readPem(text, 'CERTIFICATE')
          .slice(0, MAX_CERTIFICATES)
          .map(({ der }) => der)
      : [body];
    const names = certificates.map((der) => subjectText(parseCertificate(der)));
    return names.length === 0 ? { problem: AIA.noCertificate } : { certificates, names };
  } catch {
    return { problem: AIA.noCertificate };
  }
}

/** The body of a 200, or what is wrong. node:http follows no redirects, and none is followed here. */
function download(url: URL, signal: AbortSignal): Promise<Uint8Array | Text> {
  return new Promise((resolve) => {
    const limit = AbortSignal.timeout(MAX_MS);
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve(
        limit.aborted
          ? filled(AIA.late, { seconds: MAX_MS / 1000 })
          : filled(AIA.broken, { code: safe(error.code ?? error.message) }),
      );
    const headers = { accept: 'application/pkix-cert, */*', 'user-agent': 'glasstls' };
    const request = get(url, { agent: false, headers, signal: AbortSignal.any([signal, limit]) });
    request.on('error', failed);
    request.on('response', (response: IncomingMessage) => {
      const { statusCode = 0 } = response;
      const give = (result: Uint8Array | Text): void => {
        resolve(result);
        request.destroy();
      };
      if (statusCode !== 200) return give(filled(AIA.status, { status: statusCode }));
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_BYTES) return give(filled(AIA.tooLarge, { limit: MAX_BYTES }));
        chunks.push(chunk);
      });
      response.on('error', failed);
      response.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    });
  });
}
