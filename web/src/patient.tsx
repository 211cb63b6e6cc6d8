import { GuestPage } from "./features/guest/view/guest-page.tsx";
import { createGuest } from "./features/guest/visit.ts";
import { browserPlatform } from "./platform/browser.ts";
import { start } from "./start.tsx";
import { later } from "./ui/later.tsx";

const Images = later(async () => (await import("./images.tsx")).Images);

void start(
  async (texts) => {
    const guest = createGuest(await browserPlatform(), () => texts.language.peek());
    return <GuestPage guest={guest} Images={Images} />;
  },
  "guest",
  "media",
  "problems",
);
