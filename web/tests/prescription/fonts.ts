import { createRequire } from "node:module";

const file = (path: string): string =>
  createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${path}`);

/** Where the fonts of the printed page lie. */
export const FONTS = {
  regular: file("400Regular/NotoSans_400Regular.ttf"),
  bold: file("700Bold/NotoSans_700Bold.ttf"),
};
