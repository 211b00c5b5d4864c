/** Which language this browser wants. */

export type Lang = "de" | "en";

const STORED = "medialab.language";

/** The language this browser chose before, if any. */
export function storedLanguage(): Lang | null {
  const value = localStorage.getItem(STORED);
  return value === "de" || value === "en" ? value : null;
}

/** The language this browser is set to; null when it speaks neither. */
export function browserLanguage(): Lang | null {
  const wanted = navigator.languages.map((one) => one.slice(0, 2));
  return (wanted.find((one) => one === "de" || one === "en") as Lang | undefined) ?? null;
}

/** Chooses that language for later visits. */
export const storeLanguage = (lang: Lang): void => localStorage.setItem(STORED, lang);
