// Where a terminal can be opened: every node, every instance, every namespace.
import { useLayoutEffect } from 'react';
import type { LabState, Place } from '../../../server/appliance/http/types.ts';
import { useMenu } from '../parts/use-menu.ts';

/** 'qrouter-1f2e' of 'qrouter-1f2e3d4c-...'. */
const shortName = (namespace: string) => namespace.replace(/^([a-z]+-[0-9a-f]{4})[0-9a-f]{4}-.*$/, '$1');

export function PlaceMenu({ lab, onOpen }: { lab: LabState; onOpen: (place: Place) => void }) {
  const { isOpen, frame, onKeyDown, toggle, close } = useMenu();

  // The pane cuts off what is wider than itself, so the menu is laid over the window, below its button.
  useLayoutEffect(() => {
    const menu = frame.current?.querySelector<HTMLElement>('[role=menu]');
    const button = frame.current?.querySelector('button')?.getBoundingClientRect();
    if (!menu || button === undefined) return;
    const rightmost = window.innerWidth - menu.offsetWidth - 8;
    menu.style.left = `${Math.max(8, Math.min(button.right - menu.offsetWidth, rightmost))}px`;
    menu.style.top = `${button.bottom}px`;
    menu.style.maxHeight = `${window.innerHeight - button.bottom - 8}px`;
  }, [isOpen, frame]);

  const item = (place: Place, title: string, note: string) => (
    <button
      key={place}
      role="menuitem"
      tabIndex={-1}
      onClick={() => {
        close();
        onOpen(place);
      }}
    >
      {title} <span className="soft">{note}</span>
    </button>
  );

  return (
    <div className="menu" ref={frame} onKeyDown={onKeyDown}>
      <button aria-haspopup="menu" aria-expanded={isOpen} onClick={toggle}>
        + Terminal
      </button>
      {isOpen && (
        <div className="menu-items menu-over" role="menu" aria-label="Open a terminal on">
          {lab.nodes.map(({ name, role }) => item(name, name, role === name ? '' : role))}
          {lab.instances.map(({ name, node }) =>
            item(`vm:${name}`, name, `instance${node ? ` on ${node}` : ''}`),
          )}
          {(lab.plumbing ?? []).flatMap(({ node, namespaces }) =>
            namespaces.map(({ name, title }) =>
              item(`netns:${node}:${name}`, title, `${shortName(name)} on ${node}`),
            ),
          )}
        </div>
      )}
    </div>
  );
}
