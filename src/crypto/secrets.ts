// What a listener is told of each secret as it is derived, when it asked for secrets. Never part of ordinary
// observation: see `observeSecrets` in the engine's options.

export interface SecretStep {
  /** RFC name in snake case: `master_secret`, `client_handshake_traffic_secret`, `client_write_key` ... */
  readonly name: string;
  /** The label of the derivation, as the RFC spells it: `key expansion`, `c hs traffic`; absent for an input. */
  readonly label?: string;
  /** The name of the secret it was derived from. */
  readonly from?: string;
  /** What else went in, in words, and its bytes. */
  readonly context?: string;
  readonly contextValue?: Uint8Array;
  readonly value: Uint8Array;
}

export type SecretObserver = (step: SecretStep) => void;
