/** A USB scanner types a code and Enter, much faster than people, into whatever has the focus. */
import { reading } from "./codes";
import { sayings, typedBy, type Press } from "./layouts";

/** From so many characters on it may be a code; after what somebody typed by hand, from as many as our codes have. */
const SHORTEST = 3;
const SHORTEST_AFTER = 7;
/** Milliseconds between two characters: on average, and at most. Quick typists need twice that. */
const SLOWEST = 50;
const SLOWEST_GAP = 2 * SLOWEST;
/** After so long a new text begins. */
const APART = 10 * SLOWEST;
const NO_TEXT = new Set(["checkbox", "radio", "button", "submit", "file", "range", "color"]);

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isField = (target: EventTarget | null): target is Field =>
  (target instanceof HTMLInputElement && !NO_TEXT.has(target.type)) || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** A key that writes something, or would on another keyboard: accents wait for a letter there. */
const isTyped = (event: KeyboardEvent): boolean =>
  (event.key.length === 1 || event.key === "Dead") && !event.ctrlKey && !event.metaKey && !event.altKey;

/** A press, when it was, and what its field held before. */
interface Timed extends Press {
  at: number;
  before: string;
}

/** The address of a label in it, at whatever speed: nobody types one into another field and ends it with Enter. */
function addressIn(presses: Timed[]): Timed[] {
  for (let first = 0; first < presses.length; first++) {
    if (!/^h$/i.test(presses[first]!.key)) continue;
    const part = presses.slice(first);
    if (sayings(part).some((text) => reading(text).isAddress)) return part;
  }
  return [];
}

/** The end of it that came too fast for a person; empty when there is none. A busy computer may have stopped once. */
function burstOf(presses: Timed[]): Timed[] {
  const pauses = presses.flatMap((one, at) => (at > 0 && one.at - presses[at - 1]!.at > SLOWEST_GAP ? [at] : []));
  const whole = pauses.length <= 1 && each(presses) <= SLOWEST && presses.length >= SHORTEST;
  const end = presses.slice(pauses.at(-1) ?? 0);
  if (end.length >= SHORTEST_AFTER && end.length < presses.length && each(end) <= SLOWEST) return end;
  return whole ? presses : [];
}
const each = (presses: Timed[]): number => (presses.at(-1)!.at - presses[0]!.at) / Math.max(1, presses.length - 1);

/**
 * A listener for keys, before anybody else hears them. What is typed outside of any field goes to the `desk`. A code that a
 * scanner typed is taken out of the field it came into and given to `take`, in each way its keys can be read; so are
 * Enter and Tab, with which scanners end.
 */
export function scannerKeys(desk: () => HTMLInputElement | undefined, take: (sayings: string[]) => void): (event: KeyboardEvent) => void {
  let presses: Timed[] = [];
  let into: EventTarget | null = null;

  function restored(field: Field, value: string): void {
    field.value = value;
    field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
  }

  /** Enter hands nothing out: a slow scanner sends it too, and only the button means it. */
  function back(event: KeyboardEvent): void {
    const target = event.target;
    if (event.key !== "Enter" || target === desk() || !(target instanceof HTMLInputElement) || !isField(target)) return;
    if (target.type === "search" || target.closest("dialog")) return;
    event.preventDefault();
    desk()?.focus();
  }

  /** What a scanner typed. In the desk's own field all of it counts, at whatever speed. */
  function scanned(event: KeyboardEvent): Timed[] {
    const last = presses.at(-1);
    if (into !== event.target || !last) return [];
    const found = addressIn(presses);
    if (found.length > 0) return found;
    const burst = event.timeStamp - last.at <= APART ? burstOf(presses) : [];
    const isAll = into === desk() && presses[0]!.before === "" && event.key === "Enter" && typedBy(presses) === desk()?.value;
    return burst.length === 0 && isAll ? presses : burst;
  }

  function ended(event: KeyboardEvent): void {
    const part = scanned(event);
    presses = [];
    if (part.length === 0) return back(event);
    event.preventDefault();
    event.stopPropagation();
    if (isField(event.target)) restored(event.target, part[0]!.before);
    take(sayings(part));
  }

  function pressed(event: KeyboardEvent): void {
    let target = event.target;
    // What is typed past all fields is meant for the desk, unless a dialog stands before it.
    if (!isField(target) && event.key !== " " && !(target as Element).closest?.("dialog")) {
      desk()?.focus();
      target = desk() ?? target;
    }
    if (target !== into || event.timeStamp - (presses.at(-1)?.at ?? 0) > APART) presses = [];
    into = target;
    const before = isField(target) ? target.value : "";
    presses.push({ code: event.code, shift: event.shiftKey, key: event.key, at: event.timeStamp, before });
  }

  return (event) => {
    if (event.isComposing || event.repeat) return;
    if (event.key === "Enter" || event.key === "Tab") return ended(event);
    if (isTyped(event)) pressed(event);
  };
}
