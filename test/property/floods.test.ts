// Peers that keep to the form and overdo it, or say the wrong thing at the wrong time: floods, alerts, what comes after
// close_notify, renegotiation. Every record is sealed under the keys that the engine reads with.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import * as wire from '../../src/wire/messages.ts';
import { alertsOf, internals } from '../support/forge.ts';
import { reach } from '../support/reach.ts';

describe('floods', () => {
  const limits = { keyUpdates: 5, sessionTickets: 3, warnings: 4, ignoredChangeCipherSpecs: 6, emptyRecords: 7 };
  const more = { client: { limits }, server: { limits } };

  it.each(['client', 'server'] as const)('KeyUpdates at a %s, with data in between, end at the limit', (role) => {
    const reached = reach(role, 'connected_13', '1.3', 'node', more);
    const { target, forge } = reached;
    for (let i = 0; i < 5; i++) {
      target.handle(target.engine.receive(forge.handshake('key_update', fromHex('01'))));
      target.handle(target.engine.receive(forge.records(23, fromHex('00'))));
    }
    expect(target.error).toBeUndefined();
    target.handle(target.engine.receive(forge.handshake('key_update', fromHex('00'))));
    expect(target.error).toMatchObject({ code: 'ERR_TLS_TOO_MANY_POST_HANDSHAKE', alert: 'unexpected_message' });
    expect(target.received.length).toBe(5);
  });

  it('tickets end at the limit; KeyUpdates do not count as tickets', () => {
    const { target, forge } = reach('client', 'connected_13', '1.3', 'node', more);
    const ticket = fromHex('000000010000000001000001aa0000');
    for (let i = 0; i < 3; i++) {
      target.handle(target.engine.receive(forge.handshake('new_session_ticket', ticket)));
      target.handle(target.engine.receive(forge.handshake('key_update', fromHex('00'))));
    }
    expect(target.error).toBeUndefined();
    target.handle(target.engine.receive(forge.handshake('new_session_ticket', ticket)));
    expect(target.error?.code).toBe('ERR_TLS_TOO_MANY_POST_HANDSHAKE');
  });

  it.each([
    ['1.2 ECDHE', 'connected_12', 'unrecognized_name'],
    ['1.3', 'connected_13', 'user_canceled'],
  ] as const)(
    '%s: warnings in a row end at the limit; data between them resets the count, empty data does not',
    (flavour, state, alert) => {
      const { target, forge } = reach('client', state, flavour, 'node', more);
      const receive = (bytes: Uint8Array): void => target.handle(target.engine.receive(bytes));
      for (let i = 0; i < 4; i++) receive(forge.alert(1, alert));
      receive(forge.records(23, fromHex('00')));
      for (let i = 0; i < 4; i++) receive(forge.alert(1, alert));
      receive(forge.records(23, EMPTY));
      expect([target.error, target.warnings.length]).toEqual([undefined, 8]);
      receive(forge.alert(1, alert));
      expect(target.error?.code).toBe('ERR_TLS_TOO_MANY_WARNINGS');
    },
  );

  it.each(['handshake', 'first'] as const)('ChangeCipherSpecs that are to be dropped end at the limit (%s)', (when) => {
    const { target } = reach(
      'client',
      when === 'first' ? 'wait_server_hello' : 'wait_certificate_13',
      undefined,
      'node',
      more,
    );
    const before = internals(target.engine).counters.ignored;
    for (let i = before; i < 6; i++) target.handle(target.engine.receive(fromHex('140303000101')));
    expect(target.error).toBeUndefined();
    target.handle(target.engine.receive(fromHex('140303000101')));
    expect(target.error?.code).toBe('ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS');
  });

  it('HelloRequests end at a limit within a handshake and after it', () => {
    const early = reach('client', 'wait_certificate_12', undefined, 'node', more);
    for (let i = 0; i < 7; i++) {
      early.target.handle(early.target.engine.receive(early.forge.handshake('hello_request', EMPTY)));
    }
    expect(early.target.error?.code).toBe('ERR_TLS_TOO_MANY_CHANGE_CIPHER_SPECS');
    const late = reach('client', 'connected_12', undefined, 'node', more);
    for (let i = 0; i < 6; i++) {
      late.target.handle(late.target.engine.receive(late.forge.handshake('hello_request', EMPTY)));
    }
    expect(late.target.error?.code).toBe('ERR_TLS_TOO_MANY_POST_HANDSHAKE');
  });

  it.each(['connected_13', 'connected_12'])('%s: empty records in a row end at the limit', (state) => {
    const { target, forge } = reach('client', state, undefined, 'node', more);
    const empty = Array.from({ length: 7 }, () => EMPTY);
    target.handle(target.engine.receive(forge.records(23, ...empty, fromHex('01'))));
    target.handle(target.engine.receive(forge.records(23, ...empty)));
    expect([target.error, target.received.length]).toEqual([undefined, 1]);
    target.handle(target.engine.receive(forge.records(23, EMPTY)));
    expect(target.error?.code).toBe('ERR_TLS_TOO_MANY_EMPTY_RECORDS');
  });

  it('input that comes while a need is open is bounded', () => {
    const { target } = reach('client', 'judge_certificate_13', undefined, 'node', {
      client: { limits: { pendingInput: 1000 } },
    });
    for (let i = 0; i < 3; i++) target.handle(target.engine.receive(new Uint8Array(600)));
    expect(target.error).toMatchObject({ code: 'ERR_TLS_INPUT_BUFFER_FULL' });
  });
});

