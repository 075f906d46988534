import { describe, expect, test } from 'vitest';
import { parseRedisAddress } from '../src/bullmq/redis-address.js';

describe('the address of a Redis', () => {
  test.each([
    ['redis://localhost', { host: 'localhost', port: 6379 }, 'redis://localhost:6379'],
    ['redis://10.0.0.1:7000/3', { host: '10.0.0.1', port: 7000, db: 3 }, 'redis://10.0.0.1:7000/3'],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }, 'redis://[::1]:7000'],
    ['rediss://farm.example', { host: 'farm.example', port: 6379, tls: {} }, 'rediss://farm.example:6379'],
    ['/run/redis.sock', { path: '/run/redis.sock' }, 'unix:///run/redis.sock'],
    ['unix:///run/my%20redis.sock', { path: '/run/my redis.sock' }, 'unix:///run/my redis.sock'],
    ['unix:///run/redis.sock?db=2', { path: '/run/redis.sock', db: 2 }, 'unix:///run/redis.sock'],
  ])('%s is understood', (address, connection, text) => {
    expect(parseRedisAddress(address)).toEqual({ connection, text });
  });

  test('keeps the password for the connection and out of every text', () => {
    const { connection, text } = parseRedisAddress('redis://ada:s%40cret@farm.example');
    expect(connection).toMatchObject({ username: 'ada', password: 's@cret' });
    expect(text).toBe('redis://farm.example:6379');
  });

  test.each([
    '',
    'localhost:6379',
    'http://farm.example',
    'unix://relative/redis.sock',
    'redis://h/notanumber',
    'redis://h/-1',
  ])('%j is refused', (address) => {
    expect(() => parseRedisAddress(address)).toThrow(expect.objectContaining({ code: 'C5002' }));
  });

  test('a refusal does not repeat what may hold a password', () => {
    const tried = (): unknown => parseRedisAddress('redix://ada:hunter2@farm.example');
    expect(tried).toThrow(expect.objectContaining({ code: 'C5002' }));
    expect(tried).not.toThrow(/hunter2/);
  });
});
