import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import type { CallModel } from "../call.ts";

/** `mm:ss`, or `h:mm:ss` from an hour on. */
function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long the call has lasted, and how good the connection is, in words. */
export function CallStatus({ call }: { call: CallModel }) {
  const say = useTexts("consult");
  const refused = call.link.value === "refused";
  const since = refused ? null : call.since.value;
  const quality = refused ? "unknown" : call.quality.value;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <p class="call-status">
      {since !== null && (
        <time role="timer">{clock(Math.max(0, Math.floor((now - since) / 1000)))}</time>
      )}
      {quality !== "unknown" && (
        <span class={`quality ${quality}`}>
          <span class="bars" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {say(`quality_${quality}`)}
        </span>
      )}
    </p>
  );
}
