// The lab that is being written, as its folder is after the last save; pushed by the author's console.
import { useEffect, useState } from 'react';
import type { AuthorState } from '../../../server/appliance/http/types.ts';

const mark = 'patchbay-author';

/** From here on the pages of this tab follow the folder. */
export const becomeAuthor = () => sessionStorage.setItem(mark, 'yes');

/** Undefined before the first push, and in consoles that are nobody's to write a lab in. */
export function useAuthor(): { author: AuthorState | undefined; isLost: boolean } {
  const [author, setAuthor] = useState<AuthorState>();
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (sessionStorage.getItem(mark) === null) return;
    const events = new EventSource('/api/author/events');
    events.onmessage = ({ data }: MessageEvent<string>) => {
      setAuthor(JSON.parse(data) as AuthorState);
      setLost(false);
    };
    events.onerror = () => setLost(true);
    return () => events.close();
  }, []);
  return { author, isLost };
}
