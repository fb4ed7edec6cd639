// What sockets and servers have from node:net: how TCP connections are opened, what is told meanwhile, and what a server counts and
// drops, run with both modules.

import { once } from 'node:events';
import { createServer, type LookupFunction } from 'node:net';
import type tls from 'node:tls';
import { failure, type Scenario } from './both.ts';

export const NET_SCENARIOS: readonly Scenario[] = [
  {
    name: 'two addresses, of which the first refuses: what is told of the attempts, and the options about them',
    covers: [
      'connectionAttempt',
      'connectionAttemptFailed',
      'autoSelectFamily',
      'autoSelectFamilyAttemptTimeout',
      'hints',
      'keepAliveInitialDelay',
    ],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const asked: unknown[] = [];
      const lookup: LookupFunction = (_host, { hints, all }, done) => {
        asked.push([hints, all]);
        const both = [
          { address: '127.0.0.9', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ];
        (done as unknown as (error: null, all: object[]) => void)(null, both);
      };
      const options = {
        ...{ host: 'two.test', lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 5000, hints: 0 },
        ...{ keepAlive: true, keepAliveInitialDelay: 1000 },
      };
      const socket = stage.dial(port, options as tls.ConnectionOptions);
      const seen: unknown[] = [];
      socket.on('connectionAttempt', (address) => seen.push(['attempt', address]));
      socket.on('connectionAttemptFailed', (address) => seen.push(['failed', address]));
      socket.on('connectionAttemptTimeout', (address) => seen.push(['timeout', address]));
      await stage.meet(server, socket);
      const attempted = socket.autoSelectFamilyAttemptedAddresses?.map((one) => one.split(':')[0]);
      return [asked, seen, attempted, socket.remoteAddress];
    },
  },
  {
    name: 'localPort, and a port that nobody listens on',
    covers: ['localPort', 'option localPort', 'error'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      // A port that is free now.
      const probe = createServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port: free } = probe.address() as { port: number };
      probe.close();
      await once(probe, 'close');
      const { client } = await stage.meet(server, stage.dial(port, { localPort: free } as tls.ConnectionOptions));
      return [client.localPort === free, await failure(stage.dial(free, { host: '127.0.0.2' }))];
    },
  },
  {
    name: 'a write that is more than the mark: false, then drain',
    covers: ['event drain', 'event data', 'event end', 'write'],
    run: async (stage) => {
      const { client, server } = await stage.connected();
      let heard = 0;
      server.on('data', (chunk) => (heard += chunk.length));
      const taken = client.write(Buffer.alloc(1_000_000));
      await once(client, 'drain');
      client.end();
      await once(server, 'end');
      return [taken, heard, client.writableLength];
    },
  },
  {
    name: 'a server counts its connections, drops those that are too many, and closes when all are gone',
    covers: ['listening', 'drop', 'getConnections', 'maxConnections', 'event server close', 'server.close'],
    run: async (stage) => {
      const { port, server } = await stage.serve();
      const listening = server.listening;
      server.maxConnections = 1;
      const { client } = await stage.meet(server, stage.dial(port));
      const dropped = once(server, 'drop');
      const second = failure(stage.dial(port));
      const [details] = (await dropped) as [{ localPort?: number }];
      const count = await new Promise((resolve) => server.getConnections((_error, number) => resolve(number)));
      const closed = once(server, 'close');
      server.close();
      client.destroy();
      await closed;
      return [listening, details.localPort === port, await second, count, server.listening];
    },
  },
];
