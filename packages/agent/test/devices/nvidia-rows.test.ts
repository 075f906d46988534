// What nvidia-smi prints, as samples: also what a driver does not know and sentences instead of rows.
import { GpuSample } from '@cellfarm/protocol';
import { describe, expect, it } from 'vitest';
import { parseDevice, parseSample } from '../../src/devices/nvidia-rows.js';

describe('a row of nvidia-smi', () => {
  it('is a device with its memory in bytes', () => {
    expect(parseDevice('1, GPU-8f6b, NVIDIA A100-SXM4-40GB, 40960', 'a100-03')).toEqual({
      kind: 'gpu',
      vendor: 'nvidia',
      name: 'NVIDIA A100-SXM4-40GB',
      uuid: 'GPU-8f6b',
      memoryBytes: 40960 * 2 ** 20,
      parent: 'a100-03',
      index: 1,
    });
  });

  it('is a sample of shares, bytes, watts and degrees', () => {
    const sample = parseSample('GPU-8f6b, 97, 31129, 40960, 281.35, 64');
    expect(sample).toEqual({
      uuid: 'GPU-8f6b',
      use: 0.97,
      memoryUsedBytes: 31129 * 2 ** 20,
      memoryTotalBytes: 40960 * 2 ** 20,
      powerWatts: 281.35,
      temperatureCelsius: 64,
    });
    expect(GpuSample.parse(sample)).toEqual(sample);
  });

  it('may leave open what the driver does not tell', () => {
    expect(parseSample('GPU-1, [N/A], 10, 100, [Not Supported], N/A')).toMatchObject({
      use: null,
      memoryUsedBytes: 10 * 2 ** 20,
      powerWatts: null,
      temperatureCelsius: null,
    });
  });

  it.each([
    '',
    'No devices were found',
    'Unable to determine the device handle for GPU0000:01:00.0: Unknown Error',
    'a, b, c, d, e, f',
    'GPU-1, 97, 31129',
  ])('%j is none', (line) => {
    expect(parseSample(line)).toBeNull();
    expect(parseDevice(line, 'host')).toBeNull();
  });
});
