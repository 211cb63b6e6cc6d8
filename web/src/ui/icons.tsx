/** Our own icons: strokes on a grid of 24, drawn as path data, coloured by the text around them. */
const PATHS = {
  alert: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.2",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
  camera: "M3 7.5h12v9H3zM15 11l6-3.5v9L15 13",
  cameraOff: "M3 7.5h3M10 7.5h5V11l6-3.5v9l-3.5-2M15 15v1.5H3v-9M3 3l18 18",
  chat: "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5",
  check: "M5 12.5 10 17.5 19.5 7",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  document: "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h5",
  door: "M5 21V4l9-1.5v19zM14 5h5v16M3 21h18M11 12v.5",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14",
  flip: "M5 10a7.5 7.5 0 0 1 13.5-2M19 4v4.5h-4.5M19 14a7.5 7.5 0 0 1-13.5 2M5 20v-4.5h4.5",
  folder: "M3 6h6l2 2.5h10V19H3z",
  hangUp: "M3 14.5c5-5.5 13-5.5 18 0l-2.2 2.8-4.1-1.8-.2-3c-1.6-.5-3.4-.5-5 0l-.2 3-4.1 1.8z",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5.5M12 7.6v.2",
  lock: "M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 15v1.8",
  unlock: "M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 6.8-1.2M12 15v1.8",
  mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  micOff:
    "M9 6a3 3 0 0 1 6 0v5M9 9.5V11a3 3 0 0 0 4.4 2.7M5.5 11.5a6.5 6.5 0 0 0 10 5.4M18.4 12.8l.1-1.3M12 18v3M3 3l18 18",
  pause: "M8.5 5v14M15.5 5v14",
  pen: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5",
  passkey: "M4 15v-3a8 8 0 0 1 16 0v4M8 19.5V12a4 4 0 0 1 8 0v6.5M12 12v9",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5a7.5 7.5 0 0 1 15 0",
  personAdd: "M10 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M2.5 20.5a7.5 7.5 0 0 1 13-5M18.5 14v7M15 17.5h7",
  photo: "M4 5h16v14H4zM4 16l5-5 5 5 2.5-2.5L20 17M15.5 9v.2",
  plus: "M12 5v14M5 12h14",
  print:
    "M7 8V3.5h10V8M7 17H4V9.5A1.5 1.5 0 0 1 5.5 8h13A1.5 1.5 0 0 1 20 9.5V17h-3M7 13.5h10v7H7z",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v3M14 20h3M20 20v.1",
  screen: "M3 5h18v11H3zM8 20h8M12 16v4M12 13V8M9.5 10.5 12 8l2.5 2.5",
  screenOff: "M3 5h18v11H3zM8 20h8M12 16v4M9.5 8l5 5M14.5 8l-5 5",
  send: "M4 12 20 4.5 15 20l-3.5-6.5zM11.5 13.5 20 4.5",
  share: "M12 3v12M8 7l4-4 4 4M6 11H4.5v9.5h15V11H18",
  sliders: "M4 7h9M17 7h3M4 17h3M11 17h9M13 4.5v5M7 14.5v5",
  sound: "M4 9.5v5h4l5 4v-13l-5 4zM16.5 9a4.5 4.5 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  soundOff: "M4 9.5v5h4l5 4v-13l-5 4zM16.5 9.5l5 5M21.5 9.5l-5 5",
  trash: "M4 6.5h16M9 6.5V4h6v2.5M6 6.5 7 20.5h10l1-14M10 10.5v6M14 10.5v6",
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside a word or inside a named control, so hidden from assistive technology. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: two people inside a pair of parentheses, an aside. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M10 4C3.5 10.5 3.5 21.5 10 28M22 4C28.5 10.5 28.5 21.5 22 28" />
      <circle class="dot" cx="16" cy="11.5" r="3" />
      <circle class="dot second" cx="16" cy="20.5" r="3" />
    </svg>
  );
}
