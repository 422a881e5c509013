// Arrow keys go from thing to thing in the picture; Tab goes in and out of it as a whole.

const selector = '[data-thing]';

/** Makes one thing reachable by Tab: the one that has or had the focus, else the first. */
export function keepOneReachable(frame: HTMLElement, focused?: HTMLElement): void {
  const things = [...frame.querySelectorAll<HTMLElement>(selector)];
  const reachable = focused ?? things.find(({ tabIndex }) => tabIndex === 0) ?? things[0];
  for (const thing of things) thing.tabIndex = thing === reachable ? 0 : -1;
}

/** The nearest thing in the direction of an arrow key; what lies straight ahead is nearer than what lies aside. */
export function thingTowards(frame: HTMLElement, from: HTMLElement, key: string): HTMLElement | undefined {
  const directions: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  const direction = directions[key];
  if (direction === undefined) return undefined;
  const middle = (element: HTMLElement) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };
  const start = middle(from);
  let best: { thing: HTMLElement; distance: number } | undefined;
  for (const thing of frame.querySelectorAll<HTMLElement>(selector)) {
    const { x, y } = middle(thing);
    const ahead = (x - start.x) * direction[0] + (y - start.y) * direction[1];
    const aside = Math.abs((x - start.x) * direction[1]) + Math.abs((y - start.y) * direction[0]);
    if (thing === from || ahead <= 1) continue;
    const distance = ahead + 2.5 * aside;
    if (best === undefined || distance < best.distance) best = { thing, distance };
  }
  return best?.thing;
}
