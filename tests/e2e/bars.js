// Runs before the page's own scripts. Replaces the camera by a picture that says whose it is: 16
// black or white bars, eight for an identity byte and eight for a counter that moves with each frame.
// Sound stays that of the browser's fake microphone. Also keeps a list of the page's peer connections,
// for getStats(). `IDENTITY` is filled in by browsers.py.
(() => {
  const WIDTH = 320;
  const HEIGHT = 240;
  const BARS = 16;

  // Only what changed: the page under test shares this thread.
  const draw = (context, bits, before) => {
    for (let bar = 0; bar < BARS; bar += 1) {
      if (((bits ^ before) >> (BARS - 1 - bar)) % 2 === 0) continue;
      context.fillStyle = (bits >> (BARS - 1 - bar)) & 1 ? '#fff' : '#000';
      context.fillRect((bar * WIDTH) / BARS, 0, WIDTH / BARS, HEIGHT);
    }
  };

  const bars = (identity) => {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext('2d');
    let bits = identity << 8;
    draw(context, bits, ~bits);
    const timer = setInterval(() => {
      const next = (identity << 8) | ((bits + 1) & 0xff);
      draw(context, next, bits);
      bits = next;
    }, 100);
    const [track] = canvas.captureStream(10).getVideoTracks();
    const stop = track.stop.bind(track);
    track.stop = () => {
      clearInterval(timer);
      stop();
    };
    return track;
  };

  const devices = navigator.mediaDevices;
  if (devices) {
    const original = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints = {}) => {
      const stream = constraints.audio
        ? await original({ audio: constraints.audio })
        : new MediaStream();
      if (constraints.video) stream.addTrack(bars(IDENTITY));
      return stream;
    };
  }

  const connections = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...parameters) {
      super(...parameters);
      connections.push(this);
    }
  };

  // Reads a video's present frame: [identity, counter], or null while there is none.
  const canvas = document.createElement('canvas');
  canvas.width = BARS * 4;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const read = (video) => {
    if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
    context.drawImage(
      video, 0, video.videoHeight / 2, video.videoWidth, 1, 0, 0, canvas.width, 1,
    );
    const pixels = context.getImageData(0, 0, canvas.width, 1).data;
    let bits = 0;
    for (let bar = 0; bar < BARS; bar += 1) {
      bits = (bits << 1) | (pixels[(bar * 4 + 2) * 4] > 127 ? 1 : 0);
    }
    return [bits >> 8, bits & 0xff];
  };

  const labelled = (label) =>
    [...document.querySelectorAll('video')].find((v) => v.getAttribute('aria-label') === label);

  // Watches a video: how often its counter moved, the longest time it stood still (ms), and every
  // identity that was seen in more than one reading running (a frame in transition reads as noise).
  const watch = (label) => {
    const seen = { moved: 0, longest: 0, identities: [] };
    let last = performance.now();
    let counter = null;
    let candidate = null;
    const timer = setInterval(() => {
      const now = performance.now();
      const frame = read(labelled(label));
      if (frame && frame[1] !== counter) {
        if (frame[0] === candidate && !seen.identities.includes(frame[0])) {
          seen.identities.push(frame[0]);
        }
        candidate = frame[0];
        counter = frame[1];
        seen.moved += 1;
        last = now;
      }
      seen.longest = Math.max(seen.longest, now - last);
    }, 25);
    return () => {
      clearInterval(timer);
      return seen;
    };
  };

  window.harness = { bars, connections, labelled, read, watch };
})();
