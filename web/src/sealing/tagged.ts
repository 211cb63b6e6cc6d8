/** JSON objects whose `t` names their type: what people say to each other, and what letters hold. */
import * as v from "valibot";
import { jsonObject } from "./encoding.ts";
import { require } from "./errors.ts";

type Forms = Readonly<Record<string, v.GenericSchema>>;

/** An object as it is read: keys and hashes decoded. */
export type Read<F extends Forms> = { [T in keyof F]: v.InferOutput<F[T]> }[keyof F];

/** An object as it is written: bytes as base64url. */
export type Written<F extends Forms> = { [T in keyof F]: v.InferInput<F[T]> }[keyof F];

/** Undefined for a type that is unknown here. Refuses with `bad_message`. */
export function readTagged<const F extends Forms>(
  forms: F,
  bytes: Uint8Array,
): Read<F> | undefined {
  const value = jsonObject(bytes, "bad_message");
  const type: unknown = "t" in value ? value.t : undefined;
  require(typeof type === "string", "bad_message");
  if (!Object.hasOwn(forms, type)) return undefined;
  const form = forms[type as keyof F];
  require(form !== undefined, "bad_message");
  const result = v.safeParse(form, value, { abortEarly: true });
  require(result.success, "bad_message");
  return result.output as Read<F>;
}
