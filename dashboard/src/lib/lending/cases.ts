/** A case on the desk: which of its members are in it, as agents see and people say. */
import type { ScansTaken } from "../api/types";
import { late } from "../late";
import { plain } from "../text";
import { few } from "./outcome";
import type { Sitting } from "./shelf";

type View = ScansTaken["session"];
type ScanKit = View["kits"][number];
export type Member = ScanKit["members"][number];

/** The case of a scan, and the sitting in which more of it is told. */
export interface CaseCheck {
  kit: ScanKit;
  sitting: Sitting;
  isReturn: boolean;
}

/** The case one of these events is about, the latest; null when they are about single things. */
export function caseIn(view: View, events: ReadonlySet<string>, sitting: Sitting, isReturn: boolean): CaseCheck | null {
  const kit = view.kits.findLast((one) => events.has(one.event));
  return kit ? { kit, sitting, isReturn } : null;
}

/** True while somebody has to say of a member whether it is there. */
export const isOpen = (check: CaseCheck | null): check is CaseCheck => check !== null && (check.kit.asked > 0 || check.kit.missing > 0);

/** True when a scan of that thing is an answer to what the case asks. */
export const concerns = (check: CaseCheck | null, id: string): check is CaseCheck =>
  isOpen(check) && (check.kit.kit === id || check.kit.members.some((one) => one.device === id));

/** What an open case waits for, with names: "Koffer Robotik ist zurück. Es fehlt: Tablet 7". */
export function asking({ kit, isReturn }: CaseCheck): string {
  const open = kit.members.filter((one) => one.state === "asked" || one.state === "missing").map((one) => plain(one.name, 60));
  const names = few(open.sort((a, b) => a.localeCompare(b, undefined, { numeric: true })));
  return late(isReturn ? "case.back_without" : "case.waits_for", { name: plain(kit.name, 60), names });
}
