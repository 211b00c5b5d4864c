/** German first, English complete: messages are flat JSON, plurals follow Intl.PluralRules. */
import de from "../../locales/de.json";
import type { Text } from "../api/types";
import { storeLanguage, type Lang } from "./chosen";

export type { Lang };
export type Key = keyof typeof de;
export type Params = Record<string, string | number>;
type Message = string | Record<string, string>;
type Messages = Record<string, Message>;

let current = $state<Lang>("de");
let messages = $state.raw<Messages>(de);
let plurals = new Intl.PluralRules("de");

/** The language of the screen. */
export const language = (): Lang => current;
/** The locale for dates and numbers. */
export const locale = (): string => (current === "de" ? "de-DE" : "en-GB");

/** Loads a language and shows everything in it. `keep` remembers it in this browser. */
export async function speak(lang: Lang, keep = false): Promise<void> {
  messages = lang === "de" ? de : (await import("../../locales/en.json")).default;
  plurals = new Intl.PluralRules(lang);
  current = lang;
  document.documentElement.lang = lang;
  if (keep) storeLanguage(lang);
}

function form(message: Message, params: Params): string {
  if (typeof message === "string") return message;
  const n = Number(params["n"] ?? 0);
  return message[`=${n}`] ?? message[plurals.select(n)] ?? message["other"] ?? "";
}

/** The message of that key with `{name}` replaced; `n` chooses the plural form. */
export function t(key: Key, params: Params = {}): string {
  const message = messages[key];
  if (message === undefined) return key;
  return form(message, params).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

/** A key that is built at run time, with a fallback when there is no such message. */
export function tOr(key: string, fallback: string, params: Params = {}): string {
  return key in messages ? t(key as Key, params) : fallback;
}

/** The text in the language of the screen. */
export function say(text: Text | null | undefined): string {
  return text ? text[current] || text.de || text.en : "";
}

const STEPS = ["B", "kB", "MB", "GB", "TB"];

/** An amount of data in the largest unit that keeps it above one, such as "57,98 GB". */
export function bytes(value: number): string {
  const step = Math.min(STEPS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${number(value / 1000 ** step)} ${STEPS[step]}`;
}

/**
 * A number as people here write it, with one decimal at most. Making the first Intl.NumberFormat takes a browser tens of
 * milliseconds before anything is seen; both languages differ in two signs only.
 */
export function number(value: number): string {
  const [point, comma] = current === "de" ? [".", ","] : [",", "."];
  const [whole, tenth] = String(Math.round(value * 10) / 10).split(".") as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, point);
  return tenth ? grouped + comma + tenth : grouped;
}
