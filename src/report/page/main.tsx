/** What the page does once it is open: the heat map, tests by link, and light or dark as one likes. */

import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { linkOf } from '../html/links.ts';
import { readData, type ReportData } from './data.ts';
import { HeatMap } from './heat-map.tsx';
import { TestView } from './test-view.tsx';

function Explorer({ data }: { readonly data: ReportData }) {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const link = linkOf(hash);
  return (
    <>
      {data.index.leftOut === undefined ? null : <p class="note">{data.index.leftOut}</p>}
      {link === undefined ? null : <TestView data={data} link={link} />}
      <HeatMap data={data} link={link} />
    </>
  );
}

const themes = ['light', 'dark'] as const;

/** The browser's choice until the button is pressed; a page in a file has nowhere to keep it. */
function offerThemes(button: HTMLButtonElement): void {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  let current: (typeof themes)[number] = dark ? 'dark' : 'light';
  const label = () => {
    button.textContent = current === 'dark' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Show the page ${current === 'dark' ? 'light' : 'dark'}`);
  };
  button.hidden = false;
  label();
  button.addEventListener('click', () => {
    current = current === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = current;
    label();
  });
}

/** A printed page hides nothing that a click would have shown. */
function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('.answer details:not([open])')];
    for (const one of opened) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of opened) one.open = false;
  });
}

async function start(): Promise<void> {
  const button = document.getElementById('theme');
  if (button instanceof HTMLButtonElement) offerThemes(button);
  openForPrint();
  const place = document.getElementById('explorer');
  const text = document.getElementById('data')?.textContent;
  if (place === null || text == null) return;
  try {
    const data = await readData(text);
    place.replaceChildren();
    render(<Explorer data={data} />, place);
    document.documentElement.dataset['ready'] = '';
  } catch (error) {
    place.textContent = `This browser cannot show this part (${String(error)}): it needs one of 2024 or later.`;
  }
}

void start();
