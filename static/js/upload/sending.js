/* Sends one file by tus, in parts, and goes on by itself after whatever interrupts it. */

import "../../vendor/tus-js-client/dist/tus.min.js";

const { Upload } = window.tus;

// Six minutes: a server that restarts, a tunnel, a change of network. Each part that arrives begins them anew.
const RETRY_MILLISECONDS = [0, 1000, 2000, 4000, 8000, 15_000, ...Array(11).fill(30_000)];
const UNFIT = 422; // for what the file is, which another try does not change
const OF_CHOICES = new Set(["english_only", "unknown_option"]); // which can be chosen otherwise
const RETRIED = new Set([0, 408, 409, 423, 425, 460, 500, 502, 503, 504]);

/** `told` has the functions address, progress, broken, arrived and refused; see transfer.js. */
export async function sending({ file, metadata, address, site, told }) {
  const upload = new Upload(file, {
    endpoint: site.tus,
    uploadUrl: address || null,
    chunkSize: Number(site.chunkBytes),
    retryDelays: RETRY_MILLISECONDS,
    metadata: { filename: file.name, filetype: file.type, lastModified: file.lastModified, ...metadata },
    storeFingerprintForResuming: true,
    removeFingerprintOnSuccess: true,
    onUploadUrlAvailable: () => told.address(upload.url),
    onProgress: (sent) => told.progress(sent),
    onShouldRetry: (error) => {
      const again = RETRIED.has(status(error));
      if (again) {
        told.broken();
      }
      return again;
    },
    onSuccess: ({ lastResponse }) => told.arrived(lastResponse.getHeader("Transcription-Location") ?? ""),
    onError: (error) => {
      const { code, detail } = problem(error);
      told.refused(detail ?? saying(error, site), status(error) === UNFIT && !OF_CHOICES.has(code));
    },
  });
  if (!address) {
    await goOnWhereItWas(upload, metadata);
  }
  return upload;
}

/** The same file, begun earlier in this browser, is continued; unless something else was chosen for it then. */
async function goOnWhereItWas(upload, metadata) {
  const earlier = await upload.findPreviousUploads();
  const same = earlier.find((one) => Object.keys(metadata).every((name) => one.metadata[name] === metadata[name]));
  if (same) {
    upload.resumeFromPreviousUpload(same);
  }
}

function status(error) {
  return error.originalResponse?.getStatus() ?? 0;
}

/** What the server itself says: a code, and a sentence as `detail`. */
function problem(error) {
  const isOurs = error.originalResponse?.getHeader("Content-Type")?.startsWith("application/problem+json");
  return isOurs ? JSON.parse(error.originalResponse.getBody()) : {};
}

/** Nobody answered, or something in between did. */
function saying(error, site) {
  return status(error) === 413 ? site.tooLarge : site.brokenUpload;
}
