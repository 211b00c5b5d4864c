/** A reset that did not run to its end proves nothing, and nobody may sign for it. */
import type { JobRow } from "../api/types";
import type { LateKey } from "../late";

/** What to say about a reset that touched the device and did not reach its end; null for all others. */
export function unfinished(job: Pick<JobRow, "status" | "outcome">): LateKey | null {
  if (job.outcome !== "unverified" || job.status === "succeeded") return null;
  return job.status === "canceled" ? "aborted.canceled" : "aborted.unfinished";
}
