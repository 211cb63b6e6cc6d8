/** The codecs, each loaded when a file first needs it: they are compiled to WebAssembly. */
import type { WasmDecoder } from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import type { CodecName } from "../decoder.ts";
import { Refused } from "../dicom/head.ts";
import { checkSize } from "./codestream.ts";
import type { Shape } from "./shape.ts";

interface Codec {
  readonly decoder: string;
  load(): Promise<typeof import("@cornerstonejs/codec-openjpeg/decodewasmjs")>;
}

const CODECS: Readonly<Record<CodecName, Codec>> = {
  jpeg: {
    decoder: "JPEGDecoder",
    load: () => import("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"),
  },
  "jpeg-ls": {
    decoder: "JpegLSDecoder",
    load: () => import("@cornerstonejs/codec-charls/decodewasmjs"),
  },
  "jpeg-2000": {
    decoder: "J2KDecoder",
    load: () => import("@cornerstonejs/codec-openjpeg/decodewasmjs"),
  },
};

const BY_SYNTAX: Readonly<Record<string, CodecName | "jpeg-lossless">> = {
  "1.2.840.10008.1.2.4.50": "jpeg",
  "1.2.840.10008.1.2.4.51": "jpeg",
  "1.2.840.10008.1.2.4.57": "jpeg-lossless",
  "1.2.840.10008.1.2.4.70": "jpeg-lossless",
  "1.2.840.10008.1.2.4.80": "jpeg-ls",
  "1.2.840.10008.1.2.4.81": "jpeg-ls",
  "1.2.840.10008.1.2.4.90": "jpeg-2000",
  "1.2.840.10008.1.2.4.91": "jpeg-2000",
};

/** Gives the compiled code of a codec. */
export type FetchCodec = (name: CodecName) => Promise<ArrayBuffer>;

/** Decodes frames of compressed transfer syntaxes. */
export class Codecs {
  readonly #fetch: FetchCodec;
  readonly #made = new Map<CodecName, Promise<new () => WasmDecoder>>();

  constructor(fetch: FetchCodec) {
    this.#fetch = fetch;
  }

  /** The frame's bytes, sample by sample, little-endian. Rejects with Refused. */
  async decode(syntax: string, stream: Uint8Array, shape: Shape): Promise<Uint8Array> {
    const name = BY_SYNTAX[syntax];
    const deep = name === "jpeg" && shape.bytes === 2;
    if (!name || deep) throw new Refused("unsupported", syntax);
    checkSize(stream, shape);
    const decoded =
      name === "jpeg-lossless" ? await lossless(stream) : await this.#wasm(name, stream, shape);
    const { rows, columns, samples, bytes } = shape;
    if (decoded.length !== rows * columns * samples * bytes) {
      throw new Refused("broken", "another size than the file says");
    }
    return decoded;
  }

  async #wasm(name: CodecName, stream: Uint8Array, shape: Shape): Promise<Uint8Array> {
    const making = this.#made.get(name) ?? this.#load(name);
    this.#made.set(name, making);
    const Decoder = await making;
    const decoder = new Decoder();
    try {
      decoder.getEncodedBuffer(stream.length).set(stream);
      decoder.decode();
      const { width, height, componentCount } = decoder.getFrameInfo();
      const { rows, columns, samples } = shape;
      if (width !== columns || height !== rows || componentCount !== samples) {
        throw new TypeError("another size than the file says");
      }
      // The buffer is the codec's own memory.
      const decoded = decoder.getDecodedBuffer().slice();
      decoder.delete();
      return decoded;
    } catch (error) {
      // What ended it may have left its memory in any state: the next picture has another.
      this.#made.delete(name);
      throw new Refused("broken", String(error));
    }
  }

  async #load(name: CodecName): Promise<new () => WasmDecoder> {
    const { decoder, load } = CODECS[name];
    const [{ default: factory }, wasmBinary] = await Promise.all([load(), this.#fetch(name)]);
    const made = (await factory({ wasmBinary }))[decoder];
    if (!made) throw new TypeError("a codec without its decoder");
    return made;
  }
}

async function lossless(stream: Uint8Array): Promise<Uint8Array> {
  const { Decoder } = await import("jpeg-lossless-decoder-js");
  try {
    const { buffer, byteOffset, byteLength } = stream;
    return new Uint8Array(new Decoder().decompress(buffer as ArrayBuffer, byteOffset, byteLength));
  } catch (error) {
    throw new Refused("broken", String(error));
  }
}
