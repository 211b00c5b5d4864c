/** What lies on a device, in the words of its driver. */
import { lab } from "../store/lab.svelte";
import { number, say } from "../i18n/index.svelte";
import { plain } from "../text";

/** Such as "Fotos: 2"; kinds without a count are left out. */
export function counted(traces: Record<string, number>, driver: string | null | undefined): string[] {
  const specs = lab.driver(driver)?.facts ?? [];
  return Object.entries(traces)
    .filter(([, n]) => n > 0)
    .map(([key, n]) => `${say(specs.find((spec) => spec.key === key)?.title) || plain(key, 60)}: ${number(n)}`);
}
