/** The fonts of what is printed, fetched when the first preview asks for them. */

// Served beside the fonts, as their licence asks.
import "@expo-google-fonts/noto-sans/LICENSE_FONT?url";
import regularUrl from "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf?url";
import boldUrl from "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf?url";
import type { Http } from "../ports.ts";
import type { FontFiles } from "./pdf/fonts.ts";

/** Rejects where the server does not answer; the next call tries again. */
export async function loadFonts(http: Http): Promise<FontFiles> {
  const [regular, bold] = await Promise.all([
    fetchFont(http, regularUrl),
    fetchFont(http, boldUrl),
  ]);
  return { regular, bold };
}

async function fetchFont(http: Http, target: string): Promise<Uint8Array> {
  const { status, body } = await http({ method: "GET", target, headers: {} });
  if (status !== 200) throw new Error(`a font was answered with ${status}`);
  return body;
}
