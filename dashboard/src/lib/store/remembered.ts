/** What this browser remembers between two visits. */

const SIGNED_IN = "medialab.signed-in";

/** Whether somebody was signed in when this browser was here last; a guess, and no more than that. */
export const wasSignedIn = (): boolean => localStorage.getItem(SIGNED_IN) === "1";

/** Remembers it for the next visit. */
export const rememberSignedIn = (is: boolean): void => localStorage.setItem(SIGNED_IN, is ? "1" : "0");
