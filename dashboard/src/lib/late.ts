/** Words of rooms that are seldom opened: they come with their room, in both languages at once. */
import words from "../locales/late.json";
import { number, say, type Params } from "./i18n/index.svelte";

export type LateKey = keyof typeof words;

/** The words of that key with `{name}` replaced. */
export function late(key: LateKey, params: Params = {}): string {
  return say(words[key]).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}
