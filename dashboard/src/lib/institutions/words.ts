/** What the stored words of institutions and people mean; the hub knows them in both languages. */
import { get } from "../api/client";
import type { InstitutionWords } from "../api/types";

let asked: Promise<InstitutionWords> | undefined;

/** Kinds, forms of schools and roles; asked for once. */
export function institutionWords(): Promise<InstitutionWords> {
  asked ??= get<InstitutionWords>("/institutions/words");
  asked.catch(() => (asked = undefined));
  return asked;
}
