// The TLS of one connection while it is read, whether its bytes come out of packets or its messages out of a text, and the report that
// is made of it when it ends.

import type { CryptoProvider } from '../crypto/provider.ts';
import { endpointText } from './addresses.ts';
import { Checks } from './checks.ts';
import type { CapturedConnection } from './connection.ts';
import { ja3, ja3s, ja4 } from './fingerprints.ts';
import type { Handshake } from './handshake.ts';
import { PassiveConnection, type PassiveOptions } from './passive.ts';
import { type Budget, Recorder } from './recorder.ts';

/** What is known of a connection beside its TLS. */
export type Surroundings = Pick<
  CapturedConnection,
  | 'number'
  | 'client'
  | 'server'
  | 'started'
  | 'origin'
  | 'firstFrame'
  | 'lastFrame'
  | 'before'
  | 'guessed'
  | 'whole'
  | 'repeated'
  | 'reordered'
>;

export class TlsReading {
  readonly tls: PassiveConnection;
  private readonly recorder: Recorder;
  private readonly checks: Checks;
  private readonly provider: CryptoProvider;

  constructor(options: PassiveOptions, budget: Budget, whole: boolean) {
    this.provider = options.provider;
    this.recorder = new Recorder(budget, options.contentLength);
    this.checks = new Checks(options);
    this.tls = new PassiveConnection(options, this.recorder, whole, this.checks);
  }

  /** Called once, at the end. */
  result(around: Surroundings): CapturedConnection {
    const { tls, recorder, checks } = this;
    recorder.close();
    return {
      ...around,
      trace: recorder.trace(`${endpointText(around.client)} -> ${endpointText(around.server)}`),
      items: recorder.items,
      clientRandom: tls.clientRandom,
      serverName: tls.handshake.clientHello?.extensions.known.server_name?.[0]?.host_name,
      opened: tls.opened,
      sealed: tls.sealed,
      sealedReasons: tls.sealedReasons,
      lost: tls.gaps,
      faults: tls.faults,
      moreFaults: tls.moreFaults,
      fingerprints: fingerprintsOf(tls.handshake, this.provider),
      checks: checks.list,
      chains: checks.shown.chains,
      proofs: checks.shown.proofs,
      added: recorder.added,
    };
  }
}

function fingerprintsOf(
  { clientHello, serverHello }: Handshake,
  provider: CryptoProvider,
): CapturedConnection['fingerprints'] {
  return {
    ja3: clientHello && ja3(clientHello),
    ja3s: serverHello && ja3s(serverHello),
    ja4: clientHello && ja4(clientHello, provider),
  };
}
