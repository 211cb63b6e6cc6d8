/** A JPEG or PNG, drawn by the browser once its own words about itself were checked. */
import { kindOf } from "../kind.ts";
import { MOST_DRAWN, MOST_PIXELS } from "../limits.ts";
import type { Opened } from "../serving.ts";
import { type Note, Refused, type Sheet } from "../sheet.ts";
import { sizeOfJpeg } from "./jpeg.ts";
import { sizeOfPng } from "./png.ts";

/** Rejects with Refused. */
export async function openPicture(file: Blob): Promise<Opened> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = kindOf(bytes);
  if (kind !== "jpeg" && kind !== "png") throw new Refused("unsupported");
  const { width, height, moving } =
    kind === "png" ? await sizeOfPng(bytes) : { ...sizeOfJpeg(bytes), moving: false };
  if (width * height > MOST_PIXELS) throw new Refused("too_large");
  // Named by what it is: nothing is left to be guessed.
  const picture = new Blob([file], { type: `image/${kind}` });
  const notes: readonly Note[] = moving ? ["moving"] : [];
  return { pages: 1, draw: () => drawn(picture, width * height, notes) };
}

async function drawn(picture: Blob, pixels: number, notes: readonly Note[]): Promise<Sheet> {
  const whole = await createImageBitmap(picture, { imageOrientation: "from-image" }).catch(() => {
    throw new Refused("unsupported");
  });
  const { width, height } = whole;
  // It may be turned, and is then as large all the same.
  if (width * height !== pixels) throw new Refused("broken", "another size than it says");
  const by = Math.min(1, Math.sqrt(MOST_DRAWN / pixels));
  if (by === 1) return { bitmap: whole, width, height, text: [], notes };
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.floor(width * by)),
    resizeHeight: Math.max(1, Math.floor(height * by)),
    resizeQuality: "high",
  });
  whole.close();
  return { bitmap, width, height, text: [], notes };
}
