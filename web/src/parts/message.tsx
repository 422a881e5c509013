// A page with one thing to say.
import { Link } from './link.tsx';

export function Message(props: { title: string; toCatalog?: boolean; children?: React.ReactNode }) {
  return (
    <section className="message">
      <h1>{props.title}</h1>
      <p>{props.children}</p>
      {props.toCatalog && (
        <Link className="button primary" to="/">
          Go to the catalog
        </Link>
      )}
    </section>
  );
}
