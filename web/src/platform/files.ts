/** Downloads and the browser's PDF viewer, by addresses that live for a minute, in this page only. */

const LIFE = 60_000;

function follow(
  media: string,
  bytes: Uint8Array,
  prepare: (link: HTMLAnchorElement) => void,
): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: media }));
  const link = document.createElement("a");
  link.href = url;
  prepare(link);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), LIFE);
}

export function save(name: string, media: string, bytes: Uint8Array): void {
  follow(media, bytes, (link) => {
    link.download = name;
  });
}

export function openPdf(bytes: Uint8Array): void {
  follow("application/pdf", bytes, (link) => {
    link.target = "_blank";
    link.rel = "noopener";
  });
}
