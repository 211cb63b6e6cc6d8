/**
 * The worker that reads PDF and nothing else. Its answer's own policy lets it compile decoders, and
 * lets it reach no server, nor start another worker, and it has none of what pages share: what a
 * hostile file made of it could tell nobody.
 */
import "./platform/alone.ts";
import "./platform/ceiling.ts";
import "./platform/before-pdf.ts";

import { openPdf } from "./features/viewing/pdf/open.ts";
import { type Scope, serve } from "./features/viewing/serving.ts";

Reflect.deleteProperty(globalThis, "window");
serve(globalThis as unknown as Scope, openPdf);
