// All scenarios that run with both modules.

import type { Scenario } from './both.ts';
import { CREDENTIAL_SCENARIOS } from './scenarios_credentials.ts';
import { FLOW_SCENARIOS } from './scenarios_flow.ts';
import { NET_SCENARIOS } from './scenarios_net.ts';
import { OPTION_SCENARIOS } from './scenarios_options.ts';
import { SESSION_SCENARIOS } from './scenarios_sessions.ts';
import { SOCKET_SCENARIOS } from './scenarios_socket.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...OPTION_SCENARIOS,
  ...CREDENTIAL_SCENARIOS,
  ...SOCKET_SCENARIOS,
  ...FLOW_SCENARIOS,
  ...NET_SCENARIOS,
  ...SESSION_SCENARIOS,
];
