import { encode } from "uqr";
import "./qr.css";

export interface QrPath {
  /** As in SVG, y downwards. */
  readonly path: string;
  /** Of each side, the light border included. */
  readonly size: number;
}

/** A QR code (ISO/IEC 18004) as one path, a unit for each of its modules. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return { path, size };
}

/** The same, dark on light in both colour schemes: readers need that. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { path, size } = qrPath(text);
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
