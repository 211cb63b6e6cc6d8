/** The WebSocket to the server that served the page. */
import type { Dial } from "../features/ports.ts";

const PROTOCOL = "aparte.1";

export const dial: Dial = (events) => {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/socket`, PROTOCOL);
  socket.binaryType = "arraybuffer";
  let over = false;
  const end = (code: number): void => {
    if (over) return;
    over = true;
    events.closed(code);
  };
  socket.addEventListener("message", ({ data }) => {
    if (!over && data instanceof ArrayBuffer) events.message(new Uint8Array(data));
  });
  socket.addEventListener("close", ({ code }) => end(code));
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(message));
    },
    close() {
      // A dead network would keep the closing handshake waiting: the caller is told at once.
      socket.close(1000);
      end(1000);
    },
  };
};
