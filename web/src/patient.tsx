import { GuestPage } from "./features/guest/view/guest-page.tsx";
import { createGuest } from "./features/guest/visit.ts";
import { browserPlatform } from "./platform/browser.ts";
import { start } from "./start.tsx";

void start(
  async (texts) => {
    const guest = createGuest(await browserPlatform(), () => texts.language.peek());
    return <GuestPage guest={guest} />;
  },
  "guest",
  "media",
  "problems",
);
