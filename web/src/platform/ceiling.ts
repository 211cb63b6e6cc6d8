/**
 * Imported by a worker that reads hostile bytes, before the code that reads them: how much memory it may
 * ask for at once. What asks for more fails as it would on a machine that has no more.
 */

/** Bytes of one array. A page's own pictures stay far below it; what unpacks without an end does not. */
const MOST_AT_ONCE = 320 * 1024 * 1024;
/** Pages of 64 KiB of what was compiled. */
const MOST_COMPILED = (512 * 1024 * 1024) / 65_536;

type Arrays = new (...given: never[]) => object;

function bounded(name: string, size: number): void {
  const plain = Reflect.get(globalThis, name) as Arrays;
  const checked = new Proxy(plain, {
    construct(target, given: readonly unknown[], made) {
      const [length] = given;
      if (typeof length === "number" && length * size > MOST_AT_ONCE) {
        throw new RangeError("more memory than a file may ask for");
      }
      return Reflect.construct(target, given, made) as object;
    },
  });
  Reflect.set(globalThis, name, checked);
}

bounded("ArrayBuffer", 1);
for (const kind of [
  ...[Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array, Int16Array],
  ...[Uint32Array, Int32Array, Float32Array, Float64Array],
]) {
  bounded(kind.name, kind.BYTES_PER_ELEMENT);
}

const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function growBounded(this: WebAssembly.Memory, by: number) {
  if (this.buffer.byteLength / 65_536 + by > MOST_COMPILED) {
    throw new RangeError("more memory than a file may ask for");
  }
  return grow.call(this, by);
};
