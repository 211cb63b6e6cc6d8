/** Reads files of marks, ours and others'. Runs in the worker of its own; nothing in them is trusted. */
import type { DataSet } from "dicom-parser";
import { Refused, readHead } from "../dicom/head.ts";
import { lettersOf, nameForPeople, textOf } from "../dicom/text.ts";
import {
  isPresentation,
  MANUFACTURER,
  MOST_BYTES,
  MOST_CHOSEN,
  SELECTION,
  UID,
} from "./classes.ts";
import { drawnIn } from "./drawn.ts";
import type { SavedMarks, Target } from "./model.ts";
import { framesOf, itemsOf } from "./tags.ts";

/** Throws Refused: `no_image` for what is DICOM and has no marks. */
export function readMarks(file: Uint8Array): SavedMarks {
  if (file.length > MOST_BYTES) throw new Refused("too_large");
  const { tags } = readHead(file);
  const sopClass = textOf(tags, "x00080016");
  const [study, instance] = [textOf(tags, "x0020000d"), textOf(tags, "x00080018")];
  if (!UID.test(study) || !UID.test(instance)) throw new Refused("broken", "no UID");
  const said = { study, instance, at: momentIn(tags, sopClass) };
  if (isPresentation(sopClass)) {
    const ours = textOf(tags, "x00080070") === MANUFACTURER;
    const by = personIn(tags, "x00700084", tags);
    return { ...said, by, chosen: [], ...drawnIn(tags, ours) };
  }
  if (sopClass !== SELECTION) throw new Refused("no_image");
  const { chosen, left } = chosenIn(tags);
  return { ...said, by: observerIn(tags), marks: [], chosen, left };
}

const personIn = (tags: DataSet, tag: string, root: DataSet): string =>
  nameForPeople(lettersOf(textOf(tags, tag, root)));

function momentIn(tags: DataSet, sopClass: string): string {
  const [date, time] = isPresentation(sopClass)
    ? (["x00700082", "x00700083"] as const)
    : (["x00080023", "x00080033"] as const);
  const day = /^(\d{4})(\d\d)(\d\d)$/.exec(textOf(tags, date));
  const hour = /^(\d\d)(\d\d)/.exec(textOf(tags, time));
  if (!day) return "";
  return `${day.slice(1).join("-")}${hour ? ` ${hour.slice(1).join(":")}` : ""}`;
}

const CONTENT = "x0040a730";
const OBSERVER = "121008";

function observerIn(tags: DataSet): string {
  const said = itemsOf(tags, CONTENT).find(
    (item) => textOf(itemsOf(item, "x0040a043")[0] ?? item, "x00080100", tags) === OBSERVER,
  );
  return said ? personIn(said, "x0040a123", tags) : "";
}

/** Images of the document's own content, and of nothing that is nested deeper (TID 2010). */
function chosenIn(tags: DataSet): Pick<SavedMarks, "chosen" | "left"> {
  const found = itemsOf(tags, CONTENT)
    .filter((item) => textOf(item, "x0040a040", tags) === "IMAGE")
    .flatMap((item) => itemsOf(item, "x00081199").slice(0, 1).flatMap(framesOf));
  const chosen: Target[] = found.filter(({ instance }) => UID.test(instance)).slice(0, MOST_CHOSEN);
  return { chosen, left: found.length - chosen.length };
}
