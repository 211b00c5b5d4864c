/** Names for found devices by a pattern: `Tablet {n}` continues behind the highest number that is in use. */

/** The default pattern for a kind of device. */
export function names(pattern: string, count: number, used: Iterable<string>): string[] {
  const taken = new Set([...used].map((name) => name.toLowerCase()));
  const free: string[] = [];
  const numbered = pattern.includes("{n}") ? pattern : `${pattern.trim()} {n}`;
  for (let n = 1; free.length < count; n += 1) {
    const name = numbered.replace("{n}", String(n)).slice(0, 80);
    if (!taken.has(name.toLowerCase())) free.push(name);
  }
  return free;
}
