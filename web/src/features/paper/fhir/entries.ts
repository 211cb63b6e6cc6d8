/** The frame of a FHIR document: entries that refer to each other, in a bundle that names it. */
import { type Json, type Resource, URI } from "./systems.ts";

export interface Entry {
  readonly fullUrl: string;
  readonly resource: Resource;
}

/** @param uuid gives a new random UUID at each call */
export const entriesWith =
  (uuid: () => string) =>
  (make: (url: string) => Resource): Entry => {
    const id = uuid();
    const fullUrl = `urn:uuid:${id}`;
    const { resourceType, ...rest } = make(fullUrl);
    return { fullUrl, resource: { resourceType, id, ...rest } };
  };

interface Document {
  readonly id: string;
  readonly issued: string;
}

/** @param entries the composition first */
export const documentBundle = ({ id, issued }: Document, entries: readonly Entry[]): Resource => ({
  resourceType: "Bundle",
  id,
  language: "fr-FR",
  identifier: { system: URI, value: `urn:uuid:${id}` },
  type: "document",
  timestamp: issued,
  entry: entries.map(({ fullUrl, resource }): Json => ({ fullUrl, resource })),
});
