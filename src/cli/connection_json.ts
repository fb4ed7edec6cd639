// --json: what there is to say of a connection, as one object: address, TLS, certificates, HTTP, times, and why it failed. Names are
// stable; a value that is not known is left out. Text of the peer is as it came: JSON escapes it.

import type { Observation } from '../engine/observe.ts';
import { negotiatedIn } from '../inspect/negotiated.ts';
import { codePoint } from '../inspect/summary.ts';
import type { Side } from '../inspect/trace.ts';
import { groupName, signatureSchemeName } from '../wire/registry/names.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { nameTextInOrder } from '../x509/names.ts';
import { writePem } from '../x509/pem.ts';
import type { Judgement } from '../x509/verify.ts';
import type { Failure } from './failure.ts';
import type { Figures } from './figures.ts';

export interface Concluded {
  readonly figures: Figures;
  readonly judgement: Judgement | undefined;
  readonly chain: readonly Uint8Array[];
  readonly seen: readonly Observation[];
  readonly failure: Failure | undefined;
}

/** Raised when a name changes its meaning or goes away; not for additions. */
const VERSION = 1;

export function connectionJson(told: Concluded): object {
  const { figures, failure } = told;
  return {
    format: VERSION,
    url: figures.url,
    exit: failure?.exit ?? 0,
    ...(failure !== undefined && { failure: failureJson(failure) }),
    address: {
      remote: figures.remoteAddress,
      remotePort: figures.remotePort,
      local: figures.localAddress,
      localPort: figures.localPort,
    },
    tls: tlsJson(told),
    certificates: told.chain.map(certificateJson),
    ...(figures.status !== 0 && { http: httpJson(figures) }),
    redirects: figures.redirects,
    times: timesOf(figures),
  };
}

/** Milliseconds since the beginning, in thousandths. */
function timesOf(figures: Figures): Readonly<Record<string, number>> {
  const { nameLookup, connected, appConnected, preTransfer, startTransfer, redirect, total } = figures;
  const times = { nameLookup, connected, appConnected, preTransfer, startTransfer, redirect, total };
  return Object.fromEntries(Object.entries(times).map(([name, value]) => [name, Math.round(value * 1000) / 1000]));
}

function tlsJson({ figures, judgement, seen }: Concluded): object {
  const { socket, earlyData } = figures;
  const done = socket?.agreement !== undefined;
  const { version, suite, group, scheme } = negotiatedIn(messagesIn(seen));
  return {
    established: done,
    ...(done
      ? {
          version: socket.getProtocol(),
          cipher: socket.getCipher()?.standardName,
          cipherOpenssl: socket.getCipher()?.name,
          group: socket.getGroup(),
          signatureScheme: socket.getSignatureScheme(),
          alpn: socket.alpnProtocol === false ? null : socket.alpnProtocol,
          resumed: socket.isSessionReused(),
          earlyData,
        }
      : {
          ...(version !== undefined && { chosenVersion: `0x${version.toString(16).padStart(4, '0')}` }),
          ...(suite !== undefined && { chosenCipher: `0x${suite.toString(16).padStart(4, '0')}` }),
          ...(group !== undefined && { chosenGroup: codePoint(group, groupName) }),
          ...(scheme !== undefined && { chosenScheme: codePoint(scheme, signatureSchemeName) }),
        }),
    messages: messagesIn(seen).map(({ from, name }) => ({ from, name })),
    verified: judgement?.ok ?? null,
    ...(judgement?.ok === false && { refusal: judgement.refusal.code }),
  };
}

function messagesIn(seen: readonly Observation[]): { from: Side; name: SeenName; raw: Uint8Array }[] {
  return seen.flatMap((one) =>
    one.kind === 'message'
      ? [{ from: one.direction === 'out' ? ('client' as const) : ('server' as const), name: one.name, raw: one.raw }]
      : [],
  );
}

type SeenName = Extract<Observation, { kind: 'message' }>['name'];

function certificateJson(der: Uint8Array): object {
  const pem = writePem('CERTIFICATE', der);
  try {
    const certificate = parseCertificate(der);
    return {
      subject: nameTextInOrder(certificate.subject),
      issuer: nameTextInOrder(certificate.issuer),
      notBefore: new Date(certificate.notBefore).toISOString(),
      notAfter: new Date(certificate.notAfter).toISOString(),
      pem,
    };
  } catch {
    return { pem };
  }
}

function httpJson({ status, httpVersion, headers, downloaded, method }: Figures): object {
  return { method, status, version: httpVersion, headers: headers.map(([name, value]) => [name, value]), downloaded };
}

function failureJson({ exit, title, rows }: Failure): object {
  let label = '';
  const details = rows.map((row) => {
    if (row.label !== '') label = row.label;
    return { label, text: row.value };
  });
  return { exit, title, details };
}
