/** The workers that pages start. */
import files from "../files.worker.ts?worker&url";
import imaging from "../imaging.worker.ts?worker&url";
import { starter } from "./trusted.ts";

export const startWorker = starter({ files, imaging });
