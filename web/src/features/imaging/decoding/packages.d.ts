/** What is used of packages that come without types. */
declare module "*/decodewasmjs" {
  /** What every codec's decoder has. */
  export interface WasmDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): { width: number; height: number; componentCount: number };
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  const factory: (options: {
    wasmBinary: ArrayBuffer;
  }) => Promise<Readonly<Record<string, (new () => WasmDecoder) | undefined>>>;
  // biome-ignore lint/style/noDefaultExport: as these packages have it
  export default factory;
}

declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    /** Throws errors of any kind. */
    decompress(buffer: ArrayBufferLike, offset: number, length: number): ArrayBuffer;
  }
}
