import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunId, SignedTicket } from '@cellfarm/protocol';
import { sign, verify } from '../src/index.js';
import { leaseNumber, testTicket, TEST_KEY } from '../src/testing/index.js';

const NOW = Date.UTC(2026, 0, 1);
const OTHER_KEY = new Uint8Array(32).fill(8);
const ticket = testTicket(1);
const signed = sign(ticket, TEST_KEY);

function refusal(tried: unknown, keys: readonly Uint8Array[] = [TEST_KEY], now = NOW): string {
  try {
    verify(tried, keys, now);
  } catch (error) {
    expect(error).toMatchObject({ code: 'C5004' });
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
}

/** Text of any content with a good signature, as only a holder of the key could make it. */
function signText(text: string): SignedTicket {
  return { text, mac: createHmac('sha256', TEST_KEY).update(text).digest('hex') };
}

function flipBit(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'latin1');
  const at = Math.floor(bit / 8) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
  return bytes.toString('latin1');
}

describe('a signed ticket', () => {
  test('is accepted under its key and comes back whole', () => {
    expect(verify(signed, [TEST_KEY], NOW)).toEqual(ticket);
  });

  test('survives the way through JSON', () => {
    expect(verify(JSON.parse(JSON.stringify(signed)), [TEST_KEY], NOW)).toEqual(ticket);
  });

  test('is accepted under either of two live keys while a key is rotated', () => {
    expect(verify(signed, [OTHER_KEY, TEST_KEY], NOW)).toEqual(ticket);
    expect(verify(sign(ticket, OTHER_KEY), [OTHER_KEY, TEST_KEY], NOW)).toEqual(ticket);
  });

  test('is refused under another key, and under none', () => {
    expect(refusal(signed, [OTHER_KEY])).toContain('signature');
    expect(refusal(signed, [])).toContain('signature');
  });

  test('is refused once any bit of its text is flipped', () => {
    for (let bit = 0; bit < signed.text.length * 8; bit += 1) {
      expect(refusal({ ...signed, text: flipBit(signed.text, bit) })).toContain('signature');
    }
  });

  test('is refused once any bit of its signature is flipped', () => {
    for (let bit = 0; bit < 256; bit += 1) {
      const mac = Buffer.from(signed.mac, 'hex');
      const at = Math.floor(bit / 8);
      mac[at] = (mac[at] ?? 0) ^ (1 << (bit % 8));
      expect(refusal({ ...signed, mac: mac.toString('hex') })).toContain('signature');
    }
  });

  test('is refused when it has expired, to the millisecond', () => {
    const brief = sign(testTicket(1, { expires: NOW }), TEST_KEY);
    expect(verify(brief, [TEST_KEY], NOW - 1).expires).toBe(NOW);
    expect(refusal(brief, [TEST_KEY], NOW)).toContain('expired');
    expect(refusal(brief, [TEST_KEY], NOW + 5_000)).toContain('expired 5000 ms ago');
  });

  test('replayed in another run or for another lease is refused', () => {
    const run = 'r-00000000000000bb' as RunId;
    const refused = expect.objectContaining({ code: 'C5004' }) as Error;
    expect(() => verify(signed, [TEST_KEY], NOW, { run })).toThrow(refused);
    expect(() => verify(signed, [TEST_KEY], NOW, { lease: leaseNumber(2) })).toThrow(refused);
    expect(verify(signed, [TEST_KEY], NOW, { run: ticket.run, lease: ticket.lease })).toEqual(ticket);
  });

  test('the text of one with the signature of another is refused', () => {
    const other = sign(testTicket(2), TEST_KEY);
    expect(refusal({ text: other.text, mac: signed.mac })).toContain('signature');
  });
});

describe('what is no ticket', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ticket'],
    ['no signature', { text: signed.text }],
    ['an empty signature', { ...signed, mac: '' }],
    ['a short signature', { ...signed, mac: signed.mac.slice(2) }],
    ['a long signature', { ...signed, mac: `${signed.mac}00` }],
    ['a signature in capitals', { ...signed, mac: signed.mac.toUpperCase() }],
    ['a further field', { ...signed, key: 'mine' }],
    ['an oversize text', { text: 'x'.repeat(45_057), mac: signed.mac }],
  ])('is refused as malformed: %s', (_, tried) => {
    expect(refusal(tried)).toContain('malformed');
  });

  test.each([
    ['no JSON', 'not json'],
    ['no object', '7'],
    ['a field too many', JSON.stringify({ ...ticket, sudo: true })],
    ['a field missing', JSON.stringify({ ...ticket, nonce: undefined })],
    ['another version', JSON.stringify({ ...ticket, version: 2 })],
    ['no interpreter', JSON.stringify({ ...ticket, python: [] })],
  ])('is refused even with a good signature: %s', (_, text) => {
    expect(refusal(signText(text))).toContain('no ticket');
  });

  test('is refused whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (tried) => {
        expect(refusal(tried)).not.toBe('accepted');
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (text, mac) => {
          expect(refusal({ text, mac: Buffer.from(mac).toString('hex') })).toContain('signature');
        },
      ),
    );
  });
});

describe('signing', () => {
  test('refuses a ticket that does not fit the queue', () => {
    const large = testTicket(1, { env: { LONG: '"'.repeat(12_000) } });
    expect(() => sign(large, TEST_KEY)).toThrow(expect.objectContaining({ code: 'C5004' }));
  });

  test('the same ticket under the same key has the same signature', () => {
    expect(sign(ticket, TEST_KEY)).toEqual(signed);
    expect(sign(ticket, OTHER_KEY).mac).not.toBe(signed.mac);
  });
});
