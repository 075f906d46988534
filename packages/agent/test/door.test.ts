// Who is let in at the door, and who is not.
import { statSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Door } from '../src/door.js';
import { silentLog } from '../src/log.js';

describe('the door', () => {
  let door: Door;
  beforeEach(async () => {
    door = await Door.open(silentLog(), { waitMs: 500 });
  });
  afterEach(() => door.close());

  function come(words: string): Socket {
    const socket = connect(door.path);
    socket.on('error', () => undefined);
    socket.write(words);
    socket.resume();
    return socket;
  }

  function turnedAway(socket: Socket): Promise<void> {
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  it('is in a folder that nobody else can enter', () => {
    expect(statSync(dirname(door.path)).mode & 0o777).toBe(0o700);
    expect(Buffer.byteLength(door.path)).toBeLessThan(104);
  });

  it('lets in who says an expected nonce, with what was said after it', async () => {
    const { arrived } = door.expect('a-nonce');
    come('a-nonce\nfirst words');
    const { head } = await arrived;
    expect(Buffer.from(head).toString()).toBe('first words');
  });

  it('understands a nonce that comes in pieces', async () => {
    const { arrived } = door.expect('a-nonce');
    const socket = come('a-no');
    setTimeout(() => socket.write('nce\n'), 30);
    await arrived;
  });

  it('lets one process in by a nonce, once', async () => {
    const { arrived } = door.expect('a-nonce');
    come('a-nonce\n');
    await arrived;
    await turnedAway(come('a-nonce\n'));
  });

  it('turns away an unknown nonce after the wait', async () => {
    await turnedAway(come('nobody expects it\n'));
  });

  it('turns away who says nothing', async () => {
    await turnedAway(come(''));
  });

  it('turns away who says too much without a newline', async () => {
    await turnedAway(come('x'.repeat(1000)));
  });

  it('turns away who comes after the wish was taken back', async () => {
    door.expect('a-nonce').end();
    await turnedAway(come('a-nonce\n'));
  });

  it('turns away the second who comes early with the same nonce', async () => {
    come('early\n');
    await turnedAway(come('early\n'));
  });
});
