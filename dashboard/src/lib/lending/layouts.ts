/**
 * What keys a scanner pressed, whatever layout this computer has. A USB scanner sends places on a keyboard, not letters: one
 * that is set to an American keyboard presses the key right of M three places on for a slash, and a German computer makes a
 * hyphen of it. The browser tells the place, too (`KeyboardEvent.code`, W3C UI Events KeyboardEvent code Values).
 */

/** A key that was pressed. */
export interface Press {
  code: string;
  shift: boolean;
  /** What this computer made of it. */
  key: string;
}

/** Without and with Shift. Letters are as they are printed on American keys, digits below. */
type Layout = Record<string, readonly [string, string]>;

const letters = (order: string): Layout =>
  Object.fromEntries([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((place, at) => [`Key${place}`, [order[at]!.toLowerCase(), order[at]!] as const]));
const digits = (shifted: string): Layout =>
  Object.fromEntries([..."1234567890"].map((digit, at) => [`Digit${digit}`, [digit, shifted[at]!] as const]));
const NUMPAD: Layout = Object.fromEntries([..."0123456789"].map((digit) => [`Numpad${digit}`, [digit, digit] as const]));

const AMERICAN: Layout = {
  ...NUMPAD, ...letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ...digits("!@#$%^&*()"),
  Minus: ["-", "_"], Equal: ["=", "+"], BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Backslash: ["\\", "|"],
  Semicolon: [";", ":"], Quote: ["'", '"'], Comma: [",", "<"], Period: [".", ">"], Slash: ["/", "?"], Space: [" ", " "],
};
const GERMAN: Layout = {
  ...NUMPAD, ...letters("ABCDEFGHIJKLMNOPQRSTUVWXZY"), ...digits('!"§$%&/()='),
  Minus: ["ß", "?"], Equal: ["´", "`"], BracketLeft: ["ü", "Ü"], BracketRight: ["+", "*"], Backslash: ["#", "'"],
  Semicolon: ["ö", "Ö"], Quote: ["ä", "Ä"], Comma: [",", ";"], Period: [".", ":"], Slash: ["-", "_"], Space: [" ", " "],
  IntlBackslash: ["<", ">"],
};

const inLayout = (presses: Press[], layout: Layout): string =>
  presses.map((one) => layout[one.code]?.[one.shift ? 1 : 0] ?? (one.key.length === 1 ? one.key : "")).join("");

/** What this computer made of the presses. */
export const typedBy = (presses: Press[]): string => presses.map((one) => (one.key.length === 1 ? one.key : "")).join("");

/** What the presses may say: as this computer has it, then by an American and by a German scanner. */
export const sayings = (presses: Press[]): string[] => [...new Set([typedBy(presses), inLayout(presses, AMERICAN), inLayout(presses, GERMAN)])];
