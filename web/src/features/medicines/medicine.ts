/** One speciality of the public database of medicines, as far as a prescription needs it. */
export interface Medicine {
  /** Code of the speciality (CIS), eight digits. */
  readonly cis: string;
  /** As published: `DOLIPRANE 1000 mg, comprimé`. */
  readonly name: string;
  /** As published: `comprimé pelliculé sécable`. */
  readonly form: string;
  /** As published: `orale`, `intraveineuse`. */
  readonly routes: readonly string[];
  readonly substances: readonly Substance[];
  /** As published: `liste I`, `stupéfiants`; none where that file was not loaded. */
  readonly conditions: readonly string[];
}

export interface Substance {
  /** As published, in capitals. */
  readonly name: string;
  /** `500 mg`; empty where none is published. */
  readonly amount: string;
  /** What holds that amount: `un comprimé`, `5 ml`; empty where none is published. */
  readonly per: string;
}
