// Keeps the last bytes of what a process wrote to its original stdout and stderr, in the order in which they came.

export class TailBuffer {
  private chunks: Buffer[] = [];
  private bytes = 0;

  /** @param limit how many bytes are kept */
  constructor(private readonly limit: number) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.byteLength;
    if (this.bytes > 4 * this.limit) this.trim();
  }

  /** The last bytes as text; a character cut in two at the front is left out. */
  text(): string {
    this.trim();
    const bytes = this.chunks[0] ?? Buffer.alloc(0);
    let start = 0;
    while (start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
    return bytes.subarray(start).toString('utf8');
  }

  private trim(): void {
    const whole = Buffer.concat(this.chunks);
    this.chunks = [Buffer.from(whole.subarray(Math.max(0, whole.byteLength - this.limit)))];
    this.bytes = this.chunks[0]?.byteLength ?? 0;
  }
}
