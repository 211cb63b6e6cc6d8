/** A picture that moves, for who has no camera: coloured bars and the hand of a clock. */

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 15;
const BARS = ["#c9d6df", "#e0c060", "#58b0b0", "#62a860", "#a868a0", "#b85850", "#4860a8"];

function draw(canvas: CanvasRenderingContext2D, seconds: number): void {
  const width = WIDTH / BARS.length;
  for (const [index, colour] of BARS.entries()) {
    canvas.fillStyle = colour;
    canvas.fillRect(index * width, 0, width + 1, HEIGHT);
  }
  const turn = (seconds / 10) * 2 * Math.PI;
  canvas.fillStyle = "#102030";
  canvas.beginPath();
  canvas.arc(WIDTH / 2, HEIGHT / 2, 120, 0, 2 * Math.PI);
  canvas.fill();
  canvas.strokeStyle = "#ffffff";
  canvas.lineWidth = 10;
  canvas.lineCap = "round";
  canvas.beginPath();
  canvas.moveTo(WIDTH / 2, HEIGHT / 2);
  canvas.lineTo(WIDTH / 2 + 100 * Math.sin(turn), HEIGHT / 2 - 100 * Math.cos(turn));
  canvas.stroke();
}

/** A video track of the picture and a sound track of silence; stopping the video stops both. */
export function drawTestPicture(): MediaStream {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new DOMException("no canvas here", "NotSupportedError");
  const stream = canvas.captureStream(FRAMES);
  const sound = new AudioContext();
  const silence = sound.createMediaStreamDestination();
  for (const track of silence.stream.getAudioTracks()) stream.addTrack(track);
  // A timer and not an animation frame: it goes on while the page is hidden.
  const started = performance.now();
  const paint = (): void => {
    draw(context, (performance.now() - started) / 1000);
    if (stream.getVideoTracks().every(({ readyState }) => readyState === "ended")) {
      clearInterval(timer);
      void sound.close();
    }
  };
  const timer = setInterval(paint, 1000 / FRAMES);
  paint();
  return stream;
}
