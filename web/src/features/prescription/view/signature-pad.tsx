import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useTexts } from "../../../ui/context.tsx";
import { TextField } from "../../../ui/field.tsx";
import { Icon } from "../../../ui/icons.tsx";
import type { Signature } from "../../paper/model.ts";
import type { PrescriptionForm } from "../form.ts";
import { LIMITS } from "../limits.ts";
import { useProblem } from "./fields.tsx";

type Signing = Pick<PrescriptionForm, "signature" | "setSignature" | "problems">;

/** The signature, drawn or typed: who has no pointing device signs as well as anybody. */
export function SignatureField({ form }: { form: Signing }) {
  const say = useTexts("prescription");
  const error = useProblem(form)("signature");
  const [typing, setTyping] = useState(false);
  const signature = form.signature.value;
  const choose = (next: boolean): void => {
    setTyping(next);
    form.setSignature(null);
  };
  return (
    <fieldset class="rx-signature" data-field="signature" aria-describedby="rx-signature-error">
      <legend>{say("signature")}</legend>
      <div class="row" role="radiogroup" aria-label={say("signatureHow")}>
        {[false, true].map((typed) => (
          <label key={String(typed)} class="check">
            <input
              type="radio"
              name="rx-signature-kind"
              checked={typing === typed}
              onChange={() => choose(typed)}
            />
            <span>{typed ? say("signatureType") : say("signatureDraw")}</span>
          </label>
        ))}
      </div>
      {typing ? (
        <TextField
          label={say("signatureText")}
          value={signature?.kind === "typed" ? signature.text : ""}
          onInput={(text) => form.setSignature(text === "" ? null : { kind: "typed", text })}
          maxLength={60}
        />
      ) : (
        <>
          <p class="soft small">{say("signatureHint")}</p>
          <Pad form={form} />
          <div>
            <Button compact disabled={!signature} onPress={() => form.setSignature(null)}>
              {say("signatureClear")}
            </Button>
          </div>
        </>
      )}
      <p class="error" id="rx-signature-error">
        {error && (
          <>
            <Icon name="alert" />
            <span>{error}</span>
          </>
        )}
      </p>
    </fieldset>
  );
}

type Stroke = { x: number; y: number }[];

function Pad({ form }: { form: Signing }) {
  const say = useTexts("prescription");
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = useRef<Stroke | null>(null);

  const place = (event: PointerEvent, element: HTMLElement): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const keep = (): void => {
    const box = canvas.current?.getBoundingClientRect();
    const drawn = stroke.current;
    stroke.current = null;
    if (!box || !drawn) return;
    const before = form.signature.peek();
    const strokes = before?.kind === "drawn" ? before.strokes : [];
    const points = strokes.reduce((sum, one) => sum + one.length, drawn.length);
    if (points > LIMITS.signaturePoints) return;
    form.setSignature({
      kind: "drawn",
      width: box.width,
      height: box.height,
      strokes: [...strokes, drawn],
    });
  };

  useSignalEffect(() => {
    paint(canvas.current, form.signature.value, null);
  });
  // Its box changes with the window, and comes back from nothing when a hidden panel shows again.
  useEffect(() => {
    const observer = new ResizeObserver(() => paint(canvas.current, form.signature.peek(), null));
    if (canvas.current) observer.observe(canvas.current);
    return () => observer.disconnect();
  }, [form]);

  return (
    <canvas
      ref={canvas}
      class="rx-pad"
      role="img"
      aria-label={say("signaturePad")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        stroke.current = [place(event, event.currentTarget)];
      }}
      onPointerMove={(event) => {
        if (!stroke.current) return;
        stroke.current.push(place(event, event.currentTarget));
        paint(event.currentTarget, form.signature.peek(), stroke.current);
      }}
      onPointerUp={keep}
      onPointerCancel={keep}
    />
  );
}

/** Draws at the screen's own density, in the colour of the text around it. */
function paint(
  element: HTMLCanvasElement | null,
  signature: Signature | null,
  current: Stroke | null,
) {
  const pen = element?.getContext("2d");
  if (!element || !pen) return;
  const { width, height } = element.getBoundingClientRect();
  const density = window.devicePixelRatio;
  element.width = Math.round(width * density);
  element.height = Math.round(height * density);
  pen.scale(density, density);
  pen.strokeStyle = getComputedStyle(element).color;
  pen.lineWidth = 2.2;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  const drawn = signature?.kind === "drawn" ? signature : null;
  const scale = drawn ? Math.min(width / drawn.width, height / drawn.height) : 1;
  for (const one of drawn?.strokes ?? []) line(pen, one, scale);
  if (current) line(pen, current, 1);
}

function line(
  pen: CanvasRenderingContext2D,
  points: readonly { x: number; y: number }[],
  scale: number,
) {
  pen.beginPath();
  for (const { x, y } of points) pen.lineTo(x * scale, y * scale);
  pen.stroke();
}
