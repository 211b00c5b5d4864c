/** Questions that are asked before the program that wants the answers is there. */

/** What every question to the hub has in common. */
export const ASKING: RequestInit = { headers: { accept: "application/json" }, credentials: "same-origin" };
const asked = new Map<string, Promise<Response>>();

/** Asks now; the first who wants to know takes the answer. */
export function askEarly(path: string): void {
  const answer = fetch(`/api/v1${path}`, ASKING);
  answer.catch(() => {});
  asked.set(path, answer);
}

/** The answer that was asked for early, once; null when there is none or the hub refused. */
export async function takeEarly(path: string): Promise<Response | null> {
  const answer = await asked.get(path)?.catch(() => null);
  asked.delete(path);
  return answer?.ok ? answer : null;
}
