/** The workers that pages start. */
import files from "../files.worker.ts?worker&url";
import imaging from "../imaging.worker.ts?worker&url";
import pdfs from "../pdfs.worker.ts?worker&url";
import pictures from "../pictures.worker.ts?worker&url";
import { starter } from "./trusted.ts";

export const startWorker = starter({ files, imaging, pdfs, pictures });
