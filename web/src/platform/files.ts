/** Downloads and the browser's PDF viewer, by addresses that live for a minute, in this page only. */

const LIFE = 60_000;

function follow(file: Blob, prepare: (link: HTMLAnchorElement) => void): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  prepare(link);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), LIFE);
}

export const save = (name: string, media: string, bytes: Uint8Array): void =>
  saveFile(name, new Blob([new Uint8Array(bytes)], { type: media }));

/** The same, of what may be on the disk. */
export function saveFile(name: string, file: Blob): void {
  follow(file, (link) => {
    link.download = name;
  });
}

export function openPdf(bytes: Uint8Array): void {
  follow(new Blob([new Uint8Array(bytes)], { type: "application/pdf" }), (link) => {
    link.target = "_blank";
    link.rel = "noopener";
  });
}
