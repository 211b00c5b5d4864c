/** Asks for what the first screen needs while the rest of the program is still on its way: its entry, which needs none of it. */
import { askEarly } from "./lib/api/early";
import { wasSignedIn } from "./lib/store/remembered";
import { screenFor } from "./routes";

(wasSignedIn() ? ["/lab", "/fleet"] : ["/session"]).forEach(askEarly);
screenFor(location.pathname).load().catch(() => {});
