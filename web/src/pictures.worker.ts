/** The worker that decodes JPEG and PNG: as that for PDF, and it has nothing to compile. */
import "./platform/alone.ts";
import "./platform/ceiling.ts";

import { openPicture } from "./features/viewing/pictures/open.ts";
import { type Scope, serve } from "./features/viewing/serving.ts";

serve(globalThis as unknown as Scope, openPicture);
