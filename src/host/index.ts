// The public index of `glasstls/host`: what stands between the engine, x509 and private keys, for adapters to any transport.

export { clientBinding, serverBinding } from './binding.ts';
export { credentialOf, type Identity } from './credential.ts';
export { isTooEarly, TicketLedger, TOO_EARLY } from './early_data.ts';
export { answerWithKeys, type Reply, type Responder, settle } from './respond.ts';
export { type Judged, judge, type Trust } from './trust.ts';
