/** Photos: drawn anew, so that nothing of what the camera wrote into the file goes along. */
import type { Photos } from "../features/ports.ts";

/** The longer side; enough to judge a skin at arm's length, and about half a megabyte. */
const LONGEST = 2048;
const QUALITY = 0.85;

export const photos: Photos = {
  async clean(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    try {
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      const context = canvas.getContext("2d", { alpha: false });
      if (!context) throw new DOMException("no canvas here", "NotSupportedError");
      context.fillStyle = "#ffffff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise<Blob | null>((done) =>
        canvas.toBlob(done, "image/jpeg", QUALITY),
      );
      if (!blob) throw new DOMException("the picture cannot be written", "EncodingError");
      return new Uint8Array(await blob.arrayBuffer());
    } finally {
      picture.close();
    }
  },
  url: (bytes, media) => URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: media })),
};
