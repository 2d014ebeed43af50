/* What is recorded: the microphone, what this computer plays, or both together; and how loud it is. */

const MICROPHONE = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const FALL = 0.9; // of the level, from one picture to the next

/* Throws what the browser does when its person says no. */
export async function open(source) {
  const streams = [];
  if (source !== "system") {
    streams.push(await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE }));
  }
  if (source !== "microphone") {
    const shared = await navigator.mediaDevices.getDisplayMedia({ audio: true, video: true });
    if (!shared.getAudioTracks().length) {
      shared.getTracks().forEach((track) => track.stop());
      streams.forEach(stop);
      throw new DOMException("without sound", "NotFoundError");
    }
    streams.push(shared);
  }
  return mix(streams);
}

function mix(streams) {
  const context = new AudioContext();
  const together = context.createMediaStreamDestination();
  const analyser = context.createAnalyser();
  for (const stream of streams) {
    const source = context.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
    source.connect(together);
    source.connect(analyser);
  }
  const samples = new Float32Array(analyser.fftSize);
  let last = 0;
  return {
    stream: together.stream,
    type: TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? "",
    tracks: streams.flatMap((stream) => stream.getAudioTracks()),
    /* 0 to 1; it falls slowly, so that it can be read. */
    level() {
      analyser.getFloatTimeDomainData(samples);
      last = Math.max(last * FALL, ...samples.map(Math.abs));
      return Math.min(1, last);
    },
    close() {
      streams.forEach(stop);
      context.close();
    },
  };
}

function stop(stream) {
  stream.getTracks().forEach((track) => track.stop());
}
