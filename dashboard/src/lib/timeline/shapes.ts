/** The shape of what a booking is at the moment; the word is said beside it. */
import type { BookingView } from "../api/types";
import type { Tone } from "../status";
import type { IconName } from "../ui/icons";

interface Shape {
  icon: IconName;
  tone: Tone;
}

const ASKED: Shape = { icon: "question", tone: "warn" };
const SURE: Shape = { icon: "ready", tone: "ok" };
const OUT: Shape = { icon: "hand", tone: "info" };
const OVER: Shape = { icon: "archive", tone: "calm" };

/** Asked for or only held, promised, out, over. */
export function shapeOf(state: BookingView["state"]): Shape {
  if (state === "requested" || state === "held") return ASKED;
  if (state === "confirmed" || state === "packed") return SURE;
  return state === "partly_out" || state === "out" || state === "partly_back" ? OUT : OVER;
}
