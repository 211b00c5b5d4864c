/** Words of rooms that are seldom opened: they come with their room, in both languages at once. */
import words from "../locales/late.json";
import { number, say, type Params } from "./i18n/index.svelte";

export type LateKey = keyof typeof words;

/** The words of that key with `{name}` replaced, and `{n|Gerät|Geräte}` by the first form for one, else the second. */
export function late(key: LateKey, params: Params = {}): string {
  return say(words[key]).replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (one !== undefined) return (value === 1 ? one : many) ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}
