/** What the hub made of scans, as the desk says it. */
import type { ScanConflict, ScansTaken } from "../api/types";
import { say } from "../i18n/index.svelte";
import { late } from "../late";
import { plain } from "../text";
import { nameOf } from "./loans.svelte";

type View = ScansTaken["session"];

/** Something that did not work: what, why, and what to do. */
export interface Snag {
  names: string;
  title: string;
  remedy: string;
}

export interface Outcome {
  out: string[];
  back: string[];
  snags: Snag[];
}

/** After a case came back, that some of it was there before is no news. */
const HARMLESS = new Set(["not-out", "kit-member-missing"]);

/** What these events did, by the session as it stands. */
export function outcomeOf(view: View, events: ReadonlySet<string>): Outcome {
  const of = (state: string): string[] => view.items.filter((item) => events.has(item.event) && item.state === state).map((item) => item.device);
  const [out, back] = [of("out"), of("back")];
  const some = out.length + back.length > 0;
  return { out, back, snags: snags(view.conflicts.filter((one) => events.has(one.event) && !(some && HARMLESS.has(one.code)))) };
}

/** One for each reason, with the names of what it is about. */
function snags(conflicts: ScanConflict[]): Snag[] {
  const byCode = new Map<string, ScanConflict[]>();
  for (const one of conflicts) byCode.set(one.code, [...(byCode.get(one.code) ?? []), one]);
  return [...byCode.values()].map((same) => ({ names: same.map(aboutOf).filter(Boolean).join(", "), ...wordsOf(same[0]!) }));
}

const aboutOf = (one: ScanConflict): string => (one.device ? nameOf(one.device) : plain(one.raw, 40));

/** Why, and what to do, in the language of the screen. */
export const wordsOf = (one: ScanConflict): { title: string; remedy: string } => ({
  title: say({ de: one.title_de, en: one.title }),
  remedy: say({ de: one.remedy_de ?? "", en: one.remedy ?? "" }),
});

/** "Tablet 1, Tablet 2 und 14 weitere": a list that can be read aloud. */
export function few(names: string[], most = 4): string {
  if (names.length <= most + 1) return names.join(", ");
  return late("lending.and_more", { names: names.slice(0, most).join(", "), n: names.length - most });
}
