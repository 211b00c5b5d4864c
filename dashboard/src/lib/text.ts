/** Names that come from devices are hostile: show them as text that cannot break a line or turn its direction. */

// Control characters, bidirectional overrides and isolates, line separators, zero-width characters, tags.
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\u{e0000}-\u{e007f}]/gu;
// A base letter may carry two marks; stacks of them would paint over the lines around.
const STACKED = /(\p{M}{2})\p{M}+/gu;

/** The text without harmful characters, at most `limit` characters long. */
export function plain(text: string | null | undefined, limit = 160): string {
  if (!text) return "";
  const clean = text.slice(0, limit * 4).replace(HARMFUL, " ").replace(STACKED, "$1").replace(/\s+/g, " ").trim();
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

/** Lower case without accents, for searching. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