describe('alerts', () => {
  it.each(['connected_12', 'connected_13', 'wait_server_hello', 'wait_encrypted_extensions'])(
    '%s: an alert of a wrong size or level',
    (state) => {
      for (const [content, alert] of [
        ['02', 'decode_error'],
        ['022802', 'decode_error'],
        ['02280228', 'decode_error'],
        ['0328', 'illegal_parameter'],
        ['0000', 'illegal_parameter'],
      ] as const) {
        const { target, forge, observed } = reach('client', state);
        target.handle(target.engine.receive(forge.records(21, fromHex(content))));
        expect(target.error, content).toMatchObject({ code: 'ERR_TLS_BAD_ALERT', alert });
        expect(alertsOf(observed)).toEqual([alert]);
      }
    },
  );

  it('RFC 8446 6.2: in TLS 1.3 an error alert of level warning is fatal all the same, unknown ones too', () => {
    for (const content of ['0128', '01ff']) {
      const { target, forge } = reach('client', 'connected_13');
      target.handle(target.engine.receive(forge.records(21, fromHex(content))));
      expect(target.error?.code).toBe('ERR_TLS_ALERT_RECEIVED');
    }
  });

  it.each(['client', 'server'] as const)(
    'RFC 8446 5: a close_notify in the clear after the handshake is no end of the data at a %s',
    (role) => {
      for (const updated of [false, true]) {
        const reached = reach(role, 'connected_13');
        const { target, forge, observed } = reached;
        if (updated) target.handle(target.engine.receive(forge.handshake('key_update', fromHex('00'))));
        target.handle(target.engine.receive(fromHex('15030300020100')));
        expect([target.ended, target.error?.alert]).toEqual([false, 'unexpected_message']);
        expect(alertsOf(observed)).toEqual(['unexpected_message']);
      }
    },
  );

  it('a server that fails before it has keys is understood: its alert in the clear, when we already have keys', () => {
    const { target } = reach('server', 'wait_finished_13');
    target.handle(target.engine.receive(fromHex('1503030002022a')));
    expect(target.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'bad_certificate' });
  });
});

describe('RFC 8446 4.6.3: KeyUpdate', () => {
  it.each(['client', 'server'] as const)(
    'a %s answers one that asks with one that does not ask, and no other',
    (role) => {
      const { target, peer, forge, observed } = reach(role, 'connected_13');
      const answers = (): string[] =>
        observed.flatMap((one) =>
          one.kind === 'message' && one.direction === 'out' && one.name === 'key_update' ? [toHex(one.raw)] : [],
        );
      target.handle(target.engine.receive(forge.handshake('key_update', fromHex('00'))));
      expect(answers()).toEqual([]);
      target.handle(target.engine.receive(forge.handshake('key_update', fromHex('01'))));
      expect(answers()).toEqual(['1800000100']);
      // What follows is under the next key, and the peer can read it.
      target.handle(target.engine.write(fromHex('aa')));
      peer.handle(peer.engine.receive(target.drain()));
      expect([peer.error, peer.received.length]).toEqual([undefined, 1]);
    },
  );

  it.each(['client', 'server'] as const)('the old key of a %s opens nothing after it', (role) => {
    const { target, forge } = reach(role, 'connected_13');
    const late = forge.records(23, fromHex('00'), fromHex('01')).subarray(-23);
    target.handle(target.engine.receive(forge.handshake('key_update', fromHex('00'))));
    target.handle(target.engine.receive(late));
    expect([target.error?.code, target.received]).toEqual(['ERR_TLS_BAD_RECORD_MAC', []]);
  });
});

describe('after close_notify', () => {
  it.each(['client', 'server'] as const)(
    'RFC 8446 6.1: a %s that closed answers no KeyUpdate, but still reads',
    (role) => {
      const { target, forge } = reach(role, 'connected_13');
      target.handle(target.engine.close());
      target.drain();
      target.handle(target.engine.receive(forge.handshake('key_update', fromHex('01'))));
      target.handle(target.engine.receive(forge.records(23, fromHex('aa'))));
      expect([target.error, target.received.length, target.drain().length]).toEqual([undefined, 1, 0]);
    },
  );

  it('RFC 5246 7.2.1: a client that closed sends no warning either', () => {
    const { target, forge } = reach('client', 'connected_12');
    target.handle(target.engine.close());
    target.drain();
    target.handle(target.engine.receive(forge.handshake('hello_request', EMPTY)));
    expect([target.error, target.drain().length]).toEqual([undefined, 0]);
  });

  it('RFC 8446 6.1: what comes after the close_notify of the peer is ignored', () => {
    const { target, forge } = reach('client', 'connected_13');
    target.handle(target.engine.receive(concat(forge.alert(1, 'close_notify'), new Uint8Array(50).fill(0xff))));
    target.handle(target.engine.receive(new Uint8Array(50).fill(0xff)));
    expect([target.error, target.ended, target.received.length]).toEqual([undefined, true, 0]);
  });
});

describe('renegotiation', () => {
  it('RFC 5746: a ClientHello in open TLS 1.2 traffic ends the connection', () => {
    const { target, forge, observed } = reach('server', 'connected_12');
    const list = [{ extension_type: 0xff01, extension_data: fromHex('00') }];
    const hello: wire.ClientHello = {
      legacy_version: 0x0303,
      random: new Uint8Array(32),
      legacy_session_id: EMPTY,
      cipher_suites: [0xc02b],
      legacy_compression_methods: [0],
      extensions: { list, known: {} },
    };
    target.handle(target.engine.receive(forge.handshake('client_hello', encode(wire.clientHello, hello))));
    expect(target.error?.code).toBe('ERR_TLS_RENEGOTIATION');
    expect(alertsOf(observed)).toEqual(['no_renegotiation']);
  });
});
