// Two engines in memory, no sockets and no Node: values in, events out. The same code runs in a browser.

import { TlsClient, TlsServer } from 'glasstls';
import { noblePrivateKey, nobleProvider as provider } from 'glasstls/providers/noble';
import { makeTestPki, trustAnchors, verifyChain } from 'glasstls/x509';

const generateKey = () => noblePrivateKey('ed25519', provider.random(32));
const pki = makeTestPki({ provider, now: Date.now(), generateKey });
const leaf = pki.issue({ names: ['localhost'] });
const anchors = trustAnchors([pki.root.der]);

// What the engine cannot know, it asks for: is this chain trusted? sign this, please.
function answer(need) {
  if (need.kind === 'signature') return leaf.key.sign(need.algorithm, need.data);
  const judgement = verifyChain({ ...need, anchors, provider });
  return judgement.ok
    ? { accepted: true, authorized: true, key: judgement.leaf.spki.key }
    : { accepted: false, alert: judgement.refusal.alert, reason: judgement.refusal.text };
}

const observe = (seen) => seen.kind === 'message' && console.log(seen.direction === 'out' ? '-->' : '<--', seen.name);
const client = new TlsClient({ provider, serverName: 'localhost', observe });
const server = new TlsServer({ provider, credentials: [{ chain: pki.chainOf(leaf), key: leaf.key.publicKey }] });

function handle(self, other, events) {
  for (const event of events) {
    if (event.type === 'send') for (const piece of event.pieces) handle(other, self, other.receive(piece));
    else if (event.type === 'need') handle(self, other, self.answer(event.id, answer(event.need)));
    else if (event.type === 'error') throw event.error;
  }
}

handle(client, server, client.start());
console.log('client:', client.stateName, '- server:', server.stateName);
