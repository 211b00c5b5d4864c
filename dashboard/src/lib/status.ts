/** How a status looks: a shape, a word (by key), a colour that only repeats both. */
import type { DeviceStatus, JobRow } from "./api/types";
import type { Key } from "./i18n/index.svelte";
import type { IconName } from "./ui/icons";

export type Tone = "ok" | "info" | "warn" | "bad" | "new" | "calm";

interface Look {
  icon: IconName;
  tone: Tone;
  key: Key;
}

export const DEVICE_LOOKS: Record<DeviceStatus, Look> = {
  ready: { icon: "ready", tone: "ok", key: "status.ready" },
  used: { icon: "used", tone: "calm", key: "status.used" },
  resetting: { icon: "reset", tone: "info", key: "status.resetting" },
  waiting_person: { icon: "hand", tone: "warn", key: "status.waiting_person" },
  needs_person: { icon: "hand", tone: "warn", key: "status.needs_person" },
  needs_access: { icon: "key", tone: "warn", key: "status.needs_access" },
  no_baseline: { icon: "flag", tone: "warn", key: "status.no_baseline" },
  unverified: { icon: "half", tone: "warn", key: "status.unverified" },
  accepted: { icon: "signed", tone: "ok", key: "status.accepted" },
  quarantined: { icon: "stop", tone: "bad", key: "status.quarantined" },
  maintenance: { icon: "wrench", tone: "calm", key: "status.maintenance" },
  not_seen: { icon: "unseen", tone: "calm", key: "status.not_seen" },
  seen: { icon: "question", tone: "calm", key: "status.seen" },
  found: { icon: "sparkle", tone: "new", key: "status.found" },
  retired: { icon: "archive", tone: "calm", key: "status.retired" },
};

/** In this order status chips are shown. */
export const STATUS_ORDER = Object.keys(DEVICE_LOOKS) as DeviceStatus[];

/** What a person should look at. */
export const ATTENTION: DeviceStatus[] = ["quarantined", "unverified", "needs_person", "needs_access", "no_baseline"];

type JobLike = Pick<JobRow, "status" | "outcome" | "accepted" | "action" | "tidying">;

/** How a job looks; the outcome of a reset says more than its status. */
export function jobLook(job: JobLike): Look {
  switch (job.status) {
    case "queued":
      return { icon: "pause", tone: "calm", key: "job.queued" };
    case "in_progress":
      return { icon: "reset", tone: "info", key: "job.in_progress" };
    case "waiting_person":
      return { icon: "hand", tone: "warn", key: "job.waiting_person" };
    case "canceled":
      return { icon: "close", tone: "calm", key: "job.canceled" };
    default:
      return jobEnd(job);
  }
}

function jobEnd(job: JobLike): Look {
  if (job.outcome === "clean") return { icon: "ready", tone: "ok", key: job.tidying ? "outcome.tidied" : "outcome.clean" };
  if (job.outcome === "unverified") {
    return job.accepted ? { icon: "signed", tone: "ok", key: "outcome.accepted" } : { icon: "half", tone: "warn", key: "outcome.unverified" };
  }
  if (job.outcome === "quarantined") return { icon: "stop", tone: "bad", key: "outcome.quarantined" };
  if (job.status === "succeeded") return { icon: "ready", tone: "ok", key: "job.succeeded" };
  return { icon: "warning", tone: "bad", key: `job.${job.status}` as Key };
}
