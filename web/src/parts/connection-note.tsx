// Says whether what the page shows is live.
import { useConsole, useStore } from '../state/console-store.ts';
import { useSecondsUntil } from './clock.ts';
import { Jack } from './mark.tsx';

export function ConnectionNote() {
  const { connection } = useConsole();
  const store = useStore();
  const seconds = useSecondsUntil(connection.state === 'waiting' ? connection.retryAt : undefined);
  const isLive = connection.state === 'open';
  return (
    <div className={`connection ${isLive ? '' : 'connection-lost'}`} role="status">
      <Jack state={isLive ? 'live' : 'busy'} label="" />
      {isLive && (
        <span className="connection-word" title="What you see is pushed as it happens">
          Live
        </span>
      )}
      {connection.state === 'connecting' && <span>Connecting to the appliance</span>}
      {connection.state === 'closed' && <span>Closed</span>}
      {connection.state === 'waiting' && (
        <>
          <span>
            Connection lost; labs go on<span aria-hidden="true">. Next try in {seconds} s</span>
          </span>
          <button className="quiet" onClick={() => store.retry()}>
            Reconnect
          </button>
        </>
      )}
    </div>
  );
}
