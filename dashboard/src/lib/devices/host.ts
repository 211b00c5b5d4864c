/** What people call the computer a device hangs on. */
import { lab } from "../store/lab.svelte";
import { plain } from "../text";

/** Its host name, as under “Computers”; the id of its agent where it has not said one. */
export const hostOf = (agent: string): string => plain(lab.agents.find((one) => one.id === agent)?.host || agent, 60);
