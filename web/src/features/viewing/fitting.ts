/** How large a page is shown. */

/** The whole page, or all of its width; or so many times its own size. */
export type Zoom = "page" | "width" | number;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const [LEAST_ZOOM, MOST_ZOOM] = [0.1, 8];
const STEP = 1.25;

const within = (zoom: number): number => Math.min(Math.max(zoom, LEAST_ZOOM), MOST_ZOOM);

/** So many pixels of the screen for one of the page. */
export function scaleOf(zoom: Zoom, page: Size, frame: Size): number {
  if (typeof zoom === "number") return zoom;
  const across = frame.width / page.width;
  const fit = zoom === "width" ? across : Math.min(across, frame.height / page.height);
  return fit > 0 ? within(fit) : 1;
}

/** A step nearer or farther from how it is shown now. */
export const stepped = (scale: number, nearer: boolean): number =>
  within(nearer ? scale * STEP : scale / STEP);
