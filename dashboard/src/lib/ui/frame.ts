/** Waiting for what is drawn to be seen. */

/** A tab in the background gets no frames. */
const NO_FRAME_MS = 250;

/** Ends when the next frame has been painted, or there is none. */
export const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, NO_FRAME_MS);
  });
