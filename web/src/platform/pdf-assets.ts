/** Where the files lie that pdf.js asks for by and by: fonts of every reader, tables of letters, decoders. */

const ADDRESSES = import.meta.glob<string>(
  [
    "../../node_modules/pdfjs-dist/cmaps/*.bcmap",
    "../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}",
    "../../node_modules/pdfjs-dist/wasm/{jbig2,openjpeg}.wasm",
    // Each has one of its own.
    "../../node_modules/pdfjs-dist/{cmaps,standard_fonts,wasm}/LICENSE*",
  ],
  { query: "?url", import: "default", eager: true },
);

const FOLDERS: Readonly<Record<string, string>> = {
  cMapUrl: "cmaps",
  standardFontDataUrl: "standard_fonts",
  wasmUrl: "wasm",
};

/** Undefined for what is none of them: the name comes out of a worker that reads hostile files. */
export function addressOf(name: string): string | undefined {
  const [kind = "", file = ""] = name.split("/");
  const path = `../../node_modules/pdfjs-dist/${FOLDERS[kind]}/${file}`;
  return Object.hasOwn(ADDRESSES, path) ? ADDRESSES[path] : undefined;
}
