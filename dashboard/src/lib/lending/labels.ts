/** What a label sticks on, as the hub says, or said when it was asked last. */
import { ApiProblem, post } from "../api/client";
import type { CodeView } from "../api/types";
import { isAway, within, type Outbox } from "./outbox.svelte";

export type Label = Pick<CodeView, "noun" | "subject">;

/** What that label is on; null when there is no such label, undefined when nobody here knows. Throws ApiProblem. */
export async function labelBy(code: string, outbox: Outbox): Promise<Label | null | undefined> {
  // Nobody waits for a hub that is known to be away.
  if (outbox.away) return remembered(code, outbox);
  try {
    const label = await within(post<CodeView>("/codes/read", { raw: code }));
    const { noun, subject } = label;
    if (noun && subject) await outbox.shelf.put("labels", [{ code, noun, subject }]).catch(() => {});
    return label;
  } catch (problem) {
    if (isAway(problem)) return remembered(code, outbox);
    if (problem instanceof ApiProblem && problem.problem.status < 500) return null;
    throw problem;
  }
}

const remembered = async (code: string, outbox: Outbox): Promise<Label | undefined> =>
  (await outbox.shelf.get("labels", code).catch(() => undefined)) as Label | undefined;
