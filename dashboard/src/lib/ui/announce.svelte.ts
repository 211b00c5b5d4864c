/** One polite live region for the whole app; used for results of what the person did, not for live values. */
let text = $state("");

export const announced = (): string => text;

/** Reads the sentence to screen reader users. */
export function announce(sentence: string): void {
  text = "";
  setTimeout(() => (text = sentence), 50);
}
