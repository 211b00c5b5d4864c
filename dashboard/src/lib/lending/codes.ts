/** Codes on labels, read as the hub reads them (its `domain/codes.py`): seven symbols, the last one checks the others. */

/** No I, L, O, U, which are misread, and no Y, Z, which German and American keyboards swap. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWX";
const LENGTH = 7;
const PRIME = 31;
const REMAINDER = 30;
const MOST_READ = 200;

const CONFUSED: Record<string, string> = { O: "0", I: "1", L: "1" };
/** What people write between groups. */
const BETWEEN = /[\s\-\u2010-\u2015_.]+/g;
/** An address of a hub. `://` arrives as `Ö--` (American scanner, German layout) or `>&&` (the other way round). */
const ADDRESS = /^HTTPS?.{3}[^\s]*?[/\-&](I|FIND)[/\-&]([^/&?#\s]+)[/\-&]?$/;

/** What a text may be: a code that checks, an asset tag in capitals, or both. */
export interface Reading {
  code: string | null;
  tag: string | null;
  /** True for an address that is on a label. */
  isAddress: boolean;
}

/** True for seven symbols that check. */
export function isCode(text: string): boolean {
  if (text.length !== LENGTH) return false;
  let sum = 0;
  for (let place = 0; place < LENGTH; place++) {
    const value = ALPHABET.indexOf(text[place]!);
    if (value < 0) return false;
    sum += (LENGTH - place) * value;
  }
  return sum % PRIME === REMAINDER;
}

function asCode(text: string): string | null {
  const symbols = text.replace(BETWEEN, "").replace(/[OIL]/g, (letter) => CONFUSED[letter]!);
  return isCode(symbols) ? symbols : null;
}

/** Reads whatever was scanned or typed. `ß` is a hyphen or a slash of an American scanner in a German layout. */
export function reading(raw: string): Reading {
  const text = raw.slice(0, MOST_READ).trim().replaceAll("ß", "-").toUpperCase();
  const [, kind, last] = ADDRESS.exec(text) ?? [];
  if (kind === "I") return { code: asCode(last!), tag: null, isAddress: true };
  const tag = last ?? text;
  return { code: asCode(tag), tag, isAddress: last !== undefined };
}
