/** The codecs, each compiled when a file first needs it: they are WebAssembly. */
import charls from "@cornerstonejs/codec-charls/decodewasmjs";
import libjpeg from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import openjpeg, { type WasmDecoder } from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { Decoder as LosslessDecoder } from "jpeg-lossless-decoder-js";
import type { CodecName } from "../decoder.ts";
import { Refused } from "../dicom/head.ts";
import { checkSize, marksRgb } from "./codestream.ts";
import type { Shape } from "./shape.ts";

/** In one file with the worker: it may fetch no code of its own. */
const CODECS = {
  jpeg: { decoder: "JPEGDecoder", factory: libjpeg },
  "jpeg-ls": { decoder: "JpegLSDecoder", factory: charls },
  "jpeg-2000": { decoder: "J2KDecoder", factory: openjpeg },
} as const;

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

/** Whether files of this syntax can be decoded, if they are otherwise as we take them. */
export const knows = (syntax: string): boolean => Object.hasOwn(BY_SYNTAX, syntax);

/** Gives the compiled code of a codec. */
export type FetchCodec = (name: CodecName) => Promise<ArrayBuffer>;

/** Decodes frames of compressed transfer syntaxes. */
export class Codecs {
  readonly #fetch: FetchCodec;
  readonly #made = new Map<CodecName, Promise<new () => WasmDecoder>>();

  constructor(fetch: FetchCodec) {
    this.#fetch = fetch;
  }

  /**
   * The frame's bytes, sample by sample, little-endian; `colors`: as which they are to be read, if not as
   * the file says. Rejects with Refused.
   */
  async decode(
    syntax: string,
    stream: Uint8Array,
    shape: Shape,
  ): Promise<{ readonly bytes: Uint8Array; readonly colors: string }> {
    const name = BY_SYNTAX[syntax];
    const deep = name === "jpeg" && shape.bytes === 2;
    if (!name || deep) throw new Refused("unsupported", syntax);
    checkSize(stream, shape);
    const { photometric } = shape;
    // This codec takes three colours for luma and two differences unless they are marked otherwise.
    if (name === "jpeg" && photometric === "RGB" && !marksRgb(stream)) {
      throw new Refused("unsupported", "colours that are marked in two ways");
    }
    const decoded =
      name === "jpeg-lossless" ? lossless(stream) : await this.#wasm(name, stream, shape);
    const { rows, columns, samples, bytes } = shape;
    if (decoded.length !== rows * columns * samples * bytes) {
      throw new Refused("broken", "another size than the file says");
    }
    // Two of them give red, green and blue; the others what is written there.
    const turns = name === "jpeg" || /^YBR_(ICT|RCT)$/.test(photometric);
    return { bytes: decoded, colors: shape.samples === 3 && turns ? "RGB" : photometric };
  }

  async #wasm(name: CodecName, stream: Uint8Array, shape: Shape): Promise<Uint8Array> {
    const making = this.#made.get(name) ?? this.#load(name);
    this.#made.set(name, making);
    const Decoder = await making.catch((error: unknown) => {
      this.#made.delete(name);
      throw error;
    });
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
    const { decoder, factory } = CODECS[name];
    const made = (await factory({ wasmBinary: await this.#fetch(name) }))[decoder];
    if (!made) throw new TypeError("a codec without its decoder");
    return made;
  }
}

function lossless(stream: Uint8Array): Uint8Array {
  try {
    const { buffer, byteOffset, byteLength } = stream;
    return new Uint8Array(new LosslessDecoder().decompress(buffer, byteOffset, byteLength));
  } catch (error) {
    throw new Refused("broken", String(error));
  }
}
