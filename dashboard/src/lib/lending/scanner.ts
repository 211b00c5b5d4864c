/** A USB scanner types a code and Enter, much faster than people, into whatever has the focus. */
import { sayings, type Press } from "./layouts";

/** From so many characters on it may be a code; after what somebody typed by hand, from more. */
const SHORTEST = 3;
const SHORTEST_AFTER = 6;
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

/** The end of it that came too fast for a person; empty when there is none. */
function burstOf(presses: Timed[], ended: number): Timed[] {
  let first = presses.length - 1;
  if (first < 0 || ended - presses[first]!.at > APART) return [];
  while (first > 0 && presses[first]!.at - presses[first - 1]!.at <= SLOWEST_GAP) first -= 1;
  const burst = presses.slice(first);
  const each = (burst.at(-1)!.at - burst[0]!.at) / Math.max(1, burst.length - 1);
  return each <= SLOWEST && burst.length >= (first > 0 ? SHORTEST_AFTER : SHORTEST) ? burst : [];
}

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

  function ended(event: KeyboardEvent): void {
    const burst = into === event.target ? burstOf(presses, event.timeStamp) : [];
    presses = [];
    if (burst.length === 0) return back(event);
    event.preventDefault();
    event.stopPropagation();
    if (isField(event.target)) restored(event.target, burst[0]!.before);
    take(sayings(burst));
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
