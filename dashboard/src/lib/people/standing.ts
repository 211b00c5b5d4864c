/** Whether something is lent to a person, in words. */
import type { PersonView } from "../api/types";
import { day } from "../i18n/time.svelte";
import { late } from "../late";

/** Empty for those to whom it is. */
export function standingWords(person: PersonView): string {
  if (person.standing === "restricted") return late("borrowers.restricted");
  if (person.standing === "blocked" && person.blocked_until) return late("borrowers.blocked", { day: day(person.blocked_until) });
  return "";
}
