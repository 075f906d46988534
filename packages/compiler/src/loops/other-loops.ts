// The loops over functions under `@cellfarm.map` and `@cellfarm.reduce` that are in no shape to be handed out, as verdicts:
// nothing that the user marked stays without a word.
import type { LoopVerdict } from '@cellfarm/protocol';
import type { CellAnalysis } from '../analyse-cells.js';
import type { PyNode } from '../py-node.js';
import type { World } from '../world.js';
import { claimedLoops } from './claimed-loops.js';
import { describeShape } from './describe-shape.js';
import { refusedVerdict, type JudgedLoop } from './judge-loop.js';

export interface OtherLoop {
  readonly node: PyNode;
  readonly verdict: LoopVerdict;
}

export function otherLoops(
  analysis: CellAnalysis,
  judged: readonly JudgedLoop[],
  reduces: boolean,
  world: World,
): OtherLoop[] {
  const all = claimedLoops(analysis, judged, world);
  return all.flatMap((loop) => {
    // Of a reduction around such a loop there is nothing to say that is not said of the loop.
    const joins =
      reduces ||
      all.some((each) => each !== loop && each.uses.some(({ around }) => around.includes(loop.node)));
    const shape = describeShape(loop, analysis, joins);
    if (!shape) return [];
    const place = { cell: analysis.cell.index, line: Number(loop.node['lineno']) };
    return [{ node: loop.node, verdict: refusedVerdict(place, 'single', shape) }];
  });
}
