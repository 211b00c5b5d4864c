/** Which language this browser wants. */

export type Lang = "de" | "en";

const STORED = "medialab.language";

/** The language this browser chose before, if any. */
export function storedLanguage(): Lang | null {
  const value = localStorage.getItem(STORED);
  return value === "de" || value === "en" ? value : null;
}

/** Chooses that language for later visits. */
export const storeLanguage = (lang: Lang): void => localStorage.setItem(STORED, lang);
