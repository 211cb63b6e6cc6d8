/** Drawn pictures in place of cameras. */

/** A still scene of a person, as a live stream; `hue` tells two people apart. */
export function portrait(hue: number, width = 960, height = 720): MediaStream {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  const draw = (): void => {
    const wall = context.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, `hsl(${hue} 24% 74%)`);
    wall.addColorStop(1, `hsl(${hue} 26% 48%)`);
    context.fillStyle = wall;
    context.fillRect(0, 0, width, height);
    context.fillStyle = `hsl(${hue + 180} 18% 28%)`;
    context.beginPath();
    context.ellipse(width / 2, height * 1.08, width * 0.28, height * 0.42, 0, 0, 7);
    context.fill();
    context.fillStyle = "hsl(24 34% 62%)";
    context.beginPath();
    context.ellipse(width / 2, height * 0.42, width * 0.11, height * 0.2, 0, 0, 7);
    context.fill();
  };
  const stream = canvas.captureStream(5);
  // A stream gives a frame only when its canvas is drawn on.
  setInterval(draw, 200);
  draw();
  return stream;
}

/** A drawing, as the address of a picture in a chat. */
export function photograph(): Promise<string> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [480, 360];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "#d9b9a4";
  context.fillRect(0, 0, 480, 360);
  context.fillStyle = "#b45f52";
  context.beginPath();
  context.ellipse(250, 190, 90, 60, 0.4, 0, 7);
  context.fill();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(URL.createObjectURL(blob));
      else reject(new Error("no picture"));
    });
  });
}
