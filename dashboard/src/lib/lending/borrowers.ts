/** For whom things are lent: institutions and people, found by words or named by id. */
import { ApiProblem, get } from "../api/client";
import type { InstitutionView, PersonView } from "../api/types";
import { plain } from "../text";

export interface Borrower {
  institution: string | null;
  person: string | null;
  name: string;
}

/** Of each kind so many are offered. */
const MOST = 5;

const fullName = (person: PersonView): string => plain(`${person.given_name} ${person.family_name}`, 80);

/** Institutions and people that fit all words. A person brings the institution they mostly borrow for. */
export async function borrowersFor(words: string): Promise<Borrower[]> {
  const asked = `?most=${MOST}&query=${encodeURIComponent(words.slice(0, 120))}`;
  const [institutions, people] = await Promise.all([get<InstitutionView[]>(`/institutions${asked}`), get<PersonView[]>(`/people${asked}`)]);
  return [
    ...institutions.map((one) => ({ institution: one.id, person: null, name: plain(one.name, 80) })),
    ...people.map(ofPerson),
  ];
}

const ofPerson = (one: PersonView): Borrower => ({ institution: one.institution ?? null, person: one.id, name: fullName(one) });

/** That person, whose label was scanned. */
export const borrowerBy = async (person: string): Promise<Borrower> => ofPerson(await get<PersonView>(`/people/${encodeURIComponent(person)}`));

const gone = (problem: unknown): "" => {
  if (problem instanceof ApiProblem && problem.problem.status === 404) return "";
  throw problem;
};

/** The name of an institution or of a person; empty when there is none any more. */
export const nameBy = (id: string): Promise<string> =>
  id.startsWith("per-")
    ? get<PersonView>(`/people/${encodeURIComponent(id)}`).then(fullName, gone)
    : get<InstitutionView>(`/institutions/${encodeURIComponent(id)}`).then((one) => plain(one.name, 80), gone);
