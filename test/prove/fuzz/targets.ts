// All targets, in the order in which they are run.

import { captureTargets } from './capture_targets.ts';
import { codecTargets } from './codec_targets.ts';
import { collect } from './collect.ts';
import { machineTargets } from './machine_targets.ts';
import { recordTargets } from './record_targets.ts';
import type { Target } from './target.ts';
import { textTargets } from './text_targets.ts';
import { x509Targets } from './x509_targets.ts';

export function allTargets(): readonly Target[] {
  const collected = collect();
  return [
    ...codecTargets(collected),
    ...recordTargets(),
    ...x509Targets(collected),
    ...textTargets(collected),
    ...captureTargets(),
    ...machineTargets(),
  ];
}
