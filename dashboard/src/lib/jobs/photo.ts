/** A photo on its way to the hub: made small here, which also leaves out place, time and whose phone it was. */
import { ApiProblem, call } from "../api/client";
import type { Photo } from "../api/types";
import { late } from "../late";

const LONGEST = 1600;
const WANTED = 400_000;
/** What the hub takes at most. */
const LARGEST = 1_000_000;
const QUALITIES = [0.8, 0.65, 0.5, 0.35];
const PATIENCE_MS = 20_000;

/** A problem told in words that come with this room. */
function problem(code: string, what: string, remedy: string): ApiProblem {
  return new ApiProblem({
    type: "about:blank", title: what, title_de: what, status: 0, code, detail: "", remedy, remedy_de: remedy, errors: [],
  });
}

/** An id for a photo; it stays the same when the photo is sent again. `randomUUID` exists on encrypted pages only. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `pho-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Draws the picture anew as a small JPEG. Throws ApiProblem when it cannot be opened. */
export async function shrunk(file: Blob): Promise<Blob> {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return await drawn(image);
  } catch {
    throw problem("photo-unreadable", late("photo.unreadable"), late("photo.unreadable_remedy"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function drawn(image: HTMLImageElement): Promise<Blob> {
  const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  let made: Blob | null = null;
  for (const quality of QUALITIES) {
    made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (made && made.size <= WANTED) break;
  }
  if (!made || made.size > LARGEST) throw new Error();
  return made;
}

/** Where the hub keeps it. */
export const addressOf = (job: string, id: string): string => `/jobs/${encodeURIComponent(job)}/photos/${id}`;

/** Sends it; sent again with the same id it is the same photo. Throws ApiProblem. */
export async function send(job: string, step: string, id: string, photo: Blob): Promise<Photo> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const lost = () => problem("photo-not-sent", late("photo.not_sent"), late("photo.not_sent_remedy"));
  const tooLate = new Promise<never>((_, fail) => (timer = setTimeout(() => fail(lost()), PATIENCE_MS)));
  try {
    return await Promise.race([call<Photo>("PUT", `${addressOf(job, id)}?step=${encodeURIComponent(step)}`, photo), tooLate]);
  } catch (error) {
    throw error instanceof ApiProblem && error.code === "unreachable" ? lost() : error;
  } finally {
    clearTimeout(timer);
  }
}
