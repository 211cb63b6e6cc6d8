/** Icons of the viewer alone, drawn as those of `ui/icons.tsx`: the first page of a patient has none. */
const PATHS = {
  angle: "M5 19 17 5M5 19h15M13 19a8 8 0 0 0-2.8-6",
  contrast: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17v17M14.5 8h4M14.5 12h5M14.5 16h4",
  move: "M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5",
  note: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5",
  pointer: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 2v5M12 17v5M2 12h5M17 12h5",
  ruler: "M3 16 16 3l5 5L8 21zM7 12l2 2M10 9l3 3M13 6l2 2",
  stack: "M12 3 3 8l9 5 9-5zM3 12l9 5 9-5M3 16l9 5 9-5",
  star: "M12 3.5l2.6 5.6 6 .8-4.4 4.2 1.1 6.1-5.3-3-5.3 3 1.1-6.1L3.4 9.9l6-.8z",
  zoom: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 21 21M7.5 10.5h6M10.5 7.5v6",
} as const;

export type ToolIcon = keyof typeof PATHS;

export function Picto({ name }: { name: ToolIcon }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
