/** Levels and short sounds, through Web Audio. */

const LEVEL_EVERY = 66;

/** Tells the loudness of the stream's sound, 0 to 1, until the returned function is called. */
export function watchLevel(stream: MediaStream, told: (level: number) => void): () => void {
  if (stream.getAudioTracks().length === 0) return () => undefined;
  const context = new AudioContext();
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    // Without a gesture the context waits; it may start at any later one.
    if (context.state === "suspended") void context.resume();
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // -60 dB to 0 dB on a line from 0 to 1.
    told(power > 0 ? Math.min(1, Math.max(0, 1 + Math.log10(power) / 6)) : 0);
  }, LEVEL_EVERY);
  return () => {
    clearInterval(timer);
    source.disconnect();
    void context.close();
  };
}

interface Note {
  readonly hertz: number;
  readonly at: number;
}

const CHIME: readonly Note[] = [
  { hertz: 523.25, at: 0 },
  { hertz: 659.25, at: 0.22 },
  { hertz: 783.99, at: 0.44 },
];
const LENGTH = 1.2;

function play(context: AudioContext, out: AudioNode): void {
  for (const { hertz, at } of CHIME) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = context.currentTime + at;
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.3, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
    tone.connect(loudness).connect(out);
    tone.start(start);
    tone.stop(start + 0.65);
  }
}

/** Plays three notes, on the speaker chosen where the browser can choose; resolves at their end. */
export async function playChime(speaker: string | null): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    const element = new Audio();
    if (speaker && "setSinkId" in element) {
      const out = context.createMediaStreamDestination();
      await element.setSinkId(speaker);
      element.srcObject = out.stream;
      play(context, out);
      await element.play();
    } else {
      play(context, context.destination);
    }
    await new Promise((done) => setTimeout(done, LENGTH * 1000));
    element.srcObject = null;
  } finally {
    await context.close();
  }
}
