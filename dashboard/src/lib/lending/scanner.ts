/** A USB scanner types a code and Enter, much faster than people, into whatever has the focus. */

/** From so many characters on it may be a code. */
const SHORTEST = 3;
/** Milliseconds between two characters, on average; quick typists need twice that. */
const SLOWEST = 50;

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

const isTyped = (event: KeyboardEvent): boolean =>
  event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;

/**
 * A listener for keys, before anybody else hears them. What is typed outside of any field goes to the `desk`; a code that
 * a scanner typed into another field is taken out of it again and given to `take`.
 */
export function scannerKeys(desk: () => HTMLInputElement | undefined, take: (code: string) => void): (event: KeyboardEvent) => void {
  let typed = "";
  let began = 0;
  let last = 0;
  let before = "";

  function restored(field: Field): void {
    field.value = before;
    field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
  }

  /** Enter hands nothing out: a slow scanner sends it too, and only the button means it. */
  function back(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLInputElement) || event.target.type === "search") return;
    event.preventDefault();
    desk()?.focus();
  }

  function ended(event: KeyboardEvent): void {
    const code = typed;
    typed = "";
    const each = (last - began) / Math.max(1, code.length - 1);
    if (code.length < SHORTEST || each > SLOWEST || event.timeStamp - last > 10 * SLOWEST) return back(event);
    event.preventDefault();
    event.stopPropagation();
    restored(event.target as Field);
    take(code);
  }

  return (event) => {
    const target = event.target;
    if ((target as Element).closest?.("dialog") || target === desk()) return void (typed = "");
    if (!isField(target)) {
      if (isTyped(event)) desk()?.focus();
      return;
    }
    if (event.key === "Enter") return ended(event);
    if (!isTyped(event)) return;
    if (!typed || event.timeStamp - last > 10 * SLOWEST) {
      typed = "";
      began = event.timeStamp;
      before = target.value;
    }
    typed += event.key;
    last = event.timeStamp;
  };
}
