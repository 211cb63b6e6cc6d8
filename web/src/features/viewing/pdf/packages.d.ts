/** What pdf.js's own worker would run; here it is in the same worker as all else. */
declare module "pdfjs-dist/legacy/build/pdf.worker.mjs" {
  export const WorkerMessageHandler: unknown;
}
