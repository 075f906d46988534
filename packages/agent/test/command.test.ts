// What a ticket means for a backend.
import type { LeaseId, RunId, SlotId, TargetName, Ticket } from '@cellfarm/protocol';
import { describe, expect, it } from 'vitest';
import { launchSpec } from '../src/command.js';

const places = { door: '/d/d', pythonPackage: '/p/cellfarm', travellingPath: '/t', objects: '/o' };
const ticket: Ticket = {
  version: 1,
  lease: 'l-0123456789abcdef' as LeaseId,
  run: 'r-0123456789abcdef' as RunId,
  slot: 'w1' as SlotId,
  part: 'worker',
  target: 'local' as TargetName,
  epoch: 1,
  nonce: 'a nonce of some length',
  python: ['/usr/bin/env', 'python3', '-X', 'dev'],
  cwd: '/work here',
  env: { LANG: 'C', CELLFARM_DOOR: 'forged' },
  resources: { memory: '2 GiB', gpus: 1, cpus: 4 },
  endpoint: { socket: '/s' },
  agent: null,
  expires: 1,
};

describe('the launch of a ticket', () => {
  it('starts the package by the interpreter with its arguments, with the words that name the process', () => {
    const spec = launchSpec(ticket, places);
    expect(spec.argv).toEqual([
      '/usr/bin/env',
      'python3',
      '-X',
      'dev',
      '/p/cellfarm/boot.py',
      'cellfarm',
      'worker',
    ]);
    expect(spec).toMatchObject({ name: ticket.lease, cwd: '/work here', memoryBytes: 2 ** 31, gpus: 1 });
  });

  it('tells the process its door and nonce, whatever the ticket says of them', () => {
    expect(launchSpec(ticket, places).env).toEqual({
      LANG: 'C',
      CELLFARM_DOOR: '/d/d',
      CELLFARM_NONCE: ticket.nonce,
      CELLFARM_OBJECTS: '/o',
      CELLFARM_PATH: '/t',
    });
  });

  it('names no object folder that the service may not see', () => {
    const remote = { ...ticket, endpoint: { host: 'far', port: 1 } };
    expect(launchSpec(remote, places).env).not.toHaveProperty('CELLFARM_OBJECTS');
    expect(launchSpec(ticket, { ...places, objects: null }).env).not.toHaveProperty('CELLFARM_OBJECTS');
  });

  it('limits neither memory nor GPUs where the ticket does not', () => {
    const spec = launchSpec({ ...ticket, resources: {} }, places);
    expect(spec).toMatchObject({ memoryBytes: null, gpus: 0 });
  });
});
