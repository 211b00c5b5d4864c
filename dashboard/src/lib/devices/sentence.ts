/** What is the matter with a device, as one sentence, and what to do next. */
import type { DeviceDetail, DeviceRow } from "../api/types";
import { t, type Key } from "../i18n/index.svelte";
import { ago } from "../i18n/time.svelte";
import { late } from "../late";
import { lab } from "../store/lab.svelte";
import { plain } from "../text";

/** The most useful thing to do now. */
export type NextStep = "adopt" | "baseline" | "reset" | "reset-again" | "end-maintenance" | "pair" | "enter" | "follow" | null;

/** The state of a device as a sentence with its name. */
export function sentence(row: DeviceRow): string {
  const name = plain(row.name, 60) || t("device.nameless");
  const host = hostAway(row);
  if (row.status === "not_seen" && host) return t("sentence.host_away", { name, host });
  if (row.status === "not_seen" && row.presence === "silent") return late("sentence.silent", { name });
  if (row.status === "not_seen" && !row.last_seen) return late("sentence.never_seen", { name });
  if (row.status === "needs_person" && !row.driver) return late("sentence.choose_driver", { name });
  if (row.status === "seen" || (row.status === "used" && !canReset(row))) return late("sentence.only_seen", { name });
  const time = row.last_seen ? ago(row.last_seen) : t("time.never");
  if (row.status === "used") return t(row.traces > 0 ? "sentence.used" : row.proven_at ? "sentence.used_again" : "sentence.never_proven", { name, n: row.traces });
  return t(`sentence.${row.status}` as Key, { name, time });
}

/** Whether its driver can reset at all; some only see. */
const canReset = (row: DeviceRow): boolean => lab.driver(row.driver)?.levels.length !== 0;

/** The computer a device hangs on, when that one is not heard itself. */
function hostAway(row: DeviceRow): string | null {
  const agent = lab.agents.find((one) => one.id === row.agent);
  return agent && agent.phase !== "ready" && agent.phase !== "init" ? plain(agent.host || agent.id, 60) : null;
}

/** The next step by state. */
export function nextStep(device: DeviceRow | DeviceDetail, canPair: boolean): NextStep {
  switch (device.status) {
    case "found":
      return device.driver ? "adopt" : null;
    case "no_baseline":
      return "baseline";
    case "used":
    case "ready":
    case "accepted":
      return canReset(device) ? "reset" : null;
    case "unverified":
    case "quarantined":
      return "reset-again";
    case "maintenance":
      return "end-maintenance";
    case "needs_person":
      return canPair ? "pair" : null;
    case "needs_access":
      return "enter";
    case "resetting":
    case "waiting_person":
      return "follow";
    default:
      return null;
  }
}
