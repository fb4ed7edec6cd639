// All scenarios that run with both modules.

import type { Scenario } from './both.ts';
import { OPTION_SCENARIOS } from './scenarios_options.ts';
import { SOCKET_SCENARIOS } from './scenarios_socket.ts';

export const SCENARIOS: readonly Scenario[] = [...OPTION_SCENARIOS, ...SOCKET_SCENARIOS];
