/** Where things are as far as this browser knows better than the hub: it has scans the hub has not heard of. */
import type { Scan } from "./shelf";

/** For each device of a scan that waits, whether it is out now. */
export function believed(waiting: Scan[]): Map<string, boolean> {
  const found = new Map<string, boolean>();
  const undone = new Set(waiting.filter((scan) => scan.kind === "undo").map((scan) => scan.about));
  for (const scan of waiting) {
    if (scan.does === "unknown" || undone.has(scan.id)) continue;
    for (const device of scan.devices) found.set(device, scan.does === "out");
  }
  return found;
}
