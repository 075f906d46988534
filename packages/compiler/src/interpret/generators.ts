// Tells which functions are generators: their bodies run when their results are consumed, not when they are called.
import type { FunctionDef, Lambda, PyNode } from '../py-node.js';
import { asNode, childNodes } from '../py-node.js';

const OWN_SCOPE = new Set(['FunctionDef', 'AsyncFunctionDef', 'Lambda', 'ClassDef']);

function yields(node: PyNode): boolean {
  if (node.nodeType === 'Yield' || node.nodeType === 'YieldFrom') return true;
  if (OWN_SCOPE.has(node.nodeType)) return false;
  for (const child of childNodes(node)) if (yields(child)) return true;
  return false;
}

export function isGenerator(node: FunctionDef | Lambda): boolean {
  const body = node.nodeType === 'Lambda' ? [node.body] : node.body;
  return body.some((each) => yields(asNode(each)));
}
