/** The camera, microphone and speaker of this page, as its views see them. */
import type { ReadonlySignal } from "@preact/signals";
import type { Problem } from "../problems.ts";

export interface Device {
  readonly id: string;
  readonly label: string;
}

export interface MediaModel {
  /** What the others are sent, and the own preview. */
  readonly stream: ReadonlySignal<MediaStream | null>;
  /** The microphone's level, 0 to 1. */
  readonly level: ReadonlySignal<number>;
  readonly cameras: ReadonlySignal<readonly Device[]>;
  readonly microphones: ReadonlySignal<readonly Device[]>;
  /** Empty where the browser has no choice of speakers. */
  readonly speakers: ReadonlySignal<readonly Device[]>;
  readonly camera: ReadonlySignal<string | null>;
  readonly microphone: ReadonlySignal<string | null>;
  readonly speaker: ReadonlySignal<string | null>;
  readonly audio: ReadonlySignal<boolean>;
  readonly video: ReadonlySignal<boolean>;
  readonly screen: ReadonlySignal<boolean>;
  /** A drawn picture stands in for a camera. */
  readonly testPicture: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | null>;
  start(): Promise<void>;
  chooseCamera(id: string): Promise<void>;
  chooseMicrophone(id: string): Promise<void>;
  chooseSpeaker(id: string): Promise<void>;
  flipCamera(): Promise<void>;
  useTestPicture(): Promise<void>;
  setAudio(on: boolean): void;
  setVideo(on: boolean): void;
  shareScreen(): Promise<void>;
  stopScreen(): void;
  testSpeaker(): Promise<void>;
  stop(): void;
}
