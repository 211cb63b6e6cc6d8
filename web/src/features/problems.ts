/**
 * Every problem that a person can meet: one key per text of `problems/texts/`. A key is an
 * ErrorCode of the wire, a code of the sealing layer, or one of the page's own below.
 */
export type LocalProblem =
  | "no_media_devices"
  | "in_app_browser"
  | "camera_denied"
  | "camera_missing"
  | "camera_busy"
  | "autoplay_blocked"
  | "storage_unavailable"
  | "unsupported_browser"
  | "other_practitioner"
  | "cannot_sign_twice"
  | "demo_elsewhere"
  | "other_tab"
  | "offline"
  | "reconnecting"
  | "weak_network"
  | "media_failed"
  | "sas_changed"
  | "send_failed"
  | "photo_unreadable"
  | "too_many_files"
  | "document_unsent"
  | "documents_pending"
  | "wrong_digits"
  | "practice_full"
  | "too_many_devices"
  | "too_many_helped"
  | "help_elsewhere"
  | "back_elsewhere";

export interface Problem {
  readonly key: string;
  /** Security, or nothing goes on without it: shown as an alert. */
  readonly loud: boolean;
  /** What a button next to the sentence does, where something can be done. */
  readonly retry?: () => void;
}
