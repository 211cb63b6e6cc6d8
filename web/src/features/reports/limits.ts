/** Every limit of reports and letters, in characters unless said otherwise. */
export const LIMITS = {
  /** How many there may be. */
  sections: 12,
  title: 80,
  text: 8000,
  recipient: 300,
  templateName: 60,
  /** How long a sealed link of one lasts, and how often it may be opened. */
  link: { days: 30, openings: 3 },
  /** Of a record: how many it lists. */
  incidents: 40,
  documents: 40,
} as const;
